// Whole zones over TCP, asked of a real CoreDNS and of ours: which are asked for, and the replies as lines. Serials are given
// by what they are to the server's own, which is the time of its last change.
import { connect } from 'node:net';
import { line } from '../../src/dns/fixture.test.ts';
import { decode } from '../../src/dns/message/decode.ts';
import { encode } from '../../src/dns/message/encode.ts';
import {
  flagNames,
  type Message,
  parseType,
  query,
  type ResourceRecord,
  rcodeName,
} from '../../src/dns/message/message.ts';
import { FrameReader, framed } from '../../src/serve/frames.ts';
import type { Ask } from './questions.ts';

/** What an IXFR says that it has. */
const serials = ['current', 'older', 'newer', 'zero', 'none'] as const;

/** Types "AXFR tcp", "IXFR current" and so on. */
export function transfersFor(zones: readonly string[]): readonly Ask[] {
  const names = zones.flatMap((zone) => [
    zone,
    zone.toLowerCase(),
    `svc.${zone}`,
    `web.demo.svc.${zone}`,
    zone.toUpperCase(),
  ]);
  return [...new Set([...names, 'in-addr.arpa.', 'nosuch.cluster.local.'])].flatMap((name) =>
    ['AXFR tcp', ...serials.map((one) => `IXFR ${one}`)].map((type) => ({ name, type })),
  );
}

export function isTransfer({ type }: Ask): boolean {
  return type.includes(' ');
}

/** `current` is the serial that the server has. */
export function transferBytes({ name, type }: Ask, current: number): Uint8Array {
  const [word = '', has = ''] = type.split(' ');
  const serial = { current, older: current - 1, newer: current + 1, zero: 0 }[has];
  const soa = { kind: 'SOA', name, class: 1, ttl: 0, mname: '.', rname: '.' } as const;
  const times = { refresh: 0, retry: 0, expire: 0, minimum: 0 };
  const authority: ResourceRecord[] = serial === undefined ? [] : [{ ...soa, ...times, serial }];
  return encode({ ...query(4711, name, parseType(word) ?? 0), authority });
}

/** Of each message a header and its records; and last the names of Services in the order in which they came. */
export function transferLines(replies: readonly Uint8Array[]): readonly string[] {
  const messages = replies.flatMap((bytes) => {
    const decoded = decode(bytes);
    return decoded.kind === 'message' ? [{ message: decoded.message, size: bytes.length }] : [];
  });
  if (messages.length === 0) return ['no reply'];
  const lines = messages.flatMap(({ message, size }, i) => [
    `message ${i}: ${headerOf(message)} size ${size}`,
    ...message.answers.map((one) => `answer ${steady(line(one))}`),
  ]);
  const answers = messages.flatMap(({ message }) => message.answers);
  const zone = answers[0]?.name ?? '';
  const names = answers.flatMap((one) => serviceIn(one.name.slice(0, -zone.length)));
  const ends = [answers[0]?.kind ?? 'nothing', answers.at(-1)?.kind ?? 'nothing'];
  return [...lines, `from ${ends[0]} to ${ends[1]}: ${names.filter(isNext).join(' ')}`];
}

function headerOf(message: Message): string {
  const { questions, answers, authority, additional } = message;
  const counts = [questions, answers, authority, additional].map((list) => list.length).join('/');
  return `${rcodeName(message.rcode)} ${flagNames(message).join(' ')} ${counts}`;
}

function steady(text: string): string {
  return text.replace(/( SOA \S+ \S+) \d+/, '$1 SERIAL');
}

function isNext(name: string, i: number, all: readonly string[]): boolean {
  return all[i - 1] !== name;
}

/** Of what stands left of the zone. */
function serviceIn(owner: string): readonly string[] {
  const labels = owner.split('.');
  const name = labels[labels.lastIndexOf('svc') - 2];
  return name === undefined ? [] : [name];
}

/** The messages that a server sends until it closes the connection (not after a transfer), or is silent for a while. */
export function askTransfer(port: number, bytes: Uint8Array): Promise<readonly Uint8Array[]> {
  return new Promise((done) => {
    const messages: Uint8Array[] = [];
    const frames = new FrameReader();
    const socket = connect(port, '127.0.0.1', () => {
      // No more queries: the server closes when it has answered.
      socket.end(framed(bytes));
    });
    socket.setTimeout(2000, () => socket.destroy());
    socket.on('data', (segment) => {
      messages.push(...frames.push(segment));
      socket.setTimeout(200);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => done(messages));
  });
}

/** The serial of the zone's SOA; 1 where it has none. */
export async function serialOf(port: number, zone: string): Promise<number> {
  const [reply] = await askTransfer(port, soaQuery(zone));
  return serialOfReply(reply ?? null);
}

export function soaQuery(zone: string): Uint8Array {
  return encode(query(1, zone, parseType('SOA') ?? 0));
}

export function serialOfReply(reply: Uint8Array | null): number {
  const decoded = decode(reply ?? new Uint8Array());
  if (decoded.kind !== 'message') return 1;
  const { answers, authority } = decoded.message;
  const found = [...answers, ...authority].find((one) => one.kind === 'SOA');
  return found?.kind === 'SOA' ? found.serial : 1;
}
