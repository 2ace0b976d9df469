// Two modes of kube-proxy, written from two of its sources, come to the same for a connection to a Service: who takes it
// and whether its source is masked, on one node, over random clusters and configurations. What differs by design is in a
// table of reasons, and each of them must be met.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubeletLayer } from '../src/kubelet/iptables.ts';
import { type Addr, addr, formatAddr, formatEndpoint } from '../src/net/addr.ts';
import { noPayload, openingFlags, type Packet, type Proto } from '../src/net/packet.ts';
import { createNetfilter } from '../src/netfilter/kernel.ts';
import type { RuleSource } from '../src/netfilter/rule.ts';
import { composeRules } from '../src/netfilter/ruleset.ts';
import { Trace } from '../src/netfilter/trace.ts';
import type { ProxyConfig } from '../src/proxy/config.ts';
import * as iptables from '../src/proxy/iptables/layer.ts';
import * as nftables from '../src/proxy/nftables/layer.ts';
import type { ServicePort } from '../src/proxy/service-port.ts';
import { emptySnapshot } from '../src/proxy/snapshot.ts';
import { sortedValues } from '../src/proxy/sorted-map.ts';
import { Causes } from '../src/sim/causes.ts';
import { type Choices, enumerate } from '../src/sim/choices.ts';
import { byCodeUnit } from '../src/sim/table.ts';
import {
  configOf,
  nodeOf,
  type ProxyCase,
  proxyCase,
  withObjects,
} from './arbitraries/proxy-case.ts';

type Client = 'pod' | 'endpoint' | 'node' | 'outside';
type Frontend = 'clusterIP' | 'externalIP' | 'load balancer' | 'nodePort';

interface Sent {
  readonly client: Client;
  readonly from: Addr;
  readonly frontend: Frontend;
  readonly to: Addr;
  readonly port: number;
  readonly service: ServicePort;
}

/** All that can become of the first packet: "10.0.0.1:80", "10.0.0.1:80 masked", "drop", "reject". */
function fates(rules: RuleSource, own: readonly Addr[], sent: Sent): string {
  const branches = enumerate((choices) => walk(rules, own, sent, fixedPorts(choices)));
  return [...new Set(branches.map(({ value }) => value))].sort(byCodeUnit).join(', ');
}

function walk(rules: RuleSource, own: readonly Addr[], sent: Sent, choices: Choices): string {
  const { from, to, port, service } = sent;
  const proto: Proto = service.proto;
  const packet: Packet = {
    family: rules.family,
    proto,
    src: from,
    dst: to,
    sport: 40000,
    dport: port,
    mark: 0,
    flags: openingFlags(proto),
    icmp: null,
    payload: noPayload,
  };
  const netfilter = createNetfilter(rules);
  const isLocal = (address: Addr) => own.includes(address);
  const context = {
    host: { isLocal, masqueradeSource: () => own[0] as Addr },
    choices,
    trace: new Trace(),
    nowMs: 0,
    inDevice: sent.client === 'outside' ? 'eth0' : 'veth1',
    outDevice: null,
    nextHop: null,
  };
  const fromHere = isLocal(from);
  const first = netfilter.hook(fromHere ? 'OUTPUT' : 'PREROUTING', packet, context);
  if (first.kind !== 'accept') return first.kind;
  if (!fromHere) {
    const next = netfilter.hook(isLocal(packet.dst) ? 'INPUT' : 'FORWARD', packet, context);
    if (next.kind !== 'accept') return next.kind;
  }
  netfilter.hook('POSTROUTING', packet, { ...context, outDevice: 'eth0' });
  const place = formatEndpoint(packet.dst, packet.dport);
  return packet.sport === 40000 ? place : `${place} masked`;
}

/** Which port a translation gets is not enumerated. */
function fixedPorts(choices: Choices): Choices {
  const pick: Choices['pick'] = (point, weights) =>
    weights.length > 100 ? 0 : choices.pick(point, weights);
  return { pick, fork: () => fixedPorts(choices) };
}

/** Every client to every frontend of every Service. */
function connections(given: ProxyCase, services: readonly ServicePort[], own: readonly Addr[]) {
  const four = given.family === 4;
  const endpoint = addr(four ? '10.180.0.16' : 'fd00:10:180::10');
  const clients: readonly (readonly [Client, Addr])[] = [
    ['pod', addr(four ? '10.180.0.200' : 'fd00:10:180::c8')],
    ['endpoint', endpoint],
    ['node', own[0] as Addr],
    ['outside', addr(four ? '203.0.113.2' : '2600:5200::1')],
  ];
  return services.flatMap((service) => {
    const { port, nodePort } = service;
    const to: readonly (readonly [Frontend, Addr, number])[] = [
      ['clusterIP', service.clusterIP, port],
      ...service.externalIPs.map(({ value }) => ['externalIP', value, port] as const),
      ...service.loadBalancerVIPs.map(({ value }) => ['load balancer', value, port] as const),
      ...(nodePort === 0 ? [] : [['nodePort', own[0] as Addr, nodePort] as const]),
    ];
    return to.flatMap(([frontend, address, at]) =>
      clients.map(
        ([client, from]): Sent => ({ client, from, frontend, to: address, port: at, service }),
      ),
    );
  });
}

interface Compared {
  readonly given: Sent;
  readonly minor: number;
  /** The client is an endpoint on this node. */
  readonly isLocal: boolean;
  readonly services: readonly ServicePort[];
  readonly iptables: string;
  readonly nftables: string;
}

/** What the modes do not do alike, by design of kube-proxy. */
const reasons: readonly { readonly name: string; readonly fits: (one: Compared) => boolean }[] = [
  {
    name: 'two Services claim one address: iptables takes the first, nftables the last',
    fits: ({ given, services }) => claimants(given, services).length > 1,
  },
  {
    name: 'no check for external addresses without endpoints hangs on OUTPUT in iptables mode',
    fits: (one) =>
      one.given.client === 'node' &&
      one.given.frontend !== 'clusterIP' &&
      one.iptables === formatEndpoint(one.given.to, one.given.port) &&
      ['reject', 'drop'].includes(one.nftables),
  },
  {
    name: 'nftables mode looks at source ranges although there are no endpoints',
    fits: (one) =>
      one.given.frontend === 'load balancer' &&
      one.given.service.sourceRanges.length > 0 &&
      one.iptables !== 'drop' &&
      one.nftables === 'drop',
  },
  {
    name: 'up to 1.33 nftables mode drops on the way out before pods and the node are short-circuited',
    fits: (one) =>
      one.minor <= 33 &&
      one.given.client === 'node' &&
      one.given.service.externalPolicyLocal &&
      one.nftables === 'drop',
  },
  {
    name: 'since 1.36 only an endpoint on this node is known to talk with itself',
    fits: (one) =>
      one.minor >= 36 &&
      one.given.client === 'endpoint' &&
      !one.isLocal &&
      one.iptables.replace(' masked', '') === one.nftables,
  },
];

function claimants({ to, port, service }: Sent, services: readonly ServicePort[]) {
  return services.filter(
    (other) =>
      other.proto === service.proto &&
      other.port === port &&
      [...other.externalIPs, ...other.loadBalancerVIPs].some(({ value }) => value === to),
  );
}

function compare(seed: number, change: (config: ProxyConfig) => ProxyConfig): readonly Compared[] {
  const given = proxyCase(seed, seed % 2 === 0 ? 4 : 6);
  const minor = 32 + (seed % 5);
  const config: ProxyConfig = {
    ...configOf(given, minor),
    nodePortAddresses: ['192.168.0.0/16', '2001:db8::/32'],
  };
  const node = nodeOf(given);
  const own = node.addresses.filter((a) => (typeof a === 'number') === (given.family === 4));
  const objects = [...given.services, ...given.endpointSlices];
  const snapshot = withObjects(emptySnapshot(minor), objects);
  const services = [...sortedValues(snapshot.ports[given.family])].map((port) => port.service);
  const kubelet = kubeletLayer(given.family);
  const one = iptables.rulesFor(snapshot, node, config, new Causes(), given.family);
  const other = nftables.rulesFor(snapshot, node, change(config), new Causes(), given.family);
  const rules = [one, other].map((layer) => composeRules(given.family, [kubelet, layer]));
  const local = objects
    .flatMap((object) => ('endpoints' in object ? (object.endpoints ?? []) : []))
    .filter(({ nodeName }) => nodeName === node.name)
    .flatMap(({ addresses }) => addresses ?? []);
  return connections(given, services, own).map((sent) => ({
    given: sent,
    minor,
    isLocal: local.includes(formatAddr(sent.from)),
    services,
    iptables: fates(rules[0] as RuleSource, own, sent),
    nftables: fates(rules[1] as RuleSource, own, sent),
  }));
}

function said({ given, iptables: one, nftables: other }: Compared): string {
  const to = `${given.frontend} ${formatAddr(given.to)}:${given.port}`;
  return `${given.client} -> ${to} of ${given.service.name}: iptables ${one}; nftables ${other}`;
}

const seeds = Array.from({ length: 60 }, (_, i) => i + 1);

test('a connection to a Service has the same fate in iptables and in nftables mode', () => {
  const met = new Set<string>();
  for (const seed of seeds) {
    for (const one of compare(seed, (config) => config)) {
      if (one.iptables === one.nftables) continue;
      const reason = reasons.find(({ fits }) => fits(one));
      assert.ok(reason, `case ${seed}: ${said(one)}`);
      met.add(reason.name);
    }
  }
  assert.deepEqual([...met].sort(byCodeUnit), reasons.map(({ name }) => name).sort(byCodeUnit));
});

for (const [fault, change] of [
  ['a lost masquerade', (config) => ({ ...config, clusterCIDRs: [], masqueradeAll: false })],
  ['one too many', (config) => ({ ...config, masqueradeAll: true })],
] as const satisfies readonly (readonly [string, (config: ProxyConfig) => ProxyConfig])[]) {
  test(`caught: ${fault}`, () => {
    const unexplained = seeds
      .flatMap((seed) => compare(seed, change))
      .filter((one) => one.iptables !== one.nftables)
      .filter((one) => !reasons.some(({ fits }) => fits(one)));
    assert.ok(unexplained.length > 0);
  });
}
