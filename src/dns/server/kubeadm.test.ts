// One query through the chain of kubeadm's Corefile, plugin by plugin (DNS fact sheet D): what each sees, and what the
// reply meets on its way back. The two Corefiles without any plugin of the user's are here too (A7), and panics (G9).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addr, formatAddr } from '../../net/addr.ts';
import { TCP, UDP } from '../../net/packet.ts';
import { enumerate } from '../../sim/choices.ts';
import { KUBEADM, type LabOptions, lab, namespace, service, slice } from '../fixture.test.ts';
import { createUpstream, parseZoneLines } from '../upstream.ts';
import type { ServeContext } from './turn.ts';

const objects = [
  namespace('demo'),
  service('demo/web', { type: 'ClusterIP', clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] }),
  service('demo/db', { clusterIP: 'None', clusterIPs: ['None'] }),
  slice('demo/db', ['10.244.1.5', '10.244.2.7']),
];
const web = 'web.demo.svc.cluster.local.';
const db = 'db.demo.svc.cluster.local.';
const reverse = '7.7.96.10.in-addr.arpa.';
const elsewhere = '34.216.184.93.in-addr.arpa.';

/** The chain's world: a name server outside that remembers who was asked, and can be silent. */
function outside(state = { isDown: false }) {
  const asked: string[] = [];
  const server = createUpstream(
    parseZoneLines(`example.org. 300 A 93.184.216.34\n${elsewhere} 300 PTR example.org.\n`),
  );
  const exchange: ServeContext['exchange'] = (proto, to, port, bytes, elapsedMs) => {
    asked.push(`${formatAddr(to)}:${port}/${proto}`);
    const peer = { addr: addr('10.0.0.1'), port: 1, proto };
    const silent = () => ({ kind: 'timeout', elapsedMs }) as const;
    if (state.isDown) return silent();
    const dial = () => assert.fail('nobody dials here');
    const { reply } = server.receive(bytes, peer, {
      machine: '',
      nowMs: 0,
      exchange: silent,
      dial,
    });
    return reply === null ? silent() : { kind: 'reply', message: reply, elapsedMs: 20 };
  };
  return { asked, exchange, state };
}

const chain = (options: LabOptions = {}) => {
  const world = outside();
  return { ...world, ...lab(objects, { exchange: world.exchange, ...options }) };
};
const requests = (one: ReturnType<typeof chain>): readonly string[] => {
  const { body } = one.server.askHttp({ addr: null, port: 9153 }, '/metrics', 0);
  const lines = body.split('\n').filter((line) => line.startsWith('coredns_dns_responses_total{'));
  const short = /^.*rcode="(\w+)".*zone="(.*)"\} (\d+)$/;
  return lines.map((line) => line.replace(short, '$2 $1 $3')).sort();
};

describe('kubeadm: one query through the chain', () => {
  it('D1: the block of the longest zone takes it; what no chain may see is answered before', () => {
    const one = chain({ corefile: `${KUBEADM}web.demo.svc.cluster.local {\n whoami\n}\n` });
    assert.deepEqual(one.ask(web).answers, []);
    assert.deepEqual(one.ask(db).answers.length, 2);
    const edns = { udpSize: 1232, version: 1, dnssecOk: false, options: [] };
    assert.equal(one.ask(db, { edns }).rcode, 'BADVERS');
    assert.deepEqual(requests(one), ['. NOERROR 1']);
  });

  it('D2: prometheus is outermost: it counts hits of the cache and errors that nobody has written', () => {
    const one = chain();
    for (let i = 0; i < 2; i++) one.ask(web);
    one.state.isDown = true;
    one.ask('example.org.');
    assert.deepEqual(requests(one), ['. NOERROR 2', '. SERVFAIL 1']);
  });

  it('D3: errors logs what comes back as an error, not answers that say no', () => {
    const one = chain();
    one.ask('nosuch.demo.svc.cluster.local.');
    assert.deepEqual(one.logs, []);
    one.state.isDown = true;
    one.ask('WWW.Example.org. AAAA');
    assert.equal(one.logs.length, 1);
    assert.match(
      one.logs[0] ?? '',
      /^\[ERROR\] plugin\/errors: 2 www\.example\.org\. AAAA: read udp/,
    );
  });

  it('D4: loadbalance stands before the cache: hits are shuffled as well', () => {
    const first = enumerate((choices) => {
      const picks = [0, choices.pick('dns/loadbalance', [1, 1])];
      const one = chain({ picks });
      one.ask(db);
      const hit = one.ask(db, { nowMs: 1000 });
      return `${hit.cached} ${hit.answers[0]}`;
    });
    assert.deepEqual(
      first.map(({ value, probability }) => [value, probability]),
      [
        [`true ${db} 29 A 10.244.1.5`, 0.5],
        [`true ${db} 29 A 10.244.2.7`, 0.5],
      ],
    );
  });

  it('D5: a hit ends in the cache, and kubernetes and forward are not asked', () => {
    const one = chain();
    one.ask('example.org.');
    one.state.isDown = true;
    const hit = one.ask('example.org.', { nowMs: 10_020 });
    assert.deepEqual([hit.cached, hit.answers], [true, ['example.org. 20 A 93.184.216.34']]);
    assert.equal(one.asked.length, 1);
  });

  const owned: readonly { name: string; want: readonly string[]; asksOutside: boolean }[] = [
    { name: `${web} A`, want: [`${web} 30 A 10.96.7.7`], asksOutside: false },
    { name: 'example.org.cluster.local. A', want: [], asksOutside: false },
    { name: `${reverse} PTR`, want: [`${reverse} 30 PTR ${web}`], asksOutside: false },
    { name: `${elsewhere} PTR`, want: [`${elsewhere} 30 PTR example.org.`], asksOutside: true },
    { name: 'example.org. A', want: ['example.org. 30 A 93.184.216.34'], asksOutside: true },
  ];
  for (const { name, want, asksOutside } of owned) {
    it(`D6: ${asksOutside ? 'goes on to forward' : 'kubernetes answers'}: ${name}`, () => {
      const one = chain();
      const { answers, rcode } = one.ask(name);
      assert.deepEqual([answers, rcode], [want, want.length === 0 ? 'NXDOMAIN' : 'NOERROR']);
      assert.equal(one.asked.length > 0, asksOutside);
    });
  }

  it('D7: loop lets every HINFO by but its own name, and that one too once it looks no more', () => {
    const one = chain();
    for (let i = 0; i < 4; i++) {
      assert.equal(one.ask('1.2. HINFO', { nowMs: i * 40_000 }).rcode, 'NXDOMAIN');
    }
    assert.deepEqual(one.asked.length, 4);
    assert.deepEqual(one.logs, []);
  });

  it('D8: forward draws one of the name servers of resolv.conf, and goes on to the other in silence', () => {
    const resolvConf = 'nameserver 8.8.8.8\nnameserver 8.8.4.4\n';
    const drawn = enumerate((choices) => {
      const one = chain({ resolvConf, picks: [choices.pick('dns/forward', [1, 1])] });
      one.ask('example.org.');
      return one.asked.join();
    });
    assert.deepEqual(
      drawn.map(({ value, probability }) => [value, probability]),
      [
        [`8.8.8.8:53/${UDP}`, 0.5],
        [`8.8.4.4:53/${UDP}`, 0.5],
      ],
    );
    const silent = chain({ resolvConf, picks: [0] });
    silent.state.isDown = true;
    assert.equal(silent.ask('example.org.').rcode, 'SERVFAIL');
    const outward = silent.asked.filter((to) => to.endsWith(`/${UDP}`));
    assert.deepEqual(new Set(outward.slice(0, 2)).size, 2);
  });

  it('D9: on the way back the cache caps the TTL, the server adds OPT, cuts and sets TC', () => {
    const big = Array.from({ length: 60 }, (_, i) => `10.1.0.${i + 1}`);
    const one = lab([...objects, slice('demo/db', big, undefined, 'more')]);
    const edns = { udpSize: 600, version: 0, dnssecOk: false, options: [] };
    const cut = one.ask(db, { edns });
    assert.ok(cut.message.tc && cut.bytes.length <= 600);
    assert.deepEqual([cut.message.edns?.udpSize, cut.answers[0]], [600, `${db} 30 A 10.244.1.5`]);
    const whole = one.ask(db, { proto: TCP });
    assert.deepEqual(
      [whole.answers.length, whole.message.tc, whole.message.edns],
      [62, false, null],
    );
    assert.equal(chain().ask('example.org.').message.answers[0]?.ttl, 30);
  });
});

describe('server: a Corefile without server blocks', () => {
  const builtIn: readonly { name: string; corefile: string; files?: LabOptions['files'] }[] = [
    { name: 'an empty one', corefile: '' },
    { name: 'comments alone', corefile: '# nothing\n\n' },
    { name: 'a snippet alone', corefile: '(s) {\n errors\n}\n' },
    { name: 'an import that finds nothing', corefile: 'import nothing*.conf\n' },
  ];
  for (const { name, corefile } of builtIn) {
    it(`A7: is .:53 with whoami and log: ${name}`, () => {
      const { ask, logs, server } = lab([], { corefile });
      assert.deepEqual(server.ports, [53]);
      assert.deepEqual(ask('a.test.').additional, [
        'a.test. 0 A 10.244.1.7',
        '_udp.a.test. 0 SRV 0 0 40000 .',
      ]);
      const line =
        /^\[INFO\] 10\.244\.1\.7:40000 - 4711 "A IN a\.test\. udp 24 .*" NOERROR qr,aa,rd 76 /;
      assert.match(logs.at(-1) ?? '', line);
    });
  }

  it('A7: a block without plugins is none of that: it refuses', () => {
    const { ask, logs } = lab([], { corefile: 'a.test {\n}\n' });
    assert.equal(ask('a.test.').rcode, 'REFUSED');
    assert.deepEqual(logs, []);
  });
});

describe('server: panics', () => {
  const panics = `. {
    errors
    log
    prometheus :9153
    rewrite edns0 local set 0xffee abc revert
    hosts {
      10.0.0.1 foo.example.com
    }
}
`;
  it('G9: a panic is SERVFAIL, logged and counted by the server, and by no plugin', () => {
    const one = chain({ corefile: panics });
    const { rcode, flags, message } = one.ask('foo.example.com.');
    assert.deepEqual([rcode, flags], ['SERVFAIL', 'qr rd']);
    assert.deepEqual(message.edns, {
      udpSize: 4096,
      version: 0,
      dnssecOk: false,
      options: [{ code: 0xffee, bytes: Uint8Array.of(97, 98, 99) }],
    });
    assert.deepEqual(one.logs, [
      '[ERROR] Recovered from panic in server: "dns://:53" runtime error: invalid memory address or nil pointer dereference',
    ]);
    assert.deepEqual(requests(one), ['dropped SERVFAIL 1']);
    const { body } = one.server.askHttp({ addr: null, port: 9153 }, '/metrics', 0);
    assert.match(body, /^coredns_panics_total 1$/m);
  });

  it('G9: the next query goes the usual way again, and log sees it', () => {
    const one = chain({ corefile: panics });
    one.ask('foo.example.com.');
    assert.equal(one.ask('nosuch.example.com.').rcode, 'SERVFAIL');
    assert.match(one.logs[1] ?? '', /"A IN nosuch\.example\.com\. .*" SERVFAIL qr,rd /);
    assert.deepEqual(requests(one), ['. SERVFAIL 1', 'dropped SERVFAIL 1']);
  });
});
