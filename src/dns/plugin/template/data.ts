// What a template sees: `.Name`, `.Match`, `.Group`, `.Question` and the others (templateData in CoreDNS
// plugin/template/template.go; Msg and Question of miekg/dns). Records of `.Message` are not modelled.
import { classText, typeText } from '../../go/names.ts';
import type { GoRegexp } from '../../go/regexp.ts';
import type { Message, Question } from '../../message/message.ts';
import { bool, int, string, uint16, type Value } from './value.ts';

export interface Matched {
  readonly zone: string;
  readonly name: string;
  readonly regexp: GoRegexp;
  readonly groups: readonly string[];
  readonly class: string;
  readonly type: string;
  readonly message: Message;
  readonly question: Question;
  readonly remote: string;
}

export function dataOf(matched: Matched): Value {
  const { zone, name, regexp, groups, message, question, remote } = matched;
  const group = new Map(groups.map((text, i) => [String(i), text]));
  for (const [i, text] of groups.entries()) {
    const named = regexp.names[i] ?? '';
    if (named !== '') group.set(named, text);
  }
  return {
    kind: 'object',
    type: '*template.templateData',
    fields: {
      Zone: string(zone),
      Name: string(name),
      Regex: string(regexp.source),
      Match: { kind: 'list', type: '[]string', items: groups.map(string) },
      Group: { kind: 'map', entries: group },
      Class: string(matched.class),
      Type: string(matched.type),
      Message: messageValue(message),
      Question: questionValue(question, '*dns.Question'),
      Remote: string(remote),
    },
    // Labels of plugin/metadata, of which no plugin here publishes any.
    methods: { Meta: { parameters: ['string'], call: () => string('') } },
    unmodelled: false,
    text: null,
  };
}

function questionValue(question: Question, type: string): Value {
  const { name } = question;
  const text = `;${name}\t${classText(question.class)}\t ${typeText(question.type)}`;
  return {
    kind: 'object',
    type,
    fields: { Name: string(name), Qtype: uint16(question.type), Qclass: uint16(question.class) },
    methods: { String: { parameters: [], call: () => string(text) } },
    unmodelled: false,
    text,
  };
}

function messageValue(message: Message): Value {
  const questions = message.questions.map((question) => questionValue(question, 'dns.Question'));
  return {
    kind: 'object',
    type: '*dns.Msg',
    fields: {
      Id: uint16(message.id),
      Response: bool(message.qr),
      Opcode: int(message.opcode),
      Authoritative: bool(message.aa),
      Truncated: bool(message.tc),
      RecursionDesired: bool(message.rd),
      RecursionAvailable: bool(message.ra),
      Zero: bool(message.z),
      AuthenticatedData: bool(message.ad),
      CheckingDisabled: bool(message.cd),
      Rcode: int(message.rcode & 15),
      Compress: bool(false),
      Question: { kind: 'list', type: '[]dns.Question', items: questions },
    },
    methods: {},
    unmodelled: true,
    text: null,
  };
}
