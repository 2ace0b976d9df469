// Host ports as the chained plugin portmap writes them with iptables: per node one chain that leads to one chain per
// Pod, DNAT of what is for any local address, a mark and a masquerade for what the Pod's own network or 127.0.0.1
// sends. Models plugins/meta/portmap/portmap_iptables.go (v1.9) with its defaults: snat, mark bit 13, no conditions.
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Addr, addr, type Family, familyOf, parseAddr } from '../net/addr.ts';
import { type Cidr, single } from '../net/cidr.ts';
import { type Proto, protoName } from '../net/packet.ts';
import type { Chain, Hooking, Match, Rule, RuleLayer, Target } from '../netfilter/rule.ts';
import { plainLayer } from '../netfilter/ruleset.ts';

/** One entry of the runtime's portMappings. */
export interface PortMapping {
  readonly proto: Proto;
  readonly hostPort: number;
  readonly containerPort: number;
  /** As written; empty: any. */
  readonly hostIP: string;
  /** What asked for it. */
  readonly origin: number;
}

/** A Pod with host ports, as the plugin is called for it. */
export interface MappedPod {
  /** Name of the network's configuration list. */
  readonly network: string;
  /** CNI_CONTAINERID. */
  readonly sandbox: string;
  /** The previous plugin's result: addresses with their networks, one of each family at most. */
  readonly addresses: readonly { readonly addr: Addr; readonly subnet: Cidr }[];
  readonly mappings: readonly PortMapping[];
}

const owner = 'cni';
const top = 'CNI-HOSTPORT-DNAT';
const setMark = 'CNI-HOSTPORT-SETMARK';
const masq = 'CNI-HOSTPORT-MASQ';
const bit = 1 << 13;
const chainNameMax = 28;
const commentMax = 255;
const portsPerRule = 15;
const loopback = single(addr('127.0.0.1'));

/** A node's layer of one family: its Pods in the order in which they were added. The top chains stay when the last one
 * is gone. */
export function portmapLayer(family: Family, pods: readonly MappedPod[]): RuleLayer {
  const here = pods.filter((pod) => addressOf(pod, family) !== undefined);
  const chains: readonly Chain[] = [
    chain(setMark, [
      rule([comment('CNI portfwd masquerade mark')], { kind: 'mark', value: bit, mask: bit }),
    ]),
    chain(masq, [
      rule([{ kind: 'mark', negated: false, value: bit, mask: bit }], {
        kind: 'masquerade',
        randomFully: false,
      }),
    ]),
    chain(top, here.flatMap(entries)),
    ...here.map((pod) => chain(chainNameOf(pod), forwards(pod, family))),
  ];
  return plainLayer(owner, family, chains, hookings);
}

/** CNI-DN-xxxx (utils.MustFormatChainNameWithPrefix). */
export function chainNameOf({ network, sandbox }: MappedPod): string {
  const hash = bytesToHex(sha512(utf8ToBytes(`${network}${sandbox}`)));
  return `CNI-DN-${hash}`.slice(0, chainNameMax);
}

const toTop: Rule = rule([{ kind: 'addrtype', side: 'dst', negated: false, type: 'LOCAL' }], {
  kind: 'jump',
  chain: top,
});
const hookings: readonly Hooking[] = [
  {
    table: 'nat',
    chain: 'POSTROUTING',
    position: 'prepend',
    rule: rule([comment('CNI portfwd requiring masquerade')], { kind: 'jump', chain: masq }),
  },
  { table: 'nat', chain: 'PREROUTING', position: 'append', rule: toTop },
  { table: 'nat', chain: 'OUTPUT', position: 'append', rule: toTop },
];

/** The ways into a Pod's chain: protocols by name, at most fifteen ports a rule. */
function entries(pod: MappedPod): readonly Rule[] {
  const text = `dnat name: "${pod.network}" id: "${pod.sandbox}"`;
  const about = comment(text.length <= commentMax ? text : `${text.slice(0, 253)}...`);
  const byName = new Map<string, PortMapping[]>();
  for (const mapping of pod.mappings) {
    const name = protoName(mapping.proto);
    byName.set(name, [...(byName.get(name) ?? []), mapping]);
  }
  return [...byName.keys()].sort().flatMap((name) => {
    const group = byName.get(name) ?? [];
    const rules: Rule[] = [];
    for (let i = 0; i < group.length; i += portsPerRule) {
      const some = group.slice(i, i + portsPerRule);
      const [first] = some;
      if (first === undefined) continue;
      const ports = some.map(({ hostPort }) => hostPort);
      rules.push(
        rule(
          [
            { kind: 'protocol', negated: false, proto: first.proto },
            about,
            { kind: 'multiport', side: 'dst', negated: false, ports },
          ],
          { kind: 'jump', chain: chainNameOf(pod) },
          first.origin,
        ),
      );
    }
    return rules;
  });
}

/** Per mapping: mark the Pod's own network, mark 127.0.0.1, translate. A hostIP of the other family makes none. */
function forwards(pod: MappedPod, family: Family): readonly Rule[] {
  const own = addressOf(pod, family);
  if (own === undefined) return [];
  return pod.mappings.flatMap(({ proto, hostPort, containerPort, hostIP, origin }) => {
    const host = hostIP === '' ? undefined : parseAddr(hostIP);
    if (host !== undefined && familyOf(host) !== family) return [];
    const isAny = host === undefined || host === 0 || host === 0n;
    const base: readonly Match[] = [
      ...(isAny ? [] : [address('dst', single(host))]),
      { kind: 'protocol', negated: false, proto },
      { kind: 'port', proto, side: 'dst', negated: false, low: hostPort, high: hostPort },
    ];
    const mark: Target = { kind: 'jump', chain: setMark };
    const to = { kind: 'dnat', to: own.addr, port: containerPort, randomFully: false } as const;
    return [
      rule([address('src', own.subnet), ...base], mark, origin),
      ...(family === 4 ? [rule([address('src', loopback), ...base], mark, origin)] : []),
      rule(base, to, origin),
    ];
  });
}

function addressOf({ addresses }: MappedPod, family: Family) {
  return addresses.find((own) => familyOf(own.addr) === family);
}

function address(side: 'src' | 'dst', range: Cidr): Match {
  return { kind: 'address', side, negated: false, ...range };
}

function comment(text: string): Match {
  return { kind: 'comment', text };
}

function rule(matches: readonly Match[], target: Target, origin = 0): Rule {
  return { matches, target, origin };
}

function chain(name: string, rules: readonly Rule[]): Chain {
  return { table: 'nat', name, policy: null, rules, owner };
}
