// Framing against its plain definition: whatever the segments, the messages come out whole and in order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { listenText, parseListenAddress, peerAddr } from './address.ts';
import { FrameReader, framed } from './frames.ts';

const messages = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
const cuts = fc.array(fc.nat({ max: 12 }), { maxLength: 40 });

function through(
  reader: { push(segment: Buffer): readonly Uint8Array[] },
  bytes: Buffer,
  at: number[],
) {
  const out: Uint8Array[] = [];
  let from = 0;
  for (const length of at) {
    out.push(...reader.push(bytes.subarray(from, from + length)));
    from = Math.min(bytes.length, from + length);
  }
  return [...out, ...reader.push(bytes.subarray(from))].map((one) => [...one]);
}

test('G6: messages come whole out of a stream that is cut anywhere', () => {
  const property = (reader: () => { push(segment: Buffer): readonly Uint8Array[] }) =>
    fc.property(messages, cuts, (sent, at) => {
      const bytes = Buffer.concat(sent.map(framed));
      assert.deepEqual(
        through(reader(), bytes, at),
        sent.map((one) => [...one]),
      );
    });
  fc.assert(property(() => new FrameReader()));
  // One that takes every segment for the start of a message.
  const careless = { push: (segment: Buffer) => new FrameReader().push(segment) };
  assert.throws(() => fc.assert(property(() => careless)));
});

test('a message of 65,535 bytes fits into a frame', () => {
  const reader = new FrameReader();
  const [message] = reader.push(framed(new Uint8Array(65_535)));
  assert.equal(message?.length, 65_535);
});

const addresses: readonly (readonly [string, string | null])[] = [
  ['127.0.0.1:5353', '127.0.0.1:5353'],
  ['0.0.0.0:0', '0.0.0.0:0'],
  ['[::1]:53', '[::1]:53'],
  ['::1:53', null],
  ['[127.0.0.1]:53', null],
  ['127.0.0.1', null],
  ['127.0.0.1:65536', null],
  ['localhost:53', null],
  [':53', null],
  ['', null],
];
for (const [text, want] of addresses) {
  test(`"${text}" ${want === null ? 'is no address to listen on' : `listens on ${want}`}`, () => {
    if (want === null) {
      assert.throws(() => parseListenAddress(text), { code: 'usage' });
      return;
    }
    const where = parseListenAddress(text);
    assert.equal(listenText(where, where.port), want);
  });
}

test('an IPv4 client of an IPv6 socket counts as IPv4', () => {
  assert.equal(peerAddr('::ffff:10.0.0.1'), 0x0a00_0001);
  assert.equal(peerAddr('fe80::1%eth0'), 0xfe80_0000_0000_0000_0000_0000_0000_0001n);
});
