// A cluster for tests of this room: stored objects and one prepared way through rules. It walks nothing; whoever
// tests outcomes uses the real one.
import type { Position } from '../api/input-error.ts';
import type { AnyObject } from '../api/types.ts';
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { addr } from '../net/addr.ts';
import { TCP } from '../net/packet.ts';
import type { Chain, Rule, Target } from '../netfilter/rule.ts';
import { type Effect, Trace } from '../netfilter/trace.ts';
import type { DialResult } from '../node/dial.ts';
import { Causes } from '../sim/causes.ts';
import type { Choices } from '../sim/choices.ts';

export interface Prepared {
  readonly objects?: readonly AnyObject[];
  /** Answers a connection; default: answered by pod/demo/web-1 or web-2, drawn evenly. */
  readonly connect?: (choices: Choices | undefined) => Partial<DialResult>;
}

/** A Service, Pod ... by key, with what matters to a test. */
export function stored(
  kind: string,
  key: string,
  rest: Readonly<Record<string, unknown>> = {},
): AnyObject {
  const [namespace = '', name = ''] = key.split('/');
  const { labels, ...fields } = rest;
  const metadata = { namespace, name, ...(labels === undefined ? {} : { labels }) };
  return { apiVersion: 'v1', kind, metadata, ...fields } as AnyObject;
}

export const causes = new Causes();

/** A trace that met one rule of one chain. */
export function traceOf(
  effect: Effect,
  chain: { readonly table: Chain['table']; readonly name: string },
  object: string,
  path: string,
  comment: string,
): Trace {
  const targets: Readonly<Record<string, Target>> = {
    drop: { kind: 'drop' },
    reject: { kind: 'reject', with: 'port-unreachable' },
    dnat: { kind: 'dnat', to: addr('10.1.0.29'), port: 80, randomFully: false },
  };
  const rule: Rule = {
    matches: [{ kind: 'comment', text: comment }],
    target: targets[effect] ?? { kind: 'accept' },
    origin: causes.intern(object, path, 'kube-proxy'),
  };
  const trace = new Trace();
  trace.note({ at: 'node/node01', stage: 'machine', effect: 'in', detail: 'eth0' });
  trace.walked(7);
  trace.rule('FORWARD', { ...chain, policy: null, rules: [rule], owner: 'kube-proxy' }, 0, effect);
  return trace;
}

const answered: DialResult = {
  phase: 'reply',
  outcome: 'answered',
  via: null,
  client: { addr: addr('10.1.0.40'), port: 32768 },
  dialled: { addr: addr('10.96.0.9'), port: 80 },
  destination: { addr: addr('10.1.0.29'), port: 80 },
  source: { addr: addr('10.1.0.40'), port: 32768 },
  replyFrom: { addr: addr('10.96.0.9'), port: 80 },
  backend: 'pod/demo/web-1',
  reply: null,
  elapsedMs: 0,
  trace: new Trace(),
  replyAt: null,
};

/** A Cluster of which only reading, connecting and forking work. */
export function fakeCluster(prepared: Prepared = {}, choices?: Choices): Cluster {
  const objects = prepared.objects ?? [];
  const key = (o: AnyObject): string => `${o.metadata.namespace}/${o.metadata.name}`;
  const raw = (kind: string, wanted: string): AnyObject | undefined =>
    objects.find((object) => object.kind === kind && key(object) === wanted);
  const rawList = (kind: string, namespace?: string): readonly AnyObject[] =>
    objects.filter(
      (o) => o.kind === kind && (namespace === undefined || o.metadata.namespace === namespace),
    );
  let nowMs = 0;
  const cluster = {
    seed: 1,
    proxyMode: 'iptables',
    get nowMs() {
      return nowMs;
    },
    directors: [],
    objects: { get: raw, list: rawList, raw, rawList, kinds: () => [] },
    advance: (ms: number) => {
      nowMs += ms;
    },
    fork: (other?: Choices) => fakeCluster(prepared, other ?? choices?.fork()),
    machinesOf: (who: string) => [who],
    cause: (origin: number) => causes.get(origin),
    locate: (object: string, path: string): Position | null => ({
      file: `${object.split('/')[0]?.toLowerCase()}.yaml`,
      line: path.length + 1,
      column: 1,
    }),
    connect: (from: string, target: string): Attempt => {
      const drawn = choices?.pick('backend', [1, 1]) === 1 ? 'pod/demo/web-2' : 'pod/demo/web-1';
      const dial = { ...answered, backend: drawn, ...prepared.connect?.(choices) };
      return { n: 1, atMs: nowMs, from, target, proto: TCP, lookup: null, dial };
    },
  };
  return cluster as unknown as Cluster;
}
