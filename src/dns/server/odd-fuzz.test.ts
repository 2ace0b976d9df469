// Damaged queries against a server in process, and what must hold of each answer whatever the damage. The servers that
// are shown to be caught stand in odd-input.test.ts.
import assert from 'node:assert/strict';
import { type Proto, TCP, UDP } from '../../net/packet.ts';
import { seeded } from '../../sim/choices.ts';
import { KUBEADM, listerOf, namespace, service } from '../fixture.test.ts';
import { decode } from '../message/decode.ts';
import { rcodeName } from '../message/message.ts';
import { oddQueries } from './odd-query.fixture.ts';
import { createDnsServer } from './server.ts';
import type { ServeContext } from './turn.ts';

export type Serve = (bytes: Uint8Array, proto: Proto) => Uint8Array | null;

/** What the header alone decides (miekg/dns acceptfunc.go); null: nothing. */
function byHeader(bytes: Uint8Array): 'silence' | 'NOTIMP' | 'FORMERR' | null {
  if (bytes.length < 12 || ((bytes[2] ?? 0) & 0x80) !== 0) return 'silence';
  const opcode = ((bytes[2] ?? 0) >> 3) & 15;
  if (opcode !== 0 && opcode !== 4) return 'NOTIMP';
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [questions = 0, answers = 0, authority = 0, additional = 0] = [4, 6, 8, 10].map((at) =>
    view.getUint16(at),
  );
  return questions !== 1 || answers > 1 || authority > 1 || additional > 2 ? 'FORMERR' : null;
}

/** Throws at the first query that is answered as no CoreDNS would; gives what `count` of them came to. */
export function fuzz(serve: Serve, seed: number, count: number): ReadonlyMap<string, number> {
  const tally = new Map<string, number>();
  const next = oddQueries(seed);
  for (let n = 1; n <= count; n++) {
    const query = next();
    const proto = n % 4 === 0 ? TCP : UDP;
    const reply = serve(query, proto);
    const say = (what: string) =>
      `${what}: query ${n} of seed ${seed}: ${Buffer.from(query).toString('hex')}`;
    const header = byHeader(proto === UDP ? query.subarray(0, 512) : query);
    const rcode = reply === null ? 'silence' : rcodeName((reply[3] ?? 0) & 15);
    if (header === null ? reply === null : rcode !== header) assert.fail(say(rcode));
    tally.set(rcode, (tally.get(rcode) ?? 0) + 1);
    if (reply === null) continue;
    if (reply[0] !== query[0] || reply[1] !== query[1]) assert.fail(say('another id'));
    if (n % 16 === 0 && decode(reply).kind !== 'message') assert.fail(say('undecodable'));
  }
  return tally;
}

/** A CoreDNS by kubeadm's Corefile, whose upstream hands every query back as a reply. */
export function fuzzed(): Serve {
  const relayed = new Uint8Array(12);
  const exchange: ServeContext['exchange'] = (_proto, _to, _port, sent) => {
    relayed.set(sent.subarray(0, 12));
    relayed[2] = (relayed[2] ?? 0) | 0x80;
    return { kind: 'reply', message: relayed, elapsedMs: 0 };
  };
  const server = createDnsServer({
    corefile: KUBEADM,
    minor: 34,
    environment: {
      lister: listerOf([namespace('demo'), service('demo/web', { clusterIPs: ['10.96.0.80'] })]),
      choices: seeded(1),
      localAddrs: [],
      resolvConf: 'nameserver 8.8.8.8\n',
      synced: () => true,
      serial: () => 1,
      readFile: () => undefined,
      files: () => [],
      log: () => {},
    },
  });
  return (bytes, proto) =>
    server.serve(bytes, { client: { addr: 1, port: 1, proto }, nowMs: 0, exchange }).reply;
}
