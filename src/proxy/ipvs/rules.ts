// Step two: the iptables rules around IPVS. They name sets, not Services, so they depend on which
// sets have members and on the configuration; only a load balancer that bars the node has a rule of
// its own.
// Models writeIptablesRules and acceptIPVSTraffic of pkg/proxy/ipvs/proxier.go.
import { cidr, single } from '../../net/cidr.ts';
import type { Hooking, Match, Rule, Target } from '../../netfilter/rule.ts';
import * as parts from '../rule-parts.ts';
import {
  type Flags,
  jumpTable,
  type OwnChain,
  type SetRuleRow,
  setRuleTable,
} from './constant.table.ts';
import type { Barred } from './frontends.ts';
import type { SetName } from './sets.table.ts';
import { setComments, setName } from './sets.table.ts';
import type { Settings } from './settings.ts';

/** One rule and where it is appended. */
export interface OwnRule {
  readonly chain: OwnChain;
  readonly rule: Rule;
}

export interface RuleInput {
  readonly settings: Settings;
  /** Whether the set has members; of all others no rule is written. */
  readonly isFilled: (set: SetName) => boolean;
  readonly barred: readonly Barred[];
}

const both: Flags = ['dst', 'dst'];
const markForMasquerade = parts.jump('KUBE-MARK-MASQ');
const returns: Target = { kind: 'return' };

/** All rules in the order of writing, both tables mixed. */
export function ownRules(input: RuleInput): readonly OwnRule[] {
  const { settings, isFilled } = input;
  const loopback = cidr(settings.family === 4 ? '127.0.0.0/8' : '::1/128');
  return [
    own('nat KUBE-SERVICES', [parts.range('src', loopback)], returns),
    ...setRuleTable.filter(({ set }) => isFilled(set)).map((row) => setRule(row, settings)),
    ...clusterIPRules(input),
    ...externalIPRules(input),
    own('nat KUBE-SERVICES', [parts.local('dst')], parts.jump('KUBE-NODE-PORT')),
    own('nat KUBE-LOAD-BALANCER', [], markForMasquerade),
    own('filter KUBE-SOURCE-RANGES-FIREWALL', [], parts.drop),
    ...input.barred.map(barRule),
    ...acceptRules(input),
    ...forwardRules(settings),
    ...accessRules(settings),
    ...markRules(settings),
  ];
}

/** kube-proxy's jumps from the built-in chains. */
export function jumpHookings(): readonly Hooking[] {
  return jumpTable.map(({ table, from, to, comment }) => {
    const rule = parts.rule([parts.comment(comment)], parts.jump(to), 0);
    return { table, chain: from, position: 'prepend', rule };
  });
}

function setRule(row: SetRuleRow, settings: Settings): OwnRule {
  const protocol: readonly Match[] =
    row.proto === null ? [] : [{ kind: 'protocol', negated: false, proto: row.proto }];
  const matches = [...protocol, ...about(row.set), inSet(row.set, row.flags, settings)];
  return own(row.chain, matches, targetOf(row.target));
}

/** No --random-fully on the hairpin's MASQUERADE. */
function targetOf(name: string): Target {
  if (name === 'RETURN') return returns;
  return name === 'MASQUERADE' ? { kind: 'masquerade', randomFully: false } : parts.jump(name);
}

/** Clients from outside, or where that cannot be told, connections of the node itself: their source
 * is the cluster IP, which the dummy device holds. */
function clusterIPRules({ settings, isFilled }: RuleInput): readonly OwnRule[] {
  const set = 'KUBE-CLUSTER-IP';
  if (!isFilled(set)) return [];
  const { masqueradeAll, detector } = settings;
  const fromNode = !masqueradeAll && detector === null;
  const matches = [
    ...about(set),
    inSet(set, fromNode ? ['src', 'dst'] : both, settings),
    ...(masqueradeAll || detector === null ? [] : [parts.fromLocal(detector, true)]),
  ];
  return [own('nat KUBE-SERVICES', matches, markForMasquerade)];
}

function externalIPRules({ settings, isFilled }: RuleInput): readonly OwnRule[] {
  const rules: OwnRule[] = [];
  for (const set of ['KUBE-EXTERNAL-IP', 'KUBE-EXTERNAL-IP-LOCAL'] as const) {
    if (!isFilled(set)) continue;
    const to = [...about(set), inSet(set, both, settings)];
    const notFromHere: readonly Match[] = [
      { kind: 'physdev', negated: true, test: 'is-in' },
      { kind: 'addrtype', side: 'src', negated: true, type: 'LOCAL' },
    ];
    if (set === 'KUBE-EXTERNAL-IP') rules.push(own('nat KUBE-SERVICES', to, markForMasquerade));
    rules.push(own('nat KUBE-SERVICES', [...to, ...notFromHere], parts.accept));
    rules.push(own('nat KUBE-SERVICES', [...to, parts.local('dst')], parts.accept));
  }
  return rules;
}

/** Connections of the node to a load balancer's address: IPVS gives them that address as source. */
function barRule({ address, proto, port, origin }: Barred): OwnRule {
  const matches: readonly Match[] = [
    parts.address('src', address),
    {
      kind: 'ipvs',
      vaddr: { negated: false, range: single(address) },
      vproto: { negated: false, proto },
      vport: { negated: false, port },
    },
  ];
  const chain = 'filter KUBE-IPVS-OUT-FILTER';
  return { chain, rule: parts.rule(matches, parts.drop, origin) };
}

function acceptRules({ settings, isFilled }: RuleInput): readonly OwnRule[] {
  return (['KUBE-CLUSTER-IP', 'KUBE-LOAD-BALANCER'] as const)
    .filter(isFilled)
    .map((set) => own('nat KUBE-SERVICES', [inSet(set, both, settings)], parts.accept));
}

function forwardRules({ mark }: Settings): readonly OwnRule[] {
  const marked = [parts.comment('kubernetes forwarding rules'), parts.marked(mark)];
  const established = [
    parts.comment('kubernetes forwarding conntrack rule'),
    parts.states(['RELATED', 'ESTABLISHED']),
  ];
  return [
    own('filter KUBE-FORWARD', marked, parts.accept),
    own('filter KUBE-FORWARD', established, parts.accept),
  ];
}

/** Whoever comes to an address of the dummy device and to no port of a Service would reach the
 * node's own listeners: refused. */
function accessRules(settings: Settings): readonly OwnRule[] {
  const health = 'KUBE-HEALTH-CHECK-NODE-PORT';
  const chain = 'filter KUBE-IPVS-FILTER';
  const passes = [
    ['KUBE-LOAD-BALANCER', both],
    ['KUBE-CLUSTER-IP', both],
    ['KUBE-EXTERNAL-IP', both],
    ['KUBE-EXTERNAL-IP-LOCAL', both],
    [health, ['dst']],
  ] as const;
  const refused = [parts.states(['NEW']), inSet('KUBE-IPVS-IPS', ['dst'], settings)];
  return [
    own(
      'filter KUBE-NODE-PORT',
      [...about(health), inSet(health, ['dst'], settings)],
      parts.accept,
    ),
    ...passes.map(([set, flags]) => own(chain, [inSet(set, flags, settings)], returns)),
    own(chain, refused, parts.reject),
  ];
}

function markRules({ mark, randomFully }: Settings): readonly OwnRule[] {
  const about = parts.comment('kubernetes service traffic requiring SNAT');
  return [
    own('nat KUBE-POSTROUTING', [parts.marked(mark, true)], returns),
    own('nat KUBE-POSTROUTING', [], { kind: 'mark', value: mark, mask: 0 }),
    own('nat KUBE-POSTROUTING', [about], { kind: 'masquerade', randomFully }),
    own('nat KUBE-MARK-MASQ', [], { kind: 'mark', value: mark, mask: mark }),
  ];
}

function about(set: SetName): readonly Match[] {
  return [parts.comment(setComments.get(set) ?? '')];
}

function inSet(set: SetName, flags: Flags, { family }: Settings): Match {
  return { kind: 'set', set: setName(set, family), negated: false, flags };
}

function own(chain: OwnChain, matches: readonly Match[], target: Target): OwnRule {
  return { chain, rule: parts.rule(matches, target, 0) };
}
