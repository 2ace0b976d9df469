// A node with an IPVS kube-proxy, for tests: objects come, time passes, the process starts anew.
import { fakeIpvs } from '../../../test/arbitraries/fake-ipvs.ts';
import {
  added,
  deleted,
  modified,
  testConfig,
  testNode,
} from '../../../test/arbitraries/proxy-objects.ts';
import type { EndpointSlice, Service } from '../../api/types.ts';
import { type Addr, addr, type Family, formatAddr } from '../../net/addr.ts';
import { Causes } from '../../sim/causes.ts';
import { seeded } from '../../sim/choices.ts';
import type { ProxyConfig } from '../config.ts';
import type { ProxyMachine, SyncInput } from '../mode.ts';
import { emptySnapshot, type ProxySnapshot, withEvent } from '../snapshot.ts';
import { type IpvsState, ipvsMode } from './mode.ts';

export type Fed = Service | EndpointSlice;

export interface TestNode {
  readonly ipvs: ReturnType<typeof fakeIpvs>;
  readonly sysctls: Record<string, string>;
  /** One sync with these objects and no others; what it changed in the kernel. */
  sync(...objects: readonly Fed[]): readonly string[];
  /** Time passes and timers fire; what changed. */
  pass(ms: number): readonly string[];
  /** Timers that are set: "graceful 60000". */
  timers(): readonly string[];
  /** A new process, perhaps with another configuration. */
  restart(config?: Partial<ProxyConfig>): void;
  cleanUp(): void;
  dummy(): readonly string[];
  state(): IpvsState;
  config(): ProxyConfig;
}

export function testNodeWith(
  start: Partial<ProxyConfig> = {},
  family: Family = 4,
  addresses: readonly Addr[] = [...testNode.addresses, addr('10.180.0.254')],
): TestNode {
  const ipvs = fakeIpvs();
  const sysctls: Record<string, string> = {};
  const causes = new Causes();
  const due = new Map<string, number>();
  let config: ProxyConfig = { ...testConfig, mode: 'ipvs', ...start };
  let held: readonly Addr[] = [];
  let nowMs = 0;
  let snapshot: ProxySnapshot = emptySnapshot();
  let known: readonly Fed[] = [];
  let state: IpvsState | null = null;
  const input = (): SyncInput => ({ snapshot, node: testNode, config, causes, family });
  const machine = (): ProxyMachine => ({
    nowMs,
    choices: seeded(1),
    ipvs,
    addresses: () => held,
    addressesExcept: () => addresses,
    setDummy: (_device, wanted) => {
      held = wanted;
    },
    removeDevice: () => {
      held = [];
    },
    setSysctl: (path, value) => {
      sysctls[path] = value;
    },
    listen: () => true,
    unlisten: () => {},
    deleteFlows: () => 0,
    after: (ms, key) => void due.set(key, nowMs + ms),
  });
  const changes = (act: () => void): readonly string[] => {
    ipvs.log.length = 0;
    act();
    return [...ipvs.log];
  };
  return {
    ipvs,
    sysctls,
    sync: (...objects) =>
      changes(() => {
        snapshot = moved(snapshot, known, objects);
        known = objects;
        state = ipvsMode.sync(state, input(), machine());
      }),
    pass: (ms) =>
      changes(() => {
        const endMs = nowMs + ms;
        for (;;) {
          const [next] = [...due].sort(([, a], [, b]) => a - b);
          if (next === undefined || next[1] > endMs) break;
          due.delete(next[0]);
          nowMs = next[1];
          if (state !== null) state = ipvsMode.timer(state, next[0], input(), machine());
        }
        nowMs = endMs;
      }),
    timers: () => [...due].map(([key, at]) => `${key} ${at - nowMs}`).sort(),
    restart: (changed = {}) => {
      config = { ...config, ...changed };
      state = null;
      due.clear();
    },
    cleanUp: () => {
      if (state !== null) ipvsMode.cleanUp(ipvsMode.died(state), input(), machine());
    },
    config: () => config,
    dummy: () => held.map(formatAddr),
    state: () => {
      if (state === null) throw new Error('no sync yet');
      return state;
    },
  };
}

/** By events, as a kube-proxy learns it: what did not change keeps its identity. */
export function moved(
  snapshot: ProxySnapshot,
  before: readonly Fed[],
  after: readonly Fed[],
): ProxySnapshot {
  const name = ({ kind, metadata }: Fed) => `${kind}/${metadata.namespace}/${metadata.name}`;
  const old = new Map(before.map((object) => [name(object), object]));
  let next = snapshot;
  for (const object of after) {
    const previous = old.get(name(object));
    old.delete(name(object));
    if (previous === undefined) next = withEvent(next, added(object));
    else if (JSON.stringify(previous) !== JSON.stringify(object)) {
      next = withEvent(next, modified(previous, object));
    }
  }
  for (const object of old.values()) next = withEvent(next, deleted(object));
  return next;
}
