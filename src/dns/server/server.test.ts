// The server around the chain: zones, odd input, EDNS and truncation (DNS fact sheet A12, G), the chain of the kubeadm
// Corefile (C, D), TTLs through the cache (B21), and forks.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addr } from '../../net/addr.ts';
import type { ExchangeResult } from '../../node/program.ts';
import { enumerate } from '../../sim/choices.ts';
import { KUBEADM, lab, namespace, service, slice, UDP } from '../fixture.test.ts';
import { kubeadmCorefile } from '../kubeadm/coredns.ts';
import { decode } from '../message/decode.ts';
import { encode } from '../message/encode.ts';
import { query, rcodeName } from '../message/message.ts';
import { createUpstream, parseZoneLines } from '../upstream.ts';

const many = Array.from({ length: 60 }, (_, i) => `10.1.0.${i + 1}`);
const objects = [
  namespace('demo'),
  service('demo/web', { type: 'ClusterIP', clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] }),
  service('demo/db', { clusterIP: 'None', clusterIPs: ['None'] }),
  slice('demo/db', ['10.244.1.5', '10.244.2.7']),
  service('demo/big', { clusterIP: 'None', clusterIPs: ['None'] }),
  slice('demo/big', many),
  service('demo/ext', { type: 'ExternalName', externalName: 'www.example.org' }),
];
const svc = (name: string): string => `${name}.demo.svc.cluster.local.`;

/** The outside: answers zone lines, unless `down`. */
function outside(zone: string, state: { down: boolean; asked: string[] }) {
  const server = createUpstream(parseZoneLines(zone));
  return (
    proto: 1 | 6 | 17 | 58 | 132,
    to: number | bigint,
    port: number,
    bytes: Uint8Array,
    timeoutMs: number,
  ): ExchangeResult => {
    state.asked.push(`${to}:${port}`);
    if (state.down) return { kind: 'timeout', elapsedMs: timeoutMs };
    const { reply } = server.receive(
      bytes,
      { addr: addr('10.0.0.1'), port: 1, proto },
      {
        machine: '',
        nowMs: 0,
        exchange: () => ({ kind: 'timeout', elapsedMs: 0 }),
        dial: () => assert.fail('nobody dials here'),
      },
    );
    return reply === null
      ? { kind: 'timeout', elapsedMs: timeoutMs }
      : { kind: 'reply', message: reply, elapsedMs: 20 };
  };
}
const zone = 'www.example.org. 300 CNAME example.org.\nexample.org. 300 A 93.184.216.34\n';

function raw(bytes: readonly number[]): string {
  const { server } = lab(objects);
  const client = { addr: addr('10.0.0.1'), port: 1, proto: UDP } as const;
  const { reply } = server.serve(Uint8Array.from(bytes), {
    client,
    nowMs: 0,
    exchange: () => ({ kind: 'timeout', elapsedMs: 0 }),
  });
  if (reply === null) return 'silence';
  const decoded = decode(reply);
  return decoded.kind === 'message'
    ? `${rcodeName(decoded.message.rcode)} ${decoded.message.questions.length}`
    : 'damaged';
}

describe('server', () => {
  const good = [...encode(query(1, svc('web'), 1))];
  const edited = (edits: Readonly<Record<number, number>>): number[] =>
    good.map((byte, i) => edits[i] ?? byte);
  const odd: readonly { name: string; bytes: readonly number[]; want: string }[] = [
    { name: 'G1: fewer than 12 bytes', bytes: good.slice(0, 11), want: 'silence' },
    { name: 'G1: a reply', bytes: edited({ 2: 0x81 }), want: 'silence' },
    { name: 'G1: another opcode', bytes: edited({ 2: 5 << 3 }), want: 'NOTIMP 0' },
    { name: 'G1: two questions announced', bytes: edited({ 5: 2 }), want: 'FORMERR 0' },
    { name: 'G2: a reserved label length', bytes: edited({ 12: 0x47 }), want: 'FORMERR 0' },
    { name: 'G2: a header and nothing after it', bytes: good.slice(0, 12), want: 'SERVFAIL 0' },
  ];
  for (const { name, bytes, want } of odd) it(name, () => assert.equal(raw(bytes), want));

  it('G3: other classes are refused unless the listener forwards', () => {
    assert.equal(
      lab(objects, { corefile: '. {\n kubernetes cluster.local\n}' }).ask(svc('web'), { class: 3 })
        .rcode,
      'REFUSED',
    );
    assert.equal(lab(objects).ask(svc('web'), { class: 3 }).rcode, 'NOERROR');
  });

  it('G4: EDNS versions other than 0 are BADVERS', () => {
    const edns = { udpSize: 1232, version: 1, dnssecOk: false, options: [] };
    assert.equal(lab(objects).ask(svc('web'), { edns }).rcode, 'BADVERS');
  });

  it('A12: the longest zone takes the query, none is REFUSED, so is a zone without plugins', () => {
    const corefile =
      'demo.svc.cluster.local cluster.local {\n kubernetes cluster.local\n}\nempty.test {\n reload\n}';
    const { ask } = lab(objects, { corefile });
    assert.equal(ask(svc('web')).rcode, 'NOERROR');
    assert.equal(ask('example.org.').rcode, 'REFUSED');
    assert.equal(ask('a.empty.test.').rcode, 'REFUSED');
  });

  it('D: without a next plugin a name outside is SERVFAIL, and errors logs it', () => {
    const { ask, logs } = lab(objects, { corefile: '. {\n errors\n kubernetes cluster.local\n}' });
    assert.equal(ask('Example.org.').rcode, 'SERVFAIL');
    assert.deepEqual(logs, [
      '[ERROR] plugin/errors: 2 example.org. A: plugin/kubernetes: no next plugin found',
    ]);
  });

  it('G6: 60 addresses are cut at 512 bytes with TC, and whole over TCP', () => {
    const { ask } = lab(objects);
    const udp = ask(svc('big'));
    assert.ok(udp.message.tc && udp.bytes.length <= 512 && udp.answers.length < 60);
    assert.equal(ask(svc('big'), { proto: 6 }).answers.length, 60);
  });
});

describe('cache', () => {
  it('B21: hits count down from 30 and are gone after 30 s', () => {
    const { ask } = lab(objects);
    const ttl = (nowMs: number) => {
      const { message, cached } = ask(svc('web'), { nowMs });
      return [message.answers[0]?.ttl, cached];
    };
    assert.deepEqual(ttl(0), [30, false]);
    assert.deepEqual(ttl(1000), [29, true]);
    assert.deepEqual(ttl(29_999), [1, true]);
    assert.deepEqual(ttl(30_000), [30, false]);
  });

  it('B21: `disable` for the own domain: never stored, TTL 30 all the same', () => {
    const { ask } = lab(objects, { corefile: kubeadmCorefile(34, 'cluster.local') });
    for (const nowMs of [0, 9000]) {
      const { message, cached } = ask(svc('web'), { nowMs });
      assert.deepEqual([message.answers[0]?.ttl, cached], [30, false]);
    }
  });

  it('B21 [q]: ttl 0 shows as 5, dns-version as 30', () => {
    const corefile = KUBEADM.replace('ttl 30', 'ttl 0');
    assert.equal(lab(objects, { corefile }).ask(svc('web')).message.answers[0]?.ttl, 5);
    assert.equal(lab(objects).ask('dns-version.cluster.local. TXT').message.answers[0]?.ttl, 30);
  });

  it('C [q]: a cached outside answer turns authoritative; C: SERVFAIL that forward returns is not cached', () => {
    const state = { down: true, asked: [] as string[] };
    const { ask } = lab(objects, { exchange: outside(zone, state) });
    assert.equal(ask('example.org.').rcode, 'SERVFAIL');
    state.down = false;
    assert.equal(ask('example.org.', { nowMs: 7000 }).flags, 'qr rd ra');
    const hit = ask('EXAMPLE.org.', { nowMs: 8020 });
    assert.deepEqual(
      [hit.flags, hit.cached, hit.answers],
      ['qr aa rd ra', true, ['example.org. 29 A 93.184.216.34']],
    );
  });

  it('a fork has its own cache from then on', () => {
    const parent = lab(objects);
    const child = parent.fork();
    child.ask(svc('web'));
    assert.equal(parent.ask(svc('web'), { nowMs: 1000 }).cached, false);
    assert.equal(parent.fork().ask(svc('web'), { nowMs: 2000 }).cached, true);
  });
});

describe('forward', () => {
  it('B9: an ExternalName is fetched through the server itself, TTL capped', () => {
    const state = { down: false, asked: [] as string[] };
    const { answers, elapsedMs } = lab(objects, { exchange: outside(zone, state) }).ask(svc('ext'));
    assert.deepEqual(answers, [
      `${svc('ext')} 30 CNAME www.example.org.`,
      'www.example.org. 30 CNAME example.org.',
      'example.org. 30 A 93.184.216.34',
    ]);
    assert.equal(elapsedMs, 20);
  });

  it('C: a silent upstream is asked until 5 s have passed, then SERVFAIL with the error in the log', () => {
    const state = { down: true, asked: [] as string[] };
    const { ask, logs } = lab(objects, { exchange: outside(zone, state) });
    const asked = ask('example.org.');
    assert.deepEqual([asked.rcode, asked.elapsedMs], ['SERVFAIL', 6000]);
    assert.match(
      logs[0] ?? '',
      /^\[ERROR\] plugin\/errors: 2 example\.org\. A: read udp .*8\.8\.8\.8:53: i\/o timeout$/,
    );
  });

  it('C: round_robin starts with upstream 1 mod n, sequential with the first', () => {
    for (const [policy, want] of [
      ['round_robin', [2, 1, 2]],
      ['sequential', [1, 1, 1]],
    ] as const) {
      const state = { down: false, asked: [] as string[] };
      const corefile = `. {\n forward . 0.0.0.1 0.0.0.2 {\n policy ${policy}\n }\n}`;
      const { ask } = lab(objects, { corefile, exchange: outside(zone, state) });
      for (let i = 0; i < 3; i++) ask('example.org.');
      assert.deepEqual(
        state.asked,
        want.map((n) => `${n}:53`),
      );
    }
  });

  it('C: `except` names go to the next plugin', () => {
    const corefile = '. {\n forward . 8.8.8.8 {\n except example.org\n }\n}';
    const state = { down: false, asked: [] as string[] };
    assert.equal(
      lab(objects, { corefile, exchange: outside(zone, state) }).ask('example.org.').rcode,
      'SERVFAIL',
    );
    assert.deepEqual(state.asked, []);
  });

  it('upstreams that refuse at once end in SERVFAIL', () => {
    const exchange = (): ExchangeResult => ({ kind: 'refused', elapsedMs: 0 });
    assert.equal(lab(objects, { exchange }).ask('example.org.').rcode, 'SERVFAIL');
  });
});

describe('loadbalance', () => {
  it('C: two addresses come in either order, each half of the time', () => {
    const branches = enumerate((choices) => {
      const picks = [choices.pick('dns/loadbalance', [1, 1])];
      return lab(objects, { picks }).ask(svc('db')).answers[0];
    });
    assert.deepEqual(
      branches.map((b) => [b.value, b.probability]),
      [
        [`${svc('db')} 30 A 10.244.1.5`, 0.5],
        [`${svc('db')} 30 A 10.244.2.7`, 0.5],
      ],
    );
  });
});
