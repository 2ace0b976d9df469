// The first packets of netfilter.bench.ts through a table of nf_tables, in the shape kube-proxy 1.34 writes: one map of
// all addresses, a chain for each Service that draws among ten endpoint chains. Functions only: bench/main.ts prints.
import { addr } from '../src/net/addr.ts';
import { cidr } from '../src/net/cidr.ts';
import { TCP } from '../src/net/packet.ts';
import { createNetfilter } from '../src/netfilter/kernel.ts';
import type { Netfilter } from '../src/netfilter/netfilter.ts';
import {
  type NftChain,
  type NftElement,
  type NftHook,
  type NftRule,
  type NftSet,
  type NftStatement,
  type NftVerdict,
  plainTable,
} from '../src/netfilter/nft/table.ts';
import { composeRules, nftLayer } from '../src/netfilter/ruleset.ts';
import { vip } from './netfilter.bench.ts';

const firstPod = addr('10.244.0.0') as number;

function rule(...statements: NftStatement[]): NftRule {
  return { statements, comment: null, origin: 0 };
}

function chain(name: string, rules: readonly NftRule[], base: NftHook | null = null): NftChain {
  return { kind: 'nft', family: 4, table: 'proxy', name, base, comment: null, rules };
}

function verdict(kind: 'jump' | 'goto', to: string): NftStatement {
  return { kind: 'verdict', verdict: { kind, chain: to } };
}

function element(key: NftElement['key'], data: NftVerdict): NftElement {
  return { key, data, comment: null, origin: 0 };
}

const fresh: NftStatement = { kind: 'flags', field: 'ct state', negated: false, flags: ['new'] };
const xor: NftStatement = { kind: 'mark', op: 'xor', value: 0x4000 };
const or: NftStatement = { kind: 'mark', op: 'or', value: 0x4000 };

function lookUp(name: string): NftRule {
  const key = { kind: 'fields', fields: ['ip daddr', 'meta l4proto', 'th dport'] } as const;
  return rule({ kind: 'vmap', key, map: { kind: 'named', name } });
}

const bases: readonly NftChain[] = [
  chain('filter-prerouting', [rule(fresh, verdict('jump', 'firewall-check'))], {
    type: 'filter',
    hook: 'PREROUTING',
    priority: -110,
    policy: 'accept',
  }),
  chain('filter-forward', [rule(fresh, verdict('jump', 'endpoints-check'))], {
    type: 'filter',
    hook: 'FORWARD',
    priority: 0,
    policy: 'accept',
  }),
  chain('nat-prerouting', [rule(verdict('jump', 'services'))], {
    type: 'nat',
    hook: 'PREROUTING',
    priority: -100,
    policy: 'accept',
  }),
  chain('nat-postrouting', [rule(verdict('jump', 'masquerading'))], {
    type: 'nat',
    hook: 'POSTROUTING',
    priority: 100,
    policy: 'accept',
  }),
];

const plain: readonly NftChain[] = [
  chain('firewall-check', [lookUp('firewall-ips')]),
  chain('endpoints-check', [lookUp('no-endpoints')]),
  chain('services', [lookUp('service-ips')]),
  chain('mark-for-masquerade', [rule(or)]),
  chain('masquerading', [
    rule(
      { kind: 'bits', field: 'meta mark', mask: 0x4000, negated: false, value: 0 },
      { kind: 'verdict', verdict: { kind: 'return' } },
    ),
    rule(xor),
    rule({ kind: 'masquerade', fullyRandom: true }),
  ]),
];

function map(name: string, elements: readonly NftElement[]): NftSet {
  return {
    name,
    type: ['ipv4_addr', 'inet_proto', 'inet_service'],
    data: 'verdict',
    flags: [],
    timeoutSeconds: null,
    size: null,
    comment: null,
    elements,
  };
}

function serviceChain(service: number, endpoints: number): NftChain {
  const outside: readonly NftStatement[] = [
    { kind: 'compare', field: 'ip daddr', negated: false, value: vip(service) },
    {
      kind: 'compare',
      field: 'ip saddr',
      negated: true,
      value: { kind: 'range', ...cidr('10.244.0.0/16') },
    },
    verdict('jump', 'mark-for-masquerade'),
  ];
  const elements = Array.from({ length: endpoints }, (_, i) =>
    element([i], { kind: 'goto', chain: `endpoint-${service}-${i}` }),
  );
  const draw: NftStatement = {
    kind: 'vmap',
    key: { kind: 'numgen', mod: endpoints },
    map: { kind: 'anonymous', elements },
  };
  return chain(`service-${service}`, [rule(...outside), rule(draw)]);
}

function endpointChain(name: string, pod: number): NftChain {
  const to = { kind: 'constant', addr: pod, port: 8080 } as const;
  return chain(name, [
    rule(
      { kind: 'compare', field: 'ip saddr', negated: false, value: pod },
      verdict('jump', 'mark-for-masquerade'),
    ),
    rule(
      { kind: 'compare', field: 'meta l4proto', negated: false, value: TCP },
      { kind: 'nat', type: 'dnat', to, fullyRandom: false },
    ),
  ]);
}

/** A machine with the synthetic table, all of it built: the walk is measured, not the writing. */
export function nftMachine(services: number, endpoints: number): Netfilter {
  const numbers = Array.from({ length: services }, (_, i) => i);
  const elements = numbers.map((i) =>
    element([vip(i), TCP, 80], { kind: 'goto', chain: `service-${i}` }),
  );
  const chains = numbers.flatMap((i) => [
    serviceChain(i, endpoints),
    ...Array.from({ length: endpoints }, (_, j) =>
      endpointChain(`endpoint-${i}-${j}`, firstPod + 256 + i * endpoints + j),
    ),
  ]);
  const table = plainTable(4, 'proxy', {
    sets: [map('firewall-ips', []), map('no-endpoints', []), map('service-ips', elements)],
    chains: [...bases, ...plain, ...chains],
  });
  return createNetfilter(composeRules(4, [nftLayer('proxy', 4, [table])]));
}
