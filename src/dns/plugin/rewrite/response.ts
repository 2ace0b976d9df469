// What response rules do to a reply (CoreDNS plugin/rewrite/reverter.go and the RewriteResponse methods): for every
// record of authority, answers and additional, in this order, all rules from the last to the first.

import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';
import type { Message, ResourceRecord } from '../../message/message.ts';
import { nilPointer } from '../../plugin.ts';
import { type CnameRule, type ResponseRule, replaced } from './rule.ts';

/** A reply under change: records keep their place while others replace them. */
interface Draft {
  rcode: number;
  tc: boolean;
  edns: Message['edns'];
  answers: Place[];
  readonly authority: Place[];
  readonly additional: Place[];
}
interface Place {
  record: ResourceRecord;
}

export interface ReverterContext {
  readonly version: CoreDnsVersion;
  /** Asks the whole server for what a CNAME points to now. */
  lookup(name: string): Message | null;
  log(line: string): void;
}

/** Upstream panics: there is no OPT record to change, no reply to a look-up, or no expression. */
export class Fallen extends Error {}

/** Throws Fallen where CoreDNS of the release panics. */
export function rewriteResponse(
  reply: Message,
  rules: readonly ResponseRule[],
  context: ReverterContext,
): Message {
  if (rules.length === 0) return reply;
  const places = (list: readonly ResourceRecord[]): Place[] => list.map((record) => ({ record }));
  const draft: Draft = {
    rcode: reply.rcode,
    tc: reply.tc,
    edns: reply.edns,
    answers: places(reply.answers),
    authority: places(reply.authority),
    additional: places(reply.additional),
  };
  const backwards = rules.toReversed();
  const places3 = [...draft.authority, ...draft.answers, ...draft.additional];
  for (const place of places3) for (const rule of backwards) apply(rule, draft, place, context);
  // The OPT record is one of the additional ones.
  if (reply.edns !== null) for (const rule of backwards) apply(rule, draft, null, context);
  else if (places3.length === 0 && atLeast(context.version, '1.14.7')) {
    for (const rule of backwards) if (rule.kind === 'rcode') apply(rule, draft, null, context);
  }
  const records = (list: readonly Place[]): readonly ResourceRecord[] => list.map((p) => p.record);
  return {
    ...reply,
    rcode: draft.rcode,
    tc: draft.tc,
    edns: draft.edns,
    answers: records(draft.answers),
    authority: records(draft.authority),
    additional: records(draft.additional),
  };
}

/** `place` null: the OPT record, or no record at all. */
function apply(
  rule: ResponseRule,
  draft: Draft,
  place: Place | null,
  context: ReverterContext,
): void {
  switch (rule.kind) {
    case 'rcode':
      if (draft.rcode === rule.from) draft.rcode = rule.to;
      return;
    case 'ednsRemove':
    case 'ednsRestore':
      changeOption(rule, draft, context.version);
      return;
    case 'cname':
      if (place !== null) retarget(rule.rule, draft, place, context);
      return;
    case 'ttl':
      if (place === null) return;
      place.record = {
        ...place.record,
        ttl: Math.min(Math.max(place.record.ttl, rule.min), rule.max),
      };
      return;
    case 'name':
      if (place === null) return;
      place.record = { ...place.record, name: rule.rewriter(place.record.name) };
      return;
    case 'value':
      if (place !== null) place.record = withTarget(place.record, rule.rewriter);
      return;
  }
}

/** The one name in the data of a record that may be rewritten. */
function withTarget(record: ResourceRecord, rewriter: (name: string) => string): ResourceRecord {
  if (record.kind === 'SOA') {
    return record.mname === '' ? record : { ...record, mname: rewriter(record.mname) };
  }
  if ('replacement' in record && typeof record.replacement === 'string') {
    const renamed = { ...record, replacement: rewriter(record.replacement) };
    return renamed;
  }
  return 'target' in record && record.kind in retargeted
    ? { ...record, target: rewriter(record.target) }
    : record;
}

/** Kinds whose target is rewritten (getRecordValueForRewrite). */
const retargeted: Readonly<Record<string, true>> = {
  SRV: true,
  MX: true,
  CNAME: true,
  NS: true,
  DNAME: true,
  PTR: true,
};

function changeOption(
  rule: Extract<ResponseRule, { kind: 'ednsRemove' | 'ednsRestore' }>,
  draft: Draft,
  version: CoreDnsVersion,
): void {
  if (draft.edns === null) {
    if (atLeast(version, '1.14.5')) return;
    throw new Fallen(nilPointer);
  }
  const { options } = draft.edns;
  const code = rule.kind === 'ednsRemove' ? rule.code : rule.option.code;
  const at = options.findIndex((option) => option.code === code);
  if (at < 0) return;
  const changed = options.flatMap((option, i) => {
    if (i !== at) return [option];
    return rule.kind === 'ednsRemove' ? [] : [rule.option];
  });
  draft.edns = { ...draft.edns, options: changed };
}

/** A CNAME gets another target, whose records take the place of those that followed. */
function retarget(rule: CnameRule, draft: Draft, place: Place, context: ReverterContext): void {
  const { record } = place;
  if (record.kind !== 'CNAME') return;
  if (rule.match.by === 'panic') throw new Fallen(rule.match.text);
  const target = replaced(rule.match, rule.to, record.target);
  if (target === undefined) return;
  const found = context.lookup(target);
  if (found === null) {
    if (!atLeast(context.version, '1.12.4')) throw new Fallen(nilPointer);
    context.log('[ERROR] plugin/rewrite: upstream lookup returned nil');
    return;
  }
  const aliases = draft.answers.filter((p) => p.record.kind === 'CNAME');
  const newer = atLeast(context.version, '1.14.2');
  // Upstream compares with the old target while it renames: what counts is the spelling of this record.
  const from = record.target;
  const kept: Place[] = [];
  for (const alias of aliases) {
    kept.push(alias);
    if (alias.record.kind !== 'CNAME') continue;
    const hit = alias.record.target === from;
    if (!newer || hit) alias.record = { ...alias.record, target };
    if (newer && hit) break;
  }
  const follow = newer ? found.answers : found.answers.filter((r) => r.name === target);
  draft.answers = [...kept, ...follow.map((r) => ({ record: r }))];
  if (atLeast(context.version, '1.12.2')) draft.tc = found.tc;
}
