// One question put to a real CoreDNS over UDP and to ours, and what of the replies is compared: everything but the SOA's
// serial. Lines read as "NAME TTL TYPE DATA".
import { createSocket, type Socket } from 'node:dgram';
import { line, listerOf } from '../../src/dns/fixture.test.ts';
import type { CoreDnsVersion } from '../../src/dns/kubeadm/version.ts';
import { decode } from '../../src/dns/message/decode.ts';
import { encode } from '../../src/dns/message/encode.ts';
import { flagNames, parseType, query, rcodeName } from '../../src/dns/message/message.ts';
import { createDnsServer, type DnsServer } from '../../src/dns/server/server.ts';
import { createUpstream, parseZoneLines } from '../../src/dns/upstream.ts';
import { addr } from '../../src/net/addr.ts';
import { type Proto, TCP, UDP } from '../../src/net/packet.ts';
import type { Peer, ProgramContext } from '../../src/node/program.ts';
import { replayed } from '../../src/sim/choices.ts';
import { worldOutside } from './picture.ts';
import type { Ask } from './questions.ts';
import { isTransfer, serialOfReply, soaQuery, transferBytes, transferLines } from './transfers.ts';
import type { Variant } from './variants.ts';

export const apiPort = 6301;
export const worldPort = 6302;

const client: Peer = { addr: addr('127.0.0.1'), port: 40_000, proto: UDP };

/** Sizes that a client may offer: none, and enough. */
function ednsOf(ask: Ask) {
  if (ask.name.length % 3 === 0) return null;
  return { udpSize: 4096, version: 0, dnssecOk: ask.name.length % 3 === 1, options: [] };
}

export function bytesOf(ask: Ask, id = 4711): Uint8Array {
  return encode(query(id, ask.name, parseType(ask.type) ?? 0, { edns: ednsOf(ask) }));
}

/** A reply as lines: header, question, sections, OPT, size. */
export function linesOf(reply: Uint8Array | null): readonly string[] {
  if (reply === null) return ['no reply'];
  const decoded = decode(reply);
  if (decoded.kind !== 'message') return [decoded.kind];
  const { message } = decoded;
  const { questions, answers, authority, additional, edns } = message;
  const serial = (text: string) => text.replace(/( SOA \S+ \S+) \d+/, '$1 SERIAL');
  const section = (name: string, records: typeof answers) =>
    records.map((record) => `${name} ${serial(line(record))}`);
  return [
    `${rcodeName(message.rcode)} ${flagNames(message).join(' ')}`,
    ...questions.map((q) => `question ${q.name} ${q.class} ${q.type}`),
    ...section('answer', answers),
    ...section('authority', authority),
    ...section('additional', additional),
    ...(edns === null ? [] : [`edns ${edns.udpSize} ${edns.dnssecOk} ${edns.options.length}`]),
    `size ${reply.length}`,
  ];
}

const world = createUpstream(parseZoneLines(worldOutside));

/** What the world outside answers. */
export function askWorld(bytes: Uint8Array, proto: Proto): Uint8Array | null {
  const context = {} as ProgramContext; // it asks nobody else
  const answer = world.receive(bytes, { ...client, proto }, context);
  return answer.reply;
}

/** The variant's Corefile for the addresses of this run. */
export function corefileOf(variant: Variant): string {
  return variant.corefile
    .replaceAll('API', `http://127.0.0.1:${apiPort}`)
    .replaceAll('WORLD', `127.0.0.1:${worldPort}`);
}

export type Asker = (ask: Ask) => readonly string[];

/** That of external zones stays 0 until something changes. */
const serials = { cluster: 1000, multicluster: 500, external: 0 };

/** Our CoreDNS over the objects. */
export function ours(objects: readonly object[], variant: Variant, version: CoreDnsVersion): Asker {
  const server: DnsServer = createDnsServer({
    corefile: corefileOf(variant),
    minor: 34,
    version,
    environment: {
      lister: listerOf(objects),
      choices: replayed([]),
      localAddrs: (variant.localAddrs ?? []).map(addr),
      resolvConf: '',
      synced: () => true,
      serial: (of) => serials[of ?? 'cluster'],
      readFile: () => undefined,
      files: () => [],
      log: () => undefined,
    },
  });
  return (ask) => {
    const whole = isTransfer(ask);
    const bytes = whole ? transferBytes(ask, serialIn(server, ask.name)) : bytesOf(ask);
    const { reply, more = [] } = server.serve(bytes, {
      client: whole ? { ...client, proto: TCP } : client,
      nowMs: 0,
      exchange: (proto, _to, _port, sent) => {
        const message = askWorld(sent, proto);
        return message === null
          ? { kind: 'timeout', elapsedMs: 2000 }
          : { kind: 'reply', message, elapsedMs: 1 };
      },
    });
    if (whole) return transferLines(reply === null ? [] : [reply, ...more]);
    return linesOf(reply);
  };
}

function serialIn(server: DnsServer, zone: string): number {
  const { reply } = server.serve(soaQuery(zone), {
    client,
    nowMs: 0,
    exchange: () => ({ kind: 'timeout', elapsedMs: 0 }),
  });
  return serialOfReply(reply);
}

/** Asks a server many questions, some at a time; a question without reply is asked twice. */
export async function askAll(
  port: number,
  asks: readonly Ask[],
): Promise<readonly (readonly string[])[]> {
  const socket = createSocket('udp4');
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  const waiting = new Map<number, (bytes: Uint8Array) => void>();
  socket.on('message', (bytes) => waiting.get(bytes.readUInt16BE(0))?.(bytes));
  const results: (readonly string[])[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < asks.length; i = next++) {
      results[i] = linesOf(await exchange(socket, port, waiting, asks[i] as Ask, i % 65_536));
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
  // A busy machine loses some: those that had no reply are asked once more.
  for (const [i, lines] of results.entries()) {
    if (lines[0] !== 'no reply') continue;
    results[i] = linesOf(await exchange(socket, port, waiting, asks[i] as Ask, i % 65_536));
  }
  socket.close();
  return results;
}

async function exchange(
  socket: Socket,
  port: number,
  waiting: Map<number, (bytes: Uint8Array) => void>,
  ask: Ask,
  id: number,
): Promise<Uint8Array | null> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const reply = await new Promise<Uint8Array | null>((done) => {
      const timer = setTimeout(() => done(null), 1500);
      waiting.set(id, (bytes) => {
        clearTimeout(timer);
        done(bytes);
      });
      socket.send(bytesOf(ask, id), port, '127.0.0.1');
    });
    waiting.delete(id);
    if (reply !== null) return reply;
  }
  return null;
}
