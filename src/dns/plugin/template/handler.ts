// Answers from templates (CoreDNS plugin/template/template.go): the first stanza whose zone, class, type and regular
// expression fit writes the reply; CNAMEs in answers to A and AAAA are looked up through the whole server.
import { formatAddr } from '../../../net/addr.ts';
import { type Fallthrough, fallsThrough } from '../../fallthrough.ts';
import { utf8 } from '../../go/bytes.ts';
import { wordOfClass, wordOfType } from '../../go/names.ts';
import type { GoRegexp } from '../../go/regexp.ts';
import {
  type Edns,
  type Message,
  type Question,
  type ResourceRecord,
  replyTo,
  typeName,
} from '../../message/message.ts';
import { longestZone } from '../../message/name.ts';
import { METRICS } from '../../metrics/metrics.table.ts';
import {
  type DnsRequest,
  type Handler,
  type Next,
  nilPointer,
  Panic,
  returned,
  type Served,
} from '../../plugin.ts';
import { parseRecord } from '../../zone/parser.ts';
import { dataOf } from './data.ts';
import { executeTemplate } from './execute.ts';
import type { Template } from './tree.ts';
import type { Value } from './value.ts';

export interface Stanza {
  readonly zones: readonly string[];
  readonly qclass: number;
  readonly qtype: number;
  readonly regexps: readonly GoRegexp[];
  readonly answer: readonly Template[];
  readonly additional: readonly Template[];
  readonly authority: readonly Template[];
  readonly rcode: number;
  readonly ederror: { readonly code: number; readonly reason: string } | null;
  readonly fall: Fallthrough;
}

const ANY = 255;
const SERVFAIL = 2;
const EDE = 15;
/** A message with a record that is none cannot be sent, unless somebody takes it out. */
const noRecord: ResourceRecord = {
  kind: 'opaque',
  name: '..',
  class: 0,
  ttl: 0,
  type: 0,
  bytes: new Uint8Array(),
};

export class TemplateHandler implements Handler {
  readonly name = 'template';
  readonly #stanzas: readonly Stanza[];

  constructor(stanzas: readonly Stanza[]) {
    this.#stanzas = stanzas;
  }

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    for (const stanza of this.#stanzas) {
      const matched = match(stanza, request);
      if (matched === 'next stanza') continue;
      if (matched !== 'failure') countMatch(stanza, request);
      return matched === 'failure' ? returned(SERVFAIL) : answer(stanza, matched, request);
    }
    return next(request);
  }
}

function countMatch({ zones, qclass, qtype }: Stanza, { qname, question, turn }: DnsRequest) {
  const { metrics, server } = turn;
  if (metrics === null) return;
  const words = wordsOf({ qclass, qtype }, question);
  const zone = longestZone(zones, qname) ?? '';
  metrics.count(METRICS.templateMatches, words.class, server, words.type, '', zone);
}

/** Those of the question, or of the stanza where it asks for any; empty for what has no word. */
function wordsOf({ qclass, qtype }: Pick<Stanza, 'qclass' | 'qtype'>, question: Question) {
  return {
    class: wordOfClass(question.class === ANY ? qclass : question.class) ?? '',
    type: wordOfType(question.type === ANY ? qtype : question.type) ?? '',
  };
}

function match(stanza: Stanza, request: DnsRequest): Value | 'next stanza' | 'failure' {
  const { qname, question, turn, message } = request;
  const zone = longestZone(stanza.zones, qname);
  if (zone === undefined) return 'next stanza';
  const { qclass, qtype } = stanza;
  const differs = (own: number, asked: number): boolean =>
    own !== ANY && asked !== ANY && own !== asked;
  if (differs(qclass, question.class) || differs(qtype, question.type)) return 'next stanza';
  for (const regexp of stanza.regexps) {
    const groups = regexp.exec(qname);
    if (groups === null) continue;
    return dataOf({
      zone,
      name: qname,
      regexp,
      groups,
      ...wordsOf(stanza, question),
      message,
      question,
      remote: formatAddr(turn.client.addr),
    });
  }
  return fallsThrough(stanza.fall, qname) ? 'next stanza' : 'failure';
}

function answer(stanza: Stanza, data: Value, request: DnsRequest): Served {
  if (stanza.rcode === SERVFAIL) return returned(SERVFAIL);
  const { message, question, turn } = request;
  const chased = typeName(question.type) === 'A' || typeName(question.type) === 'AAAA';
  const answers: ResourceRecord[] = [];
  let tc = false;
  // Upstream looks for OPT among the additional ones.
  let hasNil = false;
  for (const template of stanza.answer) {
    const record = recordOf(template, data);
    if (typeof record === 'string') return returned(SERVFAIL, record);
    if (record === null) {
      if (chased) throw new Panic(nilPointer, message);
      answers.push(noRecord);
      continue;
    }
    answers.push(record);
    if (!chased || record.kind !== 'CNAME') continue;
    const up = turn.lookup(message, record.target, question.type);
    if (up === null) continue;
    tc = up.tc;
    answers.push(...up.answers);
  }
  const sections: { additional: ResourceRecord[]; authority: ResourceRecord[] } = {
    additional: [],
    authority: [],
  };
  for (const section of ['additional', 'authority'] as const) {
    for (const template of stanza[section]) {
      const record = recordOf(template, data);
      if (typeof record === 'string') return returned(SERVFAIL, record);
      if (record !== null) sections[section].push(record);
      else if (section === 'authority') sections.authority.push(noRecord);
      else hasNil = true;
    }
  }
  const { rcode, ederror } = stanza;
  if (hasNil) throw new Panic(nilPointer, message);
  const edns = ederror === null ? null : ednsError(ederror.code, ederror.reason);
  const reply: Message = { ...replyTo(message, rcode), aa: true, tc, answers, ...sections, edns };
  return { reply, rcode, error: null, cached: false };
}

/** Extended DNS error (RFC 8914), in the OPT record upstream makes for it. */
function ednsError(code: number, reason: string): Edns {
  const bytes = Uint8Array.of(code >>> 8, code & 0xff, ...utf8(reason));
  return { udpSize: 4096, version: 0, dnssecOk: true, options: [{ code: EDE, bytes }] };
}

/** A record, or what is wrong; null: the text has none in it. */
function recordOf(template: Template, data: Value): ResourceRecord | string | null {
  const executed = executeTemplate(template, data);
  if ('error' in executed) return executed.error;
  return parseRecord(executed.text);
}
