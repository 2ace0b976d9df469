// What dig 9.18 prints for EDNS options: measured, each row one OPT record sent to Debian's dig 9.18.49 with +nocookie.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EdnsOption } from '../message/message.ts';
import { ednsText } from './edns.ts';

/** Options as on the wire, and dig's lines. */
const rows: readonly (readonly [string, string])[] = [
  ['000f00020000', '; EDE: 0 (Other)'],
  ['000f00020001', '; EDE: 1 (Unsupported DNSKEY Algorithm)'],
  ['000f000d000168656c6c6f2022775c6f29', '; EDE: 1 (Unsupported DNSKEY Algorithm): (hello "w\\o))'],
  ['000f00020002', '; EDE: 2 (Unsupported DS Digest Type)'],
  ['000f00020003', '; EDE: 3 (Stale Answer)'],
  ['000f00020004', '; EDE: 4 (Forged Answer)'],
  ['000f00020005', '; EDE: 5 (DNSSEC Indeterminate)'],
  ['000f00020006', '; EDE: 6 (DNSSEC Bogus)'],
  ['000f00020007', '; EDE: 7 (Signature Expired)'],
  ['000f00020008', '; EDE: 8 (Signature Not Yet Valid)'],
  ['000f00020009', '; EDE: 9 (DNSKEY Missing)'],
  ['000f0002000a', '; EDE: 10 (RRSIGs Missing)'],
  ['000f0002000b', '; EDE: 11 (No Zone Key Bit Set)'],
  ['000f0002000c', '; EDE: 12 (NSEC Missing)'],
  ['000f0002000d', '; EDE: 13 (Cached Error)'],
  ['000f0002000e', '; EDE: 14 (Not Ready)'],
  ['000f0002000f', '; EDE: 15 (Blocked)'],
  ['000f000d000f68656c6c6f2022775c6f29', '; EDE: 15 (Blocked): (hello "w\\o))'],
  ['000f00020010', '; EDE: 16 (Censored)'],
  ['000f00020011', '; EDE: 17 (Filtered)'],
  ['000f000d001168656c6c6f2022775c6f29', '; EDE: 17 (Filtered): (hello "w\\o))'],
  ['000f00020012', '; EDE: 18 (Prohibited)'],
  ['000f00020013', '; EDE: 19 (Stale NXDOMAIN Answer)'],
  ['000f00020014', '; EDE: 20 (Not Authoritative)'],
  ['000f00020015', '; EDE: 21 (Not Supported)'],
  ['000f00020016', '; EDE: 22 (No Reachable Authority)'],
  ['000f00020017', '; EDE: 23 (Network Error)'],
  ['000f00020018', '; EDE: 24 (Invalid Data)'],
  ['000f00020019', '; EDE: 25'],
  ['000f000d001968656c6c6f2022775c6f29', '; EDE: 25: (hello "w\\o))'],
  ['000f0002c000', '; EDE: 49152'],
  ['000f0003000f00', '; EDE: 15 (Blocked): (.)'],
  ['000f0009000f68c3a90a017800', '; EDE: 15 (Blocked): (hé..x.)'],
  ['00080007000118000a0102', '; CLIENT-SUBNET: 10.1.2.0/24/0'],
  ['00080007000118180a0102', '; CLIENT-SUBNET: 10.1.2.0/24/24'],
  ['0008000400010000', '; CLIENT-SUBNET: 0.0.0.0/0/0'],
  ['0008000b0002380020010db8000001', '; CLIENT-SUBNET: 2001:db8:0:100::/56/0'],
  ['0008000400000000', '; CLIENT-SUBNET: 0/0/0'],
  [
    '0008001400028000000102030405060708090a0b0c0d0e0f',
    '; CLIENT-SUBNET: 1:203:405:607:809:a0b:c0d:e0f/128/0',
  ],
  ['0008000400020000', '; CLIENT-SUBNET: ::/0/0'],
  ['00090000', '; EXPIRE:'],
  ['0009000400000001', '; EXPIRE: 1 (1 second)'],
  ['000900040012d687', '; EXPIRE: 1234567 (2 weeks 6 hours 56 minutes 7 seconds)'],
  ['0009000400000000', '; EXPIRE: 0 (0 seconds)'],
  ['000900040000003d', '; EXPIRE: 61 (1 minute 1 second)'],
  ['0009000400093a80', '; EXPIRE: 604800 (1 week)'],
  ['000b0000', '; TCP KEEPALIVE:'],
  ['000b00020064', '; TCP KEEPALIVE: 10.0 secs'],
  ['000b00020065', '; TCP KEEPALIVE: 10.1 secs'],
  ['000b000100', '; TCP KEEPALIVE: 00 (".")'],
  ['000b0002ffff', '; TCP KEEPALIVE: 6553.5 secs'],
  ['000c0000', '; PAD:'],
  ['000c00080000000000000000', '; PAD: (8 bytes)'],
  ['000e00020001', '; KEY-TAG: 1'],
  ['000e000600010002ffff', '; KEY-TAG: 1, 2, 65535'],
  ['001000020001', '; CLIENT-TAG: 1'],
  ['001100020001', '; SERVER-TAG: 1'],
  [
    '00010012000100020003000000000000000000000007',
    '; LLQ: Version: 1, Opcode: 2, Error: 3, Identifier: 0, Lifetime: 7',
  ],
  ['00020000', '; OPT=2:'],
  ['00020003616263', '; OPT=2: 61 62 63 ("abc")'],
  ['694200056162807e7f', '; OPT=26946: 61 62 80 7e 7f ("ab.~.")'],
  ['00030000', '; NSID:'],
  ['000300056162807e7f', '; NSID: 61 62 80 7e 7f ("ab.~.")'],
  ['000a00080101010101010101', '; COOKIE: 0101010101010101'],
  [
    '000f0002000f000300026964000f000600116d6f726500080007000118000a0102',
    '; EDE: 15 (Blocked)\n; NSID: 69 64 ("id")\n; EDE: 17 (Filtered): (more)\n; CLIENT-SUBNET: 10.1.2.0/24/0',
  ],
];

const edns = (options: readonly EdnsOption[]) => ({
  version: 0,
  udpSize: 1232,
  dnssecOk: false,
  options,
});

function optionsOf(hex: string): readonly EdnsOption[] {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  const options: EdnsOption[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
    const end = at + 4 + c * 256 + d;
    options.push({ code: a * 256 + b, bytes: bytes.subarray(at + 4, end) });
    at = end;
  }
  return options;
}

function printed(options: readonly EdnsOption[], asked: readonly EdnsOption[] | null): string {
  return ednsText(edns(options), asked === null ? null : edns(asked))
    .split('\n')
    .slice(2)
    .join('\n');
}

for (const [hex, want] of rows) {
  test(`dig prints the option ${hex}: ${want}`, () => {
    assert.equal(printed(optionsOf(hex), null), `${want}\n`);
  });
}

const COOKIE_ROWS = [
  { name: 'the same cookie came back', sent: '11', got: '11', length: 8, says: 'echoed' },
  { name: 'a server cookie behind it', sent: '11', got: '11', length: 16, says: 'good' },
  { name: 'another cookie', sent: '11', got: '12', length: 16, says: 'bad' },
];
for (const { name, sent, got, length, says } of COOKIE_ROWS) {
  test(`dig on a cookie: ${name}`, () => {
    const cookie = (hex: string, size: number): EdnsOption => ({
      code: 10,
      bytes: new Uint8Array(size).fill(Number.parseInt(hex, 16)),
    });
    const text = printed([cookie(got, length)], [cookie(sent, 8)]);
    assert.equal(text, `; COOKIE: ${got.repeat(length)} (${says})\n`);
  });
}
