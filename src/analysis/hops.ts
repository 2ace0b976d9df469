// Reads a packet's trace of integers as hops: where the packet was, which rule of which table spoke, what it did,
// and which line of a manifest caused that rule. It computes nothing about the outcome: the walk did (see
// src/netfilter). The rule text is what iptables-save or nft list prints.
import type { Position } from '../api/input-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Family } from '../net/addr.ts';
import { appendLine } from '../netfilter/iptables-text/print.ts';
import { savedDestination, savedService } from '../netfilter/ipvs/print.ts';
import { elementText, ruleText } from '../netfilter/nft/print-rule.ts';
import type { Rule } from '../netfilter/rule.ts';
import type { Effect, NoteEffect, TraceStep } from '../netfilter/trace.ts';

/** What happened at a hop: a closed list, the same in every proxy mode. */
export type HopEffect =
  | 'accept'
  | 'drop'
  | 'reject'
  | 'dnat'
  | 'snat'
  | 'mark'
  | 'jump'
  | 'deliver';

/** One hop as `svcspec trace -o json` prints it. */
export interface Hop {
  /** "node/node01", "pod/demo/web", "host/laptop". */
  readonly at: string;
  /** "nat/PREROUTING" for rules of iptables, "nft ip NAME nat/PREROUTING" for those of a table of nf_tables, by the
   * type of the base chain; else route, socket, lb or ipvs. */
  readonly stage: string;
  readonly chain: string | null;
  /** As iptables-save, nft list or ipvsadm-save prints it; null for a chain's policy and for hops that are no rule. */
  readonly rule: string | null;
  readonly effect: HopEffect;
  /** A rule's comment; the element of the map that decided; what happened, where no rule did it. */
  readonly detail: string;
  /** "file:line" of the manifest value that caused the rule. */
  readonly source: string | null;
}

/** What reading a trace needs to know about the cluster. */
export type Provenance = Pick<Cluster, 'cause' | 'locate'>;

/** A rule of a trace with the place it was met at. */
export interface RuleHop {
  readonly at: string;
  /** The chain's name. */
  readonly chain: string;
  /** Who wrote the chain; for nf_tables its table. */
  readonly owner: string;
  /** null: the chain's policy. */
  readonly rule: { readonly origin: number; readonly comment: string } | null;
  readonly effect: HopEffect | null;
}

type RuleStep = Extract<TraceStep, { kind: 'rule' }>;
type NftStep = Extract<TraceStep, { kind: 'nft' }>;
type NoteStep = Extract<TraceStep, { kind: 'note' }>;

/** A rule's effect as a hop's. RETURN is a jump back (-j RETURN); a rule without target decides nothing: no hop. */
const ruleEffects: Readonly<Record<Exclude<Effect, 'policy'>, HopEffect | null>> = {
  accept: 'accept',
  drop: 'drop',
  reject: 'reject',
  return: 'jump',
  jump: 'jump',
  mark: 'mark',
  dnat: 'dnat',
  snat: 'snat',
  masquerade: 'snat',
  notrack: 'mark',
  count: null,
};

/** A note's effect as a hop's, and the word that its detail begins with where that says more. */
const noteEffects: Readonly<Record<NoteEffect, readonly [HopEffect, string]>> = {
  in: ['accept', 'in '],
  out: ['accept', 'out '],
  balance: ['deliver', ''],
  dnat: ['dnat', ''],
  snat: ['snat', ''],
  refused: ['reject', ''],
  deliver: ['deliver', ''],
  closed: ['reject', ''],
  unreachable: ['reject', 'unreachable: '],
  lost: ['drop', 'lost: '],
};

/** "file:line"; null for null. */
export function place(position: Position | null): string | null {
  return position === null ? null : `${position.file}:${position.line}`;
}

/** Where a rule's cause was written; null for rules that nothing a user wrote caused. */
export function sourceOf(cluster: Provenance, origin: number): Position | null {
  const cause = cluster.cause(origin);
  return cause === undefined || cause.object === ''
    ? null
    : cluster.locate(cause.object, cause.path);
}

/** All hops of a trace in order; notes that only say "now on this machine" are folded into `at`. */
export function hopsOf(
  cluster: Provenance,
  steps: readonly TraceStep[],
  start: string,
  family: Family,
): readonly Hop[] {
  const hops: Hop[] = [];
  let at = start;
  for (const step of steps) {
    if (step.kind === 'note') {
      at = step.at;
      if (step.stage !== 'machine') hops.push(...noteHops(cluster, step));
    } else {
      const effect = effectOf(step);
      if (effect === null) continue;
      hops.push(
        step.kind === 'nft'
          ? nftHop(cluster, at, step, effect)
          : ruleHop(cluster, at, step, effect, family),
      );
    }
  }
  return hops;
}

/** IPVS goes by two lines: the virtual service that took the packet, and the destination that it was given. */
function noteHops(cluster: Provenance, step: NoteStep): readonly Hop[] {
  const { at, stage, origin = 0, virtual } = step;
  const [effect, word] = noteEffects[step.effect];
  const source = place(sourceOf(cluster, origin));
  const detail = `${word}${step.detail}`;
  const here = { at, stage, chain: null, effect, detail };
  if (virtual === undefined) return [{ ...here, rule: null, source }];
  const { service, destination, scheduled } = virtual;
  const name = nameOf(cluster, service.origin ?? 0);
  const served: Hop = {
    ...here,
    rule: savedService(service),
    detail: destination === null && name !== '' ? `${name}: ${detail}` : name,
    source: place(sourceOf(cluster, service.origin ?? 0)),
  };
  if (destination === null) return [served];
  const given: Hop = {
    ...here,
    rule: savedDestination(service, destination),
    source: place(sourceOf(cluster, destination.origin ?? 0)),
  };
  return scheduled ? [{ ...served, effect: 'jump' }, given] : [given];
}

/** "demo/web" for what an object in a Namespace caused; empty for what nothing a user wrote did. */
function nameOf(cluster: Provenance, origin: number): string {
  const object = cluster.cause(origin)?.object ?? '';
  return object.slice(object.indexOf('/') + 1);
}

function ruleHop(
  cluster: Provenance,
  at: string,
  step: RuleStep,
  effect: HopEffect,
  family: Family,
): Hop {
  const { chain, ordinal } = step;
  const rule = chain.rules[ordinal];
  const stage = `${chain.table}/${step.hook}`;
  if (rule === undefined) {
    const detail = `policy ${chain.policy ?? 'RETURN'}`;
    return { at, stage, chain: chain.name, rule: null, effect, detail, source: null };
  }
  return {
    at,
    stage,
    chain: chain.name,
    rule: appendLine(chain.name, rule, family),
    effect,
    detail: commentOf(rule),
    source: place(sourceOf(cluster, rule.origin)),
  };
}

/** What a map's element decided is told by the element, and is the element's doing. */
function nftHop(cluster: Provenance, at: string, step: NftStep, effect: HopEffect): Hop {
  const { chain, ordinal, element } = step;
  const rule = chain.rules[ordinal];
  const family = chain.family === 4 ? 'ip' : 'ip6';
  const stage = `nft ${family} ${chain.table} ${step.type}/${step.hook}`;
  const here = { at, stage, chain: chain.name, effect };
  if (rule === undefined) {
    return {
      ...here,
      rule: null,
      detail: `policy ${chain.base?.policy ?? 'return'}`,
      source: null,
    };
  }
  return {
    ...here,
    rule: ruleText(rule, chain.family),
    detail: element === null ? (rule.comment ?? '') : elementText(rule, element, chain.family),
    source: place(sourceOf(cluster, element?.origin || rule.origin)),
  };
}

/** Null for a rule that only counted. */
function effectOf(step: RuleStep | NftStep): HopEffect | null {
  if (step.effect !== 'policy') return ruleEffects[step.effect];
  const policy = step.kind === 'nft' ? step.chain.base?.policy : step.chain.policy;
  return policy === 'drop' || policy === 'DROP' ? 'drop' : 'accept';
}

/** The comment of a rule; empty when it has none. */
function commentOf(rule: Rule): string {
  for (const match of rule.matches) if (match.kind === 'comment') return match.text;
  return '';
}

/** The rules of a trace, oldest first, for blame: which one dropped, rejected, or rewrote the packet. */
export function ruleHopsOf(steps: readonly TraceStep[], start: string): readonly RuleHop[] {
  const found: RuleHop[] = [];
  let at = start;
  for (const step of steps) {
    if (step.kind === 'note') at = step.at;
    else found.push({ at, ...whose(step), effect: effectOf(step) });
  }
  return found;
}

function whose(step: RuleStep | NftStep): Omit<RuleHop, 'at' | 'effect'> {
  if (step.kind === 'rule') {
    const { name, owner, rules } = step.chain;
    const rule = rules[step.ordinal];
    const said = rule === undefined ? null : { origin: rule.origin, comment: commentOf(rule) };
    return { chain: name, owner, rule: said };
  }
  const { name, table, rules } = step.chain;
  const rule = rules[step.ordinal];
  if (rule === undefined) return { chain: name, owner: table, rule: null };
  const origin = step.element?.origin || rule.origin;
  const comment = step.element?.comment ?? rule.comment ?? '';
  return { chain: name, owner: table, rule: { origin, comment } };
}
