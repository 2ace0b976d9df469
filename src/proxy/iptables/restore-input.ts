// What kube-proxy feeds to iptables-restore on a full sync: the same typed rules in the words and
// in the order in which kube-proxy writes them, which is not how iptables-save prints them back.
// Deletions of stale chains are not part of it.
import { formatAddr, formatEndpoint } from '../../net/addr.ts';
import { protoName } from '../../net/packet.ts';
import type { Match, Rule, Target } from '../../netfilter/rule.ts';
import { filterChains, natChains } from './constant.table.ts';
import {
  forwardRules,
  localnetGuard,
  markRules,
  nodePortJumps,
  postroutingRules,
} from './constant.ts';
import type { IptablesLayer } from './layer.ts';
import { probabilityText } from './probability.ts';

/** The text of one full sync, both tables, ending in a newline. */
export function restoreInput(layer: IptablesLayer): string {
  const { constant } = layer.settings;
  const guarded = constant.localhostNodePorts;
  const filter: string[] = guarded ? [append('KUBE-FIREWALL', localnetGuard)] : [];
  const nat: string[] = [
    ...postroutingRules(constant).map((rule) => append('KUBE-POSTROUTING', rule)),
    ...markRules(constant).map((rule) => append('KUBE-MARK-MASQ', rule)),
  ];
  const ownChains: string[] = [];
  for (const view of layer.views()) {
    for (const { chain, rule } of view.portal.rules) {
      const [table, name] = chain.split(' ') as [string, string];
      (table === 'nat' ? nat : filter).push(append(name, rule));
    }
    const fragment = view.fragment();
    ownChains.push(...fragment.chains);
    for (const own of fragment.rules) nat.push(append(own.chain, own.rule, own.writesRange));
  }
  nat.push(...nodePortJumps(constant).map((rule) => append('KUBE-SERVICES', rule)));
  filter.push(...forwardRules(constant).map((rule) => append('KUBE-FORWARD', rule)));
  const lines = [
    '*filter',
    ...[...filterChains, ...(guarded ? ['KUBE-FIREWALL'] : [])].map(chainLine),
    ...filter,
    'COMMIT',
    '*nat',
    ...[...natChains, ...ownChains].map(chainLine),
    ...nat,
    'COMMIT',
  ];
  return `${lines.join('\n')}\n`;
}

function chainLine(name: string): string {
  return `:${name} - [0:0]`;
}

/** One `-A` line. With `writesRange`, single source addresses keep their prefix length. */
function append(chain: string, { matches, target }: Rule, writesRange = false): string {
  const words = matches.map((match) => matchWords(match, writesRange)).filter((w) => w !== '');
  return ['-A', chain, ...words, ...targetWords(target)].join(' ');
}

function matchWords(match: Match, writesRange: boolean): string {
  switch (match.kind) {
    case 'comment':
      return `-m comment --comment ${match.text.includes(' ') ? `"${match.text}"` : match.text}`;
    case 'protocol':
      return `-m ${protoName(match.proto)} -p ${protoName(match.proto)}`;
    case 'port':
      return match.side === null ? '' : `--dport ${match.low}`;
    case 'address': {
      const isSingle = match.low === match.high && !(writesRange && match.side === 'src');
      const text = formatAddr(match.low) + (isWhole(match, isSingle) ? '' : `/${match.bits}`);
      return `${not(match.negated)}${match.side === 'src' ? '-s' : '-d'} ${text}`;
    }
    case 'interface':
      return `${not(match.negated)}-i ${match.name}`;
    case 'mark':
      return `-m mark ${not(match.negated)}--mark ${hex(match.value)}/${hex(match.mask)}`;
    case 'conntrack':
      return `-m conntrack ${not(match.negated)}--ctstate ${match.states.join()}`;
    case 'addrtype':
      return `-m addrtype --${match.side}-type ${match.type}`;
    case 'random':
      return `-m statistic --mode random --probability ${writtenProbability(match.below)}`;
    case 'recent': {
      const check = match.op === 'set' ? '--set' : `--rcheck --seconds ${match.seconds} --reap`;
      return `-m recent --name ${match.list} ${check}`;
    }
    case 'nfacct':
      return `-m nfacct --nfacct-name ${match.name}`;
    case 'multiport':
    case 'physdev':
    case 'set':
    case 'ipvs':
      throw new Error(`kube-proxy writes no ${match.kind} match in iptables mode`);
  }
}

/** A negated address is always a constant range; "::1/128" keeps its length. */
function isWhole(match: Extract<Match, { kind: 'address' }>, isSingle: boolean): boolean {
  return isSingle && !match.negated;
}

function targetWords(target: Target): readonly string[] {
  switch (target.kind) {
    case 'accept':
      return ['-j ACCEPT'];
    case 'drop':
      return ['-j DROP'];
    case 'return':
      return ['-j RETURN'];
    case 'reject':
      return ['-j REJECT'];
    case 'jump':
      return [`-j ${target.chain}`];
    case 'mark':
      return [`-j MARK ${target.mask === 0 ? '--xor-mark' : '--or-mark'} ${hex(target.value)}`];
    case 'masquerade':
      return ['-j MASQUERADE', ...(target.randomFully ? ['--random-fully'] : [])];
    case 'dnat':
      return [`-j DNAT --to-destination ${formatEndpoint(target.to, target.port ?? 0)}`];
    case 'none':
      return [];
    case 'goto':
    case 'snat':
    case 'redirect':
      throw new Error(`kube-proxy writes no ${target.kind} in iptables mode`);
  }
}

/** Shares are always 1/n, so n tells the text again. */
function writtenProbability(below: number): string {
  return probabilityText(Math.round(2 ** 31 / below));
}

function not(negated: boolean): string {
  return negated ? '! ' : '';
}

/** Go's %#08x: eight digits after 0x. */
function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
