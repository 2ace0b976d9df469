// Every DNS server outside the cluster: answers the zone-file text of the Cluster document as a recursive
// resolver would that knows nothing else: it follows aliases, expands wildcards (RFC 4592), offers recursion, is
// authoritative for nothing, says NXDOMAIN for the rest. No zone cuts, no $INCLUDE, no DNSSEC.
import { InputError, type Position } from '../api/input-error.ts';
import { TCP } from '../net/packet.ts';
import type { ServerProgram } from '../node/program.ts';
import { decode } from './message/decode.ts';
import { encode, encodeToFit } from './message/encode.ts';
import {
  type Header,
  type Message,
  type ResourceRecord,
  replyTo,
  typeName,
  typeOf,
} from './message/message.ts';
import { labelsOf, lower } from './message/name.ts';
import { parseZone } from './zone/parser.ts';

const ttlDefault = 3600;
const chainMax = 16;

/** Reads zone-file text (`src/dns/zone`). A relative name is taken as absolute, the TTL is that of `$TTL`, else 3600.
 * Throws InputError 'invalid-value' naming the line; `positionOf` maps it into the user's file. */
export function parseZoneLines(
  text: string,
  positionOf: (line: number) => Position | null = () => null,
): readonly ResourceRecord[] {
  const lines = text.split('\n');
  const fail = (line: number, why: string): InputError =>
    new InputError('invalid-value', `upstreamDNS line ${line}: ${why}`, {
      position: positionOf(line),
      sourceLine: lines[line - 1] ?? null,
      hint: 'lines are those of a zone file: NAME [TTL] [IN] TYPE DATA',
    });
  const parsed = parseZone(text, { ttl: ttlDefault, keepTtl: true, needsOwner: true });
  const records: ResourceRecord[] = [];
  for (const { record, line } of parsed.records) {
    if (records.some((other) => clashes(other, record))) {
      throw fail(line, `a CNAME stands alone, "${record.name}" has another record`);
    }
    records.push(record);
  }
  if (parsed.error !== null) {
    const { line, why, token } = parsed.error;
    throw fail(line, `${why}: ${JSON.stringify(token)}`);
  }
  return records;
}

/** Two records of one name of which one is an alias (RFC 2181 section 10.1); the zone's apex always has others. */
function clashes(a: ResourceRecord, b: ResourceRecord): boolean {
  return (a.kind === 'CNAME' || b.kind === 'CNAME') && lower(a.name) === lower(b.name);
}

const silence = { reply: null, elapsedMs: 0 } as const;

/** FORMERR, to what is no query: a client that speaks another protocol hears something too. */
function malformed(header: Header): Uint8Array {
  const none = { questions: [], answers: [], authority: [], additional: [], edns: null };
  return encode({ ...header, qr: true, aa: false, z: false, rcode: 1, ...none });
}

type Names = ReadonlyMap<string, readonly ResourceRecord[]>;

/** A server over those records. It has no state: forks may share it. */
export function createUpstream(records: readonly ResourceRecord[]): ServerProgram {
  const byName = new Map<string, ResourceRecord[]>();
  for (const record of records) {
    const key = lower(record.name);
    byName.set(key, [...(byName.get(key) ?? []), record]);
    // Names between a record and the root exist, empty.
    const labels = labelsOf(key);
    for (let i = 1; i < labels.length; i++) {
      const above = `${labels.slice(i).join('.')}.`;
      if (!byName.has(above)) byName.set(above, []);
    }
  }
  return {
    receive: (bytes, peer) => {
      const decoded = decode(bytes);
      if (decoded.kind === 'short') return silence;
      if (decoded.kind === 'malformed') {
        return decoded.header.qr ? silence : { reply: malformed(decoded.header), elapsedMs: 0 };
      }
      if (decoded.message.qr) return silence;
      const request = decoded.message;
      const reply = answer(byName, request);
      const limit = peer.proto === TCP ? 65_535 : Math.max(512, request.edns?.udpSize ?? 512);
      return { reply: encodeToFit(reply, limit), elapsedMs: 0 };
    },
  };
}

/** What stands at a name, if need be by the wildcard below its closest encloser; undefined: there is no such name. */
function recordsAt(byName: Names, name: string): readonly ResourceRecord[] | undefined {
  const exact = byName.get(name);
  if (exact !== undefined) return exact;
  const labels = labelsOf(name);
  for (let i = 1; i <= labels.length; i++) {
    const encloser = `${labels.slice(i).join('.')}.`;
    const wild = byName.get(encloser === '.' ? '*.' : `*.${encloser}`);
    if (wild !== undefined) return wild.map((record) => ({ ...record, name }));
    if (byName.has(encloser)) return undefined;
  }
  return undefined;
}

function answer(byName: Names, request: Message): Message {
  const edns = request.edns === null ? null : { ...request.edns, udpSize: 1232, options: [] };
  const reply = { ...replyTo(request), ra: true, edns };
  const question = request.questions[0];
  if (request.opcode !== 0) return { ...reply, rcode: 4 };
  if (question === undefined) return { ...reply, rcode: 1 };
  const answers: ResourceRecord[] = [];
  let name = lower(question.name);
  for (let hops = 0; hops < chainMax; hops++) {
    const here = recordsAt(byName, name);
    if (here === undefined) return { ...reply, answers, rcode: 3 };
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
