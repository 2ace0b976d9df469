// The DNS server outside the cluster (8.8.8.8): answers the zone-file lines of the Cluster document, follows CNAMEs
// within them, and says NXDOMAIN for everything else (RFC 1035 section 5.1 for the text, RFC 1034 4.3.2 for look-ups).
// It offers recursion and is authoritative for nothing. No wildcards, no zone cuts, no $INCLUDE.
import { InputError, type Position } from '../api/input-error.ts';
import { parseAddr } from '../net/addr.ts';
import { TCP } from '../net/packet.ts';
import type { ServerProgram } from '../node/program.ts';
import { decode } from './message/decode.ts';
import { encodeToFit } from './message/encode.ts';
import {
  IN,
  type Message,
  type ResourceRecord,
  replyTo,
  typeName,
  typeOf,
} from './message/message.ts';
import { absolute, isDomainName, lower } from './message/name.ts';

const ttlDefault = 3600;
const chainMax = 16;

/** Reads `NAME [TTL] [IN] TYPE DATA` lines; `;` starts a comment. A relative name is taken as absolute. Throws
 * InputError 'invalid-value' naming the line; `positionOf` maps it into the user's file. */
export function parseZoneLines(
  text: string,
  positionOf: (line: number) => Position | null = () => null,
): readonly ResourceRecord[] {
  const records: ResourceRecord[] = [];
  let ttl = ttlDefault;
  for (const [i, raw] of text.split('\n').entries()) {
    const words = wordsOf(raw);
    if (words.length === 0) continue;
    const fail = (why: string): InputError =>
      new InputError('invalid-value', `upstreamDNS line ${i + 1}: ${why}`, {
        position: positionOf(i + 1),
        sourceLine: raw,
        hint: 'lines are NAME [TTL] [IN] TYPE DATA, with A AAAA CNAME NS PTR MX SRV TXT SOA',
      });
    if (words[0] === '$TTL' && /^\d+$/.test(words[1] ?? '')) {
      ttl = Number(words[1]);
      continue;
    }
    const record = parseLine(words, ttl, fail);
    if (records.some((other) => clashes(other, record))) {
      throw fail(`a CNAME stands alone, "${words[0]}" has another record`);
    }
    records.push(record);
  }
  return records;
}

/** Two records of one name of which one is an alias (RFC 2181 section 10.1); the zone's apex always has others. */
function clashes(a: ResourceRecord, b: ResourceRecord): boolean {
  return (a.kind === 'CNAME' || b.kind === 'CNAME') && lower(a.name) === lower(b.name);
}

function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/;.*$|"((?:[^"\\]|\\.)*)"|[^\s;]+/g)) {
    if (match[0].startsWith(';')) break;
    words.push(match[1] ?? match[0]);
  }
  return words;
}

function parseLine(
  words: readonly string[],
  ttlOfZone: number,
  fail: (why: string) => InputError,
): ResourceRecord {
  const [first = '', ...rest] = words;
  const name = absolute(first);
  if (!isDomainName(name)) throw fail(`"${first}" is not a domain name`);
  const left = [...rest];
  let ttl = ttlOfZone;
  while (left.length > 0) {
    if (/^\d+$/.test(left[0] ?? '')) ttl = Number(left.shift());
    else if (left[0]?.toUpperCase() === 'IN') left.shift();
    else break;
  }
  const [type = '', ...data] = left;
  const record = recordOf({ name, class: IN, ttl }, type.toUpperCase(), data);
  if (record === undefined) throw fail(`"${[type, ...data].join(' ')}" is no record`);
  return record;
}

function recordOf(
  owner: { readonly name: string; readonly class: number; readonly ttl: number },
  type: string,
  data: readonly string[],
): ResourceRecord | undefined {
  const [first = '', second = ''] = data;
  const numbers = data.map(Number);
  const integers = (from: number, to: number): boolean =>
    numbers.slice(from, to).length === to - from && numbers.slice(from, to).every(Number.isInteger);
  switch (type) {
    case 'A':
    case 'AAAA': {
      const addr = parseAddr(first);
      if (typeof addr === 'number' && type === 'A') return { ...owner, kind: 'A', addr };
      return typeof addr === 'bigint' && type === 'AAAA'
        ? { ...owner, kind: 'AAAA', addr }
        : undefined;
    }
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return data.length === 1 ? { ...owner, kind: type, target: absolute(first) } : undefined;
    case 'MX':
      if (!integers(0, 1) || data.length !== 2) return undefined;
      return { ...owner, kind: 'MX', preference: numbers[0] ?? 0, target: absolute(second) };
    case 'SRV': {
      if (!integers(0, 3) || data.length !== 4) return undefined;
      const [priority = 0, weight = 0, port = 0] = numbers;
      return { ...owner, kind: 'SRV', priority, weight, port, target: absolute(data[3] ?? '') };
    }
    case 'TXT':
      return data.length > 0 ? { ...owner, kind: 'TXT', strings: data } : undefined;
    case 'SOA': {
      if (!integers(2, 7) || data.length !== 7) return undefined;
      const [serial = 0, refresh = 0, retry = 0, expire = 0, minimum = 0] = numbers.slice(2);
      const names = { mname: absolute(first), rname: absolute(second) };
      return { ...owner, kind: 'SOA', ...names, serial, refresh, retry, expire, minimum };
    }
    default:
      return undefined;
  }
}

/** A server over those records. It has no state: forks may share it. */
export function createUpstream(records: readonly ResourceRecord[]): ServerProgram {
  const byName = new Map<string, ResourceRecord[]>();
  for (const record of records) {
    const key = lower(record.name);
    byName.set(key, [...(byName.get(key) ?? []), record]);
  }
  return {
    receive: (bytes, peer) => {
      const decoded = decode(bytes);
      if (decoded.kind !== 'message' || decoded.message.qr) return { reply: null, elapsedMs: 0 };
      const request = decoded.message;
      const reply = answer(byName, request);
      const limit = peer.proto === TCP ? 65_535 : Math.max(512, request.edns?.udpSize ?? 512);
      return { reply: encodeToFit(reply, limit), elapsedMs: 0 };
    },
  };
}

function answer(byName: ReadonlyMap<string, readonly ResourceRecord[]>, request: Message): Message {
  const edns = request.edns === null ? null : { ...request.edns, udpSize: 1232, options: [] };
  const reply = { ...replyTo(request), ra: true, edns };
  const question = request.questions[0];
  if (request.opcode !== 0) return { ...reply, rcode: 4 };
  if (question === undefined) return { ...reply, rcode: 1 };
  const answers: ResourceRecord[] = [];
  let name = lower(question.name);
  for (let hops = 0; hops < chainMax; hops++) {
    const here = byName.get(name);
    if (here === undefined) {
      const below = [...byName.keys()].some((other) => other.endsWith(`.${name}`));
      return { ...reply, answers, rcode: below ? 0 : 3 };
    }
    const wanted = here.filter(
      (r) => typeOf(r) === question.type || typeName(question.type) === 'ANY',
    );
    answers.push(...wanted);
    const alias = here.find((record) => record.kind === 'CNAME');
    if (wanted.length > 0 || alias?.kind !== 'CNAME') return { ...reply, answers };
    answers.push(alias);
    name = lower(alias.target);
  }
  return { ...reply, answers };
}
