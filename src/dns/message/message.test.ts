// The wire form against an independent implementation (dns-packet), damage that must not throw, and what is dropped
// when a reply does not fit.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import dnsPacket from 'dns-packet';
import fc from 'fast-check';
import { decode } from './decode.ts';
import { encode, encodeToFit } from './encode.ts';
import { wireLength } from './length.ts';
import { type Message, query, type ResourceRecord, replyTo } from './message.ts';
import { addressOfReverse, isDomainName, labelsOf, longestZone, reverseName } from './name.ts';

const label = fc.stringMatching(/^[a-z0-9_-]{1,12}$/);
const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((l) => `${l.join('.')}.`);
const u16 = fc.nat(65_535);
const u32 = fc.nat(0x7fffffff);
const owner = fc.record({ name, class: fc.constant(1), ttl: u32 });

const record: fc.Arbitrary<ResourceRecord> = fc.oneof(
  fc.tuple(owner, fc.nat(0xffffffff)).map(([o, addr]) => ({ ...o, kind: 'A' as const, addr })),
  fc
    .tuple(owner, fc.bigInt(0n, 2n ** 128n - 1n))
    .map(([o, addr]) => ({ ...o, kind: 'AAAA' as const, addr })),
  fc
    .tuple(owner, fc.constantFrom('CNAME' as const, 'NS' as const, 'PTR' as const), name)
    .map(([o, kind, target]) => ({ ...o, kind, target })),
  fc
    .tuple(owner, u16, name)
    .map(([o, preference, target]) => ({ ...o, kind: 'MX' as const, preference, target })),
  fc.tuple(owner, u16, u16, u16, name).map(([o, priority, weight, port, target]) => ({
    ...o,
    kind: 'SRV' as const,
    priority,
    weight,
    port,
    target,
  })),
  fc
    .tuple(owner, fc.array(fc.stringMatching(/^[ -~]{0,20}$/), { minLength: 1, maxLength: 3 }))
    .map(([o, strings]) => ({ ...o, kind: 'TXT' as const, strings })),
  fc.tuple(owner, name, name, fc.tuple(u32, u32, u32, u32, u32)).map(([o, mname, rname, n]) => ({
    ...o,
    kind: 'SOA' as const,
    mname,
    rname,
    serial: n[0],
    refresh: n[1],
    retry: n[2],
    expire: n[3],
    minimum: n[4],
  })),
);

const records = fc.array(record, { maxLength: 4 });
const message: fc.Arbitrary<Message> = fc
  .tuple(
    u16,
    name,
    records,
    records,
    records,
    fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  )
  .map(([id, qname, answers, authority, additional, f]) => ({
    ...replyTo(query(id, qname, 1)),
    aa: f[0] ?? false,
    tc: f[1] ?? false,
    ra: f[2] ?? false,
    ad: f[3] ?? false,
    rcode: f[4] ? 3 : 0,
    answers,
    authority,
    additional,
    edns: f[5]
      ? {
          udpSize: 1232,
          version: 0,
          dnssecOk: f[6] ?? false,
          options: [{ code: 10, bytes: Uint8Array.of(1, 2) }],
        }
      : null,
  }));

function roundTrip(bytes: Uint8Array): Message | null {
  const decoded = decode(bytes);
  return decoded.kind === 'message' ? decoded.message : null;
}

describe('DNS message', () => {
  it('survives encoding, compressed or not', () => {
    fc.assert(
      fc.property(message, fc.boolean(), (m, compress) => {
        assert.deepEqual(roundTrip(encode(m, compress)), m);
      }),
      { numRuns: 60 },
    );
  });

  it('the check above sees a changed byte', () => {
    const m = {
      ...replyTo(query(7, 'a.test.', 1)),
      answers: [{ kind: 'A', name: 'a.test.', class: 1, ttl: 1, addr: 5 }],
    } as const;
    const bytes = encode(m);
    bytes[bytes.length - 1] = 6;
    assert.notDeepEqual(roundTrip(bytes), m);
  });

  it('stays as it was written, whatever is written after it', () => {
    const bulk = fc.nat(40_000).map((size) => {
      const large = { kind: 'opaque', name: 'x.', class: 1, ttl: 1, type: 65_280 } as const;
      return { ...query(1, 'x.', 1), answers: [{ ...large, bytes: new Uint8Array(size) }] };
    });
    const one = fc.tuple(
      fc.oneof({ weight: 9, arbitrary: message }, { weight: 1, arbitrary: bulk }),
      fc.integer({ min: 100, max: 65_535 }),
    );
    fc.assert(
      fc.property(fc.array(one, { minLength: 20, maxLength: 40 }), (all) => {
        const written = all.map(([m, limit]) => {
          const bytes = encodeToFit(m, limit) ?? new Uint8Array();
          return { bytes, copy: bytes.slice() };
        });
        for (const { bytes, copy } of written) assert.deepEqual(bytes, copy);
      }),
      { numRuns: 30 },
    );
  });

  it('has the length that is worked out without writing it', () => {
    const escaped = fc.constantFrom('a\\.b.test.', '\\032.', '.', 'plain.test.');
    fc.assert(
      fc.property(message, escaped, escaped, (m, first, second) => {
        const record = { kind: 'CNAME', name: first, class: 1, ttl: 1, target: second } as const;
        for (const one of [m, { ...m, authority: [...m.authority, record] }]) {
          assert.equal(wireLength(one), encode(one).length);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('dns-packet reads what is written, and its bytes are read back', () => {
    fc.assert(
      fc.property(message, fc.boolean(), (m, compress) => {
        const theirs = dnsPacket.decode(Buffer.from(encode(m, compress)));
        const added = m.edns === null ? 0 : 1;
        assert.deepEqual(
          [
            theirs.id,
            theirs.answers?.length,
            theirs.authorities?.length,
            theirs.additionals?.length,
          ],
          [m.id, m.answers.length, m.authority.length, m.additional.length + added],
        );
        assert.equal(theirs.questions?.[0]?.name, m.questions[0]?.name.slice(0, -1));
        const again = roundTrip(Uint8Array.from(dnsPacket.encode(theirs)));
        assert.deepEqual(again?.answers, m.answers);
        assert.deepEqual(again?.authority, m.authority);
      }),
      { numRuns: 40 },
    );
  });

  it('damaged bytes never throw', () => {
    fc.assert(
      fc.property(
        message,
        fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 }),
        fc.nat(300),
        (m, edits, cut) => {
          const bytes = encode(m, true);
          for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
          decode(bytes.slice(0, Math.max(0, bytes.length - cut)));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('a compression loop is malformed, a short message has no header', () => {
    const loop = Uint8Array.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1]);
    assert.equal(decode(loop).kind, 'malformed');
    assert.equal(decode(loop.slice(0, 11)).kind, 'short');
  });

  it('G6: uncompressed while it fits, then compressed, then cut with TC', () => {
    const answers = Array.from({ length: 40 }, (_, i) => ({
      kind: 'A' as const,
      name: 'web.demo.svc.cluster.local.',
      class: 1,
      ttl: 30,
      addr: i,
    }));
    const full = { ...replyTo(query(1, 'web.demo.svc.cluster.local.', 1)), answers };
    assert.deepEqual(encodeToFit(full, 4096), encode(full));
    assert.deepEqual(encodeToFit(full, 700), encode(full, true));
    const cut = roundTrip(sent(full));
    assert.deepEqual([cut?.tc, cut?.answers.length], [true, 29]);
    assert.ok(sent(full).length <= 512);
  });

  it('G6 [q]: losing only additional records sets TC too', () => {
    const additional = [
      {
        kind: 'TXT' as const,
        name: 'x.',
        class: 1,
        ttl: 1,
        strings: ['y'.repeat(250), 'z'.repeat(250)],
      },
    ];
    const cut = roundTrip(sent({ ...replyTo(query(1, 'a.', 1)), additional }));
    assert.deepEqual([cut?.tc, cut?.additional.length], [true, 0]);
  });
});

/** In 512 bytes. */
function sent(message: Message): Uint8Array {
  return encodeToFit(message, 512) ?? assert.fail('it cannot be sent');
}

describe('what no bytes can say', () => {
  const reply = replyTo(query(1, 'a.', 1));
  const aliasOf = (target: string): Message => ({
    ...reply,
    answers: [{ kind: 'CNAME', name: 'a.', class: 1, ttl: 1, target }],
  });
  const rows: readonly (readonly [string, Message])[] = [
    ['an empty label', aliasOf('nx..test.')],
    ['a label of 64 bytes', aliasOf(`${'x'.repeat(64)}.test.`)],
    ['an rcode beyond 15 without EDNS', { ...reply, rcode: 16 }],
  ];
  for (const [name, message] of rows) {
    it(name, () => assert.equal(encodeToFit(message, 512), null));
  }
  const fine: readonly (readonly [string, Message])[] = [
    ['the root', aliasOf('.')],
    ['a name of 257 bytes [q]', aliasOf(`${'x'.repeat(63)}.`.repeat(4))],
  ];
  for (const [name, message] of fine) {
    it(`but ${name}`, () => assert.notEqual(encodeToFit(message, 512), null));
  }
});

describe('domain names', () => {
  it('G7: escapes keep dots inside labels', () => {
    assert.deepEqual(labelsOf('a\\.b.c\\032d.'), ['a\\.b', 'c\\032d']);
    assert.equal(isDomainName(`${'a'.repeat(64)}.`), false);
    assert.equal(isDomainName('a..b.'), false);
    for (const name of ['\\.', 'a\\.', '\\\\\\.']) assert.equal(isDomainName(name), false, name);
    for (const name of ['a\\..', '\\\\.']) assert.equal(isDomainName(name), true, name);
  });

  it('B3: the longest zone wins, by whole labels', () => {
    assert.equal(
      longestZone(['.', 'local.', 'cluster.local.'], 'a.cluster.local.'),
      'cluster.local.',
    );
    assert.equal(longestZone(['cluster.local.'], 'mycluster.local.'), undefined);
  });

  it('reverse names map back', () => {
    for (const addr of [0x0a600001, 0xfd000000000000000000000000000010n]) {
      assert.equal(addressOfReverse(reverseName(addr)), addr);
    }
    assert.equal(addressOfReverse('0.10.in-addr.arpa.'), undefined);
  });
});
