// How many first packets a second one machine's netfilter takes through all its hooks, and whether that depends on the
// number of Services. The rule set is synthetic, in the shape kube-proxy writes: one long chain of exact destinations,
// a chain per Service that draws among ten endpoint chains. Functions only: bench/main.ts prints.
import { type Addr, addr } from '../src/net/addr.ts';
import { cidr, single } from '../src/net/cidr.ts';
import { noPayload, type Packet, SYN, TCP } from '../src/net/packet.ts';
import { createNetfilter } from '../src/netfilter/kernel.ts';
import type { HookContext, Netfilter } from '../src/netfilter/netfilter.ts';
import type { Chain, Match, Rule, RuleLayer, Target } from '../src/netfilter/rule.ts';
import { composeRules } from '../src/netfilter/ruleset.ts';
import { Trace } from '../src/netfilter/trace.ts';
import { seeded } from '../src/sim/choices.ts';

const firstVip = addr('10.96.0.0') as number;
const firstPod = addr('10.244.0.0') as number;
const node = addr('192.168.0.2');
const gateway = addr('10.244.0.1');

function rule(matches: readonly Match[], target: Target): Rule {
  return { matches, target, origin: 0 };
}

function from(side: 'src' | 'dst', at: Addr): Match {
  return { kind: 'address', side, negated: false, ...single(at) };
}

const tcp: Match = { kind: 'protocol', negated: false, proto: TCP };
const port80: Match = { kind: 'port', proto: TCP, side: 'dst', negated: false, low: 80, high: 80 };
const fresh: Match = { kind: 'conntrack', negated: false, states: ['NEW'] };
const notPods: Match = { kind: 'address', side: 'src', negated: true, ...cidr('10.244.0.0/16') };
const marked: Match = { kind: 'mark', negated: false, value: 0x4000, mask: 0x4000 };
const unmarked: Match = { ...marked, negated: true };
const local: Match = { kind: 'addrtype', side: 'dst', negated: false, type: 'LOCAL' };
const live: Match = { kind: 'conntrack', negated: false, states: ['RELATED', 'ESTABLISHED'] };
const broken: Match = { kind: 'conntrack', negated: false, states: ['INVALID'] };

function say(text: string): Match {
  return { kind: 'comment', text };
}

function jump(chain: string): Target {
  return { kind: 'jump', chain };
}

/** The address of the `i`th Service. */
export function vip(i: number): Addr {
  return firstVip + 256 + i;
}

/** One owner's rules for `services` ClusterIPs of `endpoints` endpoints each; per-Service chains are built when asked. */
export function serviceLayer(services: number, endpoints: number): RuleLayer {
  const nat = (name: string, rules: readonly Rule[]): Chain => ({
    table: 'nat',
    name,
    policy: null,
    rules,
    owner: 'proxy',
  });
  const ready = new Map<string, Chain>();
  const entries = Array.from({ length: services }, (_, i) =>
    rule(
      [from('dst', vip(i)), tcp, say(`ns/svc${i}:http cluster IP`), port80],
      jump(`KUBE-SVC-${i}`),
    ),
  );
  const constants = [
    nat('KUBE-SERVICES', [...entries, rule([say('nodeports'), local], jump('KUBE-NODEPORTS'))]),
    nat('KUBE-NODEPORTS', []),
    nat('KUBE-MARK-MASQ', [rule([], { kind: 'mark', value: 0x4000, mask: 0x4000 })]),
    nat('KUBE-POSTROUTING', [
      rule([unmarked], { kind: 'return' }),
      rule([], { kind: 'mark', value: 0x4000, mask: 0 }),
      rule([say('masquerade')], { kind: 'masquerade', randomFully: true }),
    ]),
  ];
  for (const chain of constants) ready.set(chain.name, chain);
  const build = (name: string): Chain | undefined => {
    const [, kind, service, endpoint] = name.split('-');
    if (kind === 'SVC') return nat(name, serviceRules(Number(service), endpoints));
    if (kind !== 'SEP') return undefined;
    const pod = firstPod + 256 + Number(service) * endpoints + Number(endpoint);
    return nat(name, endpointRules(Number(service), pod));
  };
  const filter = new Map<string, Chain>(
    filterChains().map((chain) => [chain.name, chain] as const),
  );
  return {
    owner: 'proxy',
    family: 4,
    chains: (table) =>
      table === 'nat' ? [...ready.keys()] : table === 'filter' ? [...filter.keys()] : [],
    chain: (table, name) => {
      if (table === 'filter') return filter.get(name);
      if (table !== 'nat') return undefined;
      const known = ready.get(name) ?? build(name);
      if (known !== undefined) ready.set(name, known);
      return known;
    },
    hookings: [
      {
        table: 'nat',
        chain: 'PREROUTING',
        position: 'prepend',
        rule: rule([], jump('KUBE-SERVICES')),
      },
      { table: 'nat', chain: 'OUTPUT', position: 'prepend', rule: rule([], jump('KUBE-SERVICES')) },
      {
        table: 'nat',
        chain: 'POSTROUTING',
        position: 'prepend',
        rule: rule([], jump('KUBE-POSTROUTING')),
      },
      {
        table: 'filter',
        chain: 'FORWARD',
        position: 'append',
        rule: rule([fresh], jump('KUBE-PROXY-FIREWALL')),
      },
      {
        table: 'filter',
        chain: 'FORWARD',
        position: 'append',
        rule: rule([], jump('KUBE-FORWARD')),
      },
      {
        table: 'filter',
        chain: 'FORWARD',
        position: 'append',
        rule: rule([fresh], jump('KUBE-SERVICES')),
      },
      {
        table: 'filter',
        chain: 'FORWARD',
        position: 'append',
        rule: rule([fresh], jump('KUBE-EXTERNAL-SERVICES')),
      },
    ],
  };
}

function serviceRules(service: number, endpoints: number): readonly Rule[] {
  const comment = say(`ns/svc${service}:http`);
  const masquerade = rule(
    [notPods, from('dst', vip(service)), tcp, comment, port80],
    jump('KUBE-MARK-MASQ'),
  );
  const draws = Array.from({ length: endpoints }, (_, i) => {
    const below = Math.round(2 ** 31 / (endpoints - i));
    const chance: readonly Match[] = i < endpoints - 1 ? [{ kind: 'random', below }] : [];
    return rule([comment, ...chance], jump(`KUBE-SEP-${service}-${i}`));
  });
  return [masquerade, ...draws];
}

function endpointRules(service: number, pod: number): readonly Rule[] {
  const comment = say(`ns/svc${service}:http`);
  const bare: Match = { kind: 'port', proto: TCP, side: null, negated: false, low: 0, high: 65535 };
  return [
    rule([from('src', pod), comment], jump('KUBE-MARK-MASQ')),
    rule([tcp, comment, bare], { kind: 'dnat', to: pod, port: 8080, randomFully: false }),
  ];
}

function filterChains(): readonly Chain[] {
  const filter = (name: string, rules: readonly Rule[]): Chain => ({
    table: 'filter',
    name,
    policy: null,
    rules,
    owner: 'proxy',
  });
  return [
    filter('KUBE-PROXY-FIREWALL', []),
    filter('KUBE-SERVICES', []),
    filter('KUBE-EXTERNAL-SERVICES', []),
    filter('KUBE-FORWARD', [
      rule([broken], { kind: 'drop' }),
      rule([marked], { kind: 'accept' }),
      rule([live], { kind: 'accept' }),
    ]),
  ];
}

/** A machine with the synthetic rules, all of them built: the walk is measured, not the writing. */
export function machine(services: number, endpoints: number): Netfilter {
  const rules = composeRules(4, [serviceLayer(services, endpoints)]);
  for (let i = 0; i < services; i++) {
    rules.chain('nat', `KUBE-SVC-${i}`);
    for (let j = 0; j < endpoints; j++) rules.chain('nat', `KUBE-SEP-${i}-${j}`);
  }
  return createNetfilter(rules);
}

const host = {
  isLocal: (at: Addr) => at === node || at === gateway,
  masqueradeSource: () => node,
};

/** Sends `count` first packets from pods to the first `targets` Services' addresses, one after the other. */
export function firstPackets(
  netfilter: Netfilter,
  targets: number,
  count: number,
  skip = 0,
): number {
  const choices = seeded(1);
  let translated = 0;
  for (let i = skip; i < skip + count; i++) {
    const packet: Packet = {
      family: 4,
      proto: TCP,
      src: firstPod + 2 + (i % 200),
      sport: 32768 + (Math.floor(i / 200) % 28000),
      dst: vip((i * 7919) % targets),
      dport: 80,
      mark: 0,
      flags: SYN,
      icmp: null,
      payload: noPayload,
    };
    const trace = new Trace();
    const base: HookContext = {
      host,
      choices,
      trace,
      nowMs: 0,
      inDevice: 'veth1',
      outDevice: null,
      nextHop: null,
    };
    netfilter.hook('PREROUTING', packet, base);
    netfilter.hook('FORWARD', packet, { ...base, outDevice: 'eth0' });
    netfilter.hook('POSTROUTING', packet, { ...base, inDevice: null, outDevice: 'eth0' });
    if (packet.dport === 8080) translated++;
  }
  return translated;
}

/** First packets a second at `services` Services; `clock` gives milliseconds. */
export function firstPacketRate(services: number, endpoints: number, clock: () => number): number {
  const netfilter = machine(services, endpoints);
  const count = 50_000;
  firstPackets(netfilter, services, count);
  const start = clock();
  const translated = firstPackets(netfilter, services, count, count);
  const elapsedMs = clock() - start;
  if (translated !== count) throw new Error(`${count - translated} packets were not translated`);
  return (count * 1000) / elapsedMs;
}
