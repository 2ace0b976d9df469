// What one endpoint change costs a kube-proxy's view and its rules in a cluster of 10,000 Services, in
// each mode. Each function does its set-up when called and returns what is to be timed.
import type { EndpointSlice, Service } from '../src/api/types.ts';
import { addr } from '../src/net/addr.ts';
import { ipPortMember } from '../src/netfilter/ipset/set.ts';
import type { Ipvs } from '../src/netfilter/ipvs/ipvs.ts';
import { createIpvs } from '../src/netfilter/ipvs/table.ts';
import { rulesFor as iptablesRules } from '../src/proxy/iptables/layer.ts';
import { type IpvsState, ipvsMode } from '../src/proxy/ipvs/mode.ts';
import type { ProxyMachine, SyncInput } from '../src/proxy/mode.ts';
import { rulesFor as nftablesRules } from '../src/proxy/nftables/layer.ts';
import { type ProxySnapshot, withEvent } from '../src/proxy/snapshot.ts';
import { Causes } from '../src/sim/causes.ts';
import { seeded } from '../src/sim/choices.ts';
import {
  modified,
  service,
  slice,
  snapshotOf,
  testConfig,
  testNode,
} from '../test/arbitraries/proxy-objects.ts';

export interface ProxyBench {
  /** One change of one slice, rules looked at as a packet would: entry chain, then one Service's.
   * */
  readonly change: () => void;
  /** The change alone, nobody sends a packet. */
  readonly changeUnseen: () => void;
}

/** The cluster IP of the `i`th Service. */
export function clusterIP(i: number): string {
  return `172.30.${i >> 8}.${i & 255}`;
}

/** `services` Services and what their slices hold, in the same order. */
export function townOf(
  services: number,
  endpoints: number,
): { readonly snapshot: ProxySnapshot; readonly slices: EndpointSlice[] } {
  const objects: (Service | EndpointSlice)[] = [];
  const slices: EndpointSlice[] = [];
  for (let i = 0; i < services; i++) {
    const name = `ns${i % 50}/svc${i}`;
    const address = (n: number) => `10.${n}.${i >> 8}.${i & 255}`;
    const isLocal = i % 10 === 0;
    const ports = [{ name: 'p80', port: 80, ...(isLocal ? { nodePort: 30000 + (i % 2768) } : {}) }];
    objects.push(
      service(name, {
        clusterIP: clusterIP(i),
        type: isLocal ? 'NodePort' : 'ClusterIP',
        externalTrafficPolicy: isLocal ? 'Local' : 'Cluster',
        ports,
      }),
    );
    const ips = Array.from({ length: endpoints }, (_, n) => address(n + 1));
    const made = slice(name, ips);
    slices.push(made);
    objects.push(made);
  }
  return { snapshot: snapshotOf(...objects), slices };
}

type ModeName = 'iptables' | 'nftables' | 'ipvs';

/** Looks at what one packet to the Service's cluster IP would meet. */
type Look = (snapshot: ProxySnapshot, ip: string) => void;

/** A cluster of `services` Services with `endpoints` endpoints each; every tenth has
 * externalTrafficPolicy Local. */
export function proxyBench(
  services = 10_000,
  endpoints = 3,
  mode: ModeName = 'iptables',
): ProxyBench {
  const made = townOf(services, endpoints);
  const { slices } = made;
  let { snapshot } = made;
  const look = looks[mode](new Causes());
  let turn = 0;
  let at = 0;
  const changeUnseen = () => {
    at = (turn++ * 7919) % services;
    const before = slices[at] as EndpointSlice;
    const ip = `10.200.${(turn >> 8) & 255}.${turn & 255}`;
    const after = {
      ...before,
      endpoints: [...(before.endpoints ?? []).slice(1), { addresses: [ip] }],
    };
    slices[at] = after;
    snapshot = withEvent(snapshot, modified(before, after));
  };
  const change = () => {
    changeUnseen();
    look(snapshot, clusterIP(at));
  };
  change();
  return { change, changeUnseen };
}

const looks: Readonly<Record<ModeName, (causes: Causes) => Look>> = {
  iptables: (causes) => (snapshot) => {
    const layer = iptablesRules(snapshot, testNode, testConfig, causes);
    const entry = layer.chain('nat', 'KUBE-SERVICES')?.rules ?? [];
    const target = entry[7919 % entry.length]?.target;
    if (target?.kind === 'jump') layer.chain('nat', target.chain);
  },
  nftables: (causes) => (snapshot, ip) => {
    const { table } = nftablesRules(snapshot, testNode, testConfig, causes);
    const found = table.set('service-ips')?.find?.([addr(ip), 6, 80]);
    if (found?.data?.kind !== 'goto') throw new Error(`no element for ${ip}`);
    if (table.chain(found.data.chain) === undefined) throw new Error(`no chain for ${ip}`);
  },
  // The process syncs at every change, seen or not: its past decides.
  ipvs: (causes) => {
    const machine = ipvsMachine(createIpvs());
    let state: IpvsState | null = null;
    return (snapshot, ip) => {
      state = ipvsMode.sync(state, ipvsInput(snapshot, causes), machine);
      const set = state.layer.sets.set('KUBE-CLUSTER-IP');
      if (set?.members.has(ipPortMember(addr(ip), 6, 80)) !== true) throw new Error(`no ${ip}`);
      state.layer.chain('nat', 'KUBE-SERVICES');
    };
  },
};

export function ipvsInput(snapshot: ProxySnapshot, causes: Causes): SyncInput {
  const config = { ...testConfig, mode: 'ipvs' } as const;
  return { snapshot, node: testNode, config, causes, family: 4 };
}

/** A node that keeps its virtual servers and the addresses of the dummy device, and nothing else. */
export function ipvsMachine(ipvs: Ipvs): ProxyMachine {
  let held: ReturnType<ProxyMachine['addresses']> = [];
  return {
    nowMs: 0,
    choices: seeded(1),
    ipvs,
    addresses: () => held,
    addressesExcept: () => testNode.addresses,
    setDummy: (_device, addresses) => {
      held = addresses;
    },
    removeDevice: () => {},
    setSysctl: () => {},
    listen: () => true,
    unlisten: () => {},
    deleteFlows: () => 0,
    after: () => {},
  };
}
