// Typed rules in the words in which kube-proxy writes them for iptables-restore, which is not how
// iptables-save prints them back. Knows what kube-proxy writes and nothing else.
import { formatAddr, formatEndpoint } from '../net/addr.ts';
import { protoName } from '../net/packet.ts';
import type { Match, Rule, Target } from '../netfilter/rule.ts';
import { probabilityText } from './probability.ts';

/** One `-A` line. With `writesRange`, single source addresses keep their prefix length. */
export function append(chain: string, { matches, target }: Rule, writesRange = false): string {
  const hasPorts = matches.some(({ kind }) => kind === 'port');
  const words = matches.map((match) => matchWords(match, writesRange, hasPorts));
  return ['-A', chain, ...words, ...targetWords(target)].filter((w) => w !== '').join(' ');
}

function matchWords(match: Match, writesRange: boolean, hasPorts: boolean): string {
  switch (match.kind) {
    case 'comment':
      return `-m comment --comment ${match.text.includes(' ') ? `"${match.text}"` : match.text}`;
    case 'protocol':
      return `${hasPorts ? `-m ${protoName(match.proto)} ` : ''}-p ${protoName(match.proto)}`;
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
      return `-m addrtype ${not(match.negated)}--${match.side}-type ${match.type}`;
    case 'random':
      return `-m statistic --mode random --probability ${writtenProbability(match.below)}`;
    case 'recent': {
      const check = match.op === 'set' ? '--set' : `--rcheck --seconds ${match.seconds} --reap`;
      return `-m recent --name ${match.list} ${check}`;
    }
    case 'nfacct':
      return `-m nfacct --nfacct-name ${match.name}`;
    case 'multiport':
      throw new Error('kube-proxy writes no multiport match');
    case 'physdev':
      return `-m physdev ${not(match.negated)}--physdev-${match.test}`;
    case 'set':
      return `-m set ${not(match.negated)}--match-set ${match.set} ${match.flags.join()}`;
    case 'ipvs':
      return ipvsWords(match);
  }
}

/** Values that a rule of kube-proxy's leaves out are not written. */
function ipvsWords({ vaddr, vproto, vport }: Extract<Match, { kind: 'ipvs' }>): string {
  const words = ['-m ipvs'];
  if (vaddr !== null) words.push(`--vaddr ${formatAddr(vaddr.range.low)}`);
  if (vproto !== null) words.push(`--vproto ${protoName(vproto.proto)}`);
  if (vport !== null) words.push(`--vport ${vport.port}`);
  return words.join(' ');
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
    case 'notrack':
      throw new Error(`kube-proxy writes no ${target.kind} target`);
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
