// `svcspec serve` as users meet it: the built command, real sockets, and the machine's own dig (9.18) where it has one.
// What is answered is tested in src/dns; here it has to come back over the wire as dig prints it.
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { encode } from '../src/dns/message/encode.ts';
import { query } from '../src/dns/message/message.ts';
import { root } from './pictures.ts';

const main = join(root, 'dist/src/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'svcspec-serve-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const many = Array.from({ length: 40 }, (_, i) => `    - { addresses: [10.9.0.${i + 1}] }`);
writeFileSync(
  join(folder, 'k8s.yaml'),
  `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.96.0.80, ports: [{ name: http, port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: many }
spec: { clusterIP: None, ports: [{ port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: many-1, labels: { kubernetes.io/service-name: many } }
addressType: IPv4
ports: [{ port: 80 }]
endpoints:
${many.join('\n')}
---
apiVersion: v1
kind: Pod
metadata: { name: free }
spec: { containers: [{ name: shell, image: alpine }] }
---
apiVersion: v1
kind: Pod
metadata: { name: locked, labels: { app: locked } }
spec: { containers: [{ name: shell, image: alpine }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: no-egress }
spec: { podSelector: { matchLabels: { app: locked } }, policyTypes: [Egress] }
`,
);

/** kubeadm's Corefile, with the cluster's zone for everybody. */
writeFileSync(
  join(folder, 'transfer.yaml'),
  `apiVersion: v1
kind: ConfigMap
metadata: { name: coredns, namespace: kube-system }
data:
  Corefile: |
    .:53 {
        errors
        nsid served-here
        ready
        health
        transfer {
            to *
        }
        kubernetes cluster.local in-addr.arpa ip6.arpa {
            ttl 30
        }
        forward . /etc/resolv.conf
    }
`,
);
const wide = Array.from({ length: 300 }, (_, i) => `{ name: p${i}, port: ${i + 1000} }`);
writeFileSync(
  join(folder, 'wide.yaml'),
  `apiVersion: v1
kind: Service
metadata: { name: wide }
spec: { clusterIP: 10.96.0.81, ports: [${wide.join(', ')}] }
`,
);
writeFileSync(
  join(folder, 'cached.yaml'),
  `apiVersion: v1
kind: ConfigMap
metadata: { name: coredns, namespace: kube-system }
data:
  Corefile: |
    .:53 {
        ready
        health
        kubernetes cluster.local
        cache 30
    }
`,
);
writeFileSync(
  join(folder, 'scaled.yaml'),
  `apiVersion: apps/v1
kind: Deployment
metadata: { name: coredns, namespace: kube-system }
spec: { replicas: 0 }
`,
);

interface Served {
  readonly child: ChildProcess;
  readonly port: number;
  readonly host: string;
  readonly stderr: string[];
}

async function started(...args: readonly string[]): Promise<Served> {
  const address = args.includes('--dns') ? [] : ['--dns', '127.0.0.1:0'];
  const argv = [main, 'serve', '-q', '-f', 'k8s.yaml', '-o', 'json', ...address, ...args];
  const child = spawn(process.execPath, argv, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const stderr: string[] = [];
  child.stderr.on('data', (text: Buffer) => void stderr.push(text.toString()));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (text: Buffer) => resolve(text.toString()));
    child.once('exit', (status) => reject(new Error(`exit ${status}: ${stderr.join('')}`)));
  });
  const { dns } = JSON.parse(line) as { dns: string };
  const [, host = '', port] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(dns) ?? [];
  return { child, host, port: Number(port), stderr };
}

function stopped({ child }: Served, signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', (status) => resolve(status));
    child.kill(signal);
  });
}

const dig = ({ host, port }: Served, ...args: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    const argv = [`@${host}`, '-p', String(port), '+time=3', '+tries=1', ...args];
    execFile('dig', argv, (_error, stdout) => resolve(stdout));
  });

const version = spawnSync('dig', ['-v'], { encoding: 'utf8' }).stderr ?? '';
const noDig = version.includes('DiG 9.18') ? false : 'no dig of BIND 9.18 on this machine';
const web = 'web.default.svc.cluster.local';

/** What stays the same from run to run. */
const steady = (text: string): string =>
  text
    .replace(/id: \d+/, 'id: N')
    .replace(/COOKIE: [0-9a-f]{16} /, 'COOKIE: HEX ')
    .replace(/^; <<>> DiG.*$/m, '; <<>> DiG')
    .replace(/Query time: \d+/, 'Query time: N')
    .replace(/#\d+\(/, '#PORT(')
    .replace(/^;; WHEN: .*$/m, ';; WHEN: NOW');

describe('serve', { concurrency: false }, () => {
  let served: Served;
  before(async () => {
    served = await started();
  });
  after(() => {
    served.child.kill('SIGKILL');
  });

  test('case 9: dig prints the flags, warnings, TTL and cookie of the transcript', {
    skip: noDig,
  }, async () => {
    assert.equal(
      steady(await dig(served, web)),
      `
; <<>> DiG
; (1 server found)
;; global options: +cmd
;; Got answer:
;; WARNING: .local is reserved for Multicast DNS
;; You are currently testing what happens when an mDNS query is leaked to DNS
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: N
;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1
;; WARNING: recursion requested but not available

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
; COOKIE: HEX (echoed)
;; QUESTION SECTION:
;${web}.	IN	A

;; ANSWER SECTION:
${web}. 30 IN	A	10.96.0.80

;; Query time: N msec
;; SERVER: 127.0.0.1#PORT(127.0.0.1) (UDP)
;; WHEN: NOW
;; MSG SIZE  rcvd: 115

`,
    );
  });

  const rows: readonly (readonly [
    name: string,
    args: readonly string[],
    want: RegExp,
    not?: RegExp,
  ])[] = [
    ['G6: the same over TCP', [web, '+tcp'], /10\.96\.0\.80[\s\S]*\(TCP\)/],
    ['RD is not set in the reply to +norec', [web, '+norec'], /flags: qr aa;/],
    [
      '-x of a cluster IP',
      ['-x', '10.96.0.80'],
      /80\.0\.96\.10\.in-addr\.arpa\.\s30\sIN\sPTR\s+web\.default/,
    ],
    ['G5: ANY is NODATA', [web, 'ANY'], /status: NOERROR[\s\S]*ANSWER: 0, AUTHORITY: 1/],
    [
      'G5: AXFR without the plugin transfer is refused',
      ['cluster.local', 'AXFR'],
      /Transfer failed/,
    ],
    [
      'G5: AXFR over UDP is refused',
      ['cluster.local', 'AXFR', '+notcp', '+ignore'],
      /Transfer failed|REFUSED/,
    ],
    [
      'G6: an answer of 40 addresses is cut at 512 bytes',
      ['many.default.svc.cluster.local', '+bufsize=512', '+ignore'],
      /flags: qr aa tc rd;/,
    ],
    [
      'G6: and whole over TCP, which dig asks next',
      ['many.default.svc.cluster.local', '+bufsize=512'],
      /Truncated, retrying in TCP mode[\s\S]*ANSWER: 40/,
    ],
    [
      'G6: above 1480 bytes it is compressed though it would fit',
      ['many.default.svc.cluster.local', '+bufsize=4096'],
      /ANSWER: 40[\s\S]*rcvd: 711$/m,
      /flags: qr aa tc/,
    ],
    ['G3: class CH goes down the chain, for there is forward', [web, 'CH', 'A'], /10\.96\.0\.80/],
    ['G4: EDNS version 1 is BADVERS', [web, '+edns=1', '+noednsnegotiation'], /status: BADVERS/],
    [
      'G4: an option that nobody knows is left out',
      [web, '+ednsopt=65001:00ff', '+nocookie'],
      /EDNS: version: 0, flags:; udp: 1232\n;; QUESTION/,
    ],
    ['G4: DO is echoed', [web, '+dnssec'], /flags: do; udp: 1232/],
    ['without EDNS there is none in the reply', [web, '+noedns'], /ADDITIONAL: 0/],
    [
      'G7: the reply keeps the case of the question',
      ['WeB.default.SVC.cluster.local'],
      /WeB\.default\.SVC\.cluster\.local\. 30 IN\s+A/,
    ],
    ['G1: opcode STATUS is NOTIMP', [web, '+opcode=STATUS'], /opcode: STATUS, status: NOTIMP/],
    ['G5: UPDATE is NOTIMP', [web, '+opcode=UPDATE'], /opcode: UPDATE, status: NOTIMP/],
    ['G1: a header alone is SERVFAIL', [web, '+header-only'], /status: (SERVFAIL|FORMERR)/],
  ];
  for (const [name, args, want, not] of rows) {
    test(`serve: ${name}`, { skip: noDig }, async () => {
      const printed = await dig(served, ...args);
      assert.match(printed, want);
      if (not !== undefined) assert.doesNotMatch(printed, not);
    });
  }

  const bytes = encode(query(7, `${web}.`, 1));
  const frame = Buffer.concat([Buffer.from([0, bytes.length]), bytes]);

  test('RFC 7766: several queries on one connection, in segments of any size, answered in order', async () => {
    const frames = [1, 2, 3].map((id) => {
      const one = Buffer.from(frame);
      one[3] = id;
      return one;
    });
    const all = Buffer.concat(frames);
    const ids = await new Promise<number[]>((resolve, reject) => {
      const got: Buffer[] = [];
      const socket = connect(served.port, served.host, async () => {
        socket.setNoDelay(true);
        for (let i = 0; i < all.length; i += 7) {
          socket.write(all.subarray(i, i + 7));
          await new Promise((later) => setTimeout(later, 2));
        }
        // Half closed: what was asked is answered all the same.
        socket.end();
      });
      socket.on('data', (segment) => got.push(segment));
      socket.on('error', reject);
      socket.on('close', () => {
        const text = Buffer.concat(got);
        const found: number[] = [];
        for (let at = 0; at < text.length; at += 2 + text.readUInt16BE(at)) {
          found.push(text.readUInt16BE(at + 2));
        }
        resolve(found);
      });
    });
    assert.deepEqual(ids, [1, 2, 3]);
  });

  test('a connection that asks nothing is closed after three seconds', async () => {
    const start = performance.now();
    await new Promise<void>((resolve) => {
      const socket = connect(served.port, served.host);
      socket.on('close', () => resolve());
      socket.resume();
    });
    const ms = performance.now() - start;
    assert.ok(ms > 2_900 && ms < 8_000, `${ms} ms`);
  });

  test('G1: bytes that are no query get no answer, and the next query does', async () => {
    const socket = createSocket('udp4');
    const heard: number[] = [];
    socket.on('message', (reply) => heard.push(reply.readUInt16BE(0)));
    const response = Buffer.from(bytes);
    response[2] = 0x80;
    for (const one of [Buffer.alloc(0), Buffer.from([1, 2, 3]), response, Buffer.from(bytes)]) {
      socket.send(one, served.port, served.host);
    }
    while (heard.length === 0) await new Promise((later) => setTimeout(later, 10));
    await new Promise((later) => setTimeout(later, 50));
    socket.close();
    assert.deepEqual(heard, [7]);
  });

  test('serve: a port in use ends with status 2 and says so', () => {
    const argv = [main, 'serve', '-q', '-f', 'k8s.yaml', '--dns', `127.0.0.1:${served.port}`];
    const done = spawnSync(process.execPath, argv, { cwd: folder, encoding: 'utf8' });
    assert.equal(done.status, 2);
    assert.match(
      done.stderr,
      /error\[usage\]: cannot listen on 127\.0\.0\.1:\d+: the port is in use/,
    );
  });

  test('serve: SIGINT and SIGTERM end it with status 0', async () => {
    assert.equal(await stopped(await started(), 'SIGINT'), 0);
    assert.equal(await stopped(await started('--frozen'), 'SIGTERM'), 0);
  });

  test('serve: IPv6', { skip: noDig }, async () => {
    const six = await started('--dns', '[::1]:0');
    assert.match(await dig(six, web, '+short'), /^10\.96\.0\.80$/m);
    assert.match(await dig(six, web, '+short', '+tcp'), /^10\.96\.0\.80$/m);
    await stopped(six);
  });

  test('serve --from: a Pod that no policy holds is answered through kube-proxy', {
    skip: noDig,
  }, async () => {
    const free = await started('--from', 'pod/default/free');
    assert.match(await dig(free, web, '+short'), /^10\.96\.0\.80$/m);
    assert.match(await dig(free, 'many.default.svc.cluster.local', '+bufsize=512'), /ANSWER: 40/);
    await stopped(free);
  });

  for (const from of [[], ['--from', 'pod/default/free']]) {
    test(`serve ${from.join(' ')}: AXFR where \`transfer\` allows it`, {
      skip: noDig,
    }, async () => {
      const whole = await started('-f', 'transfer.yaml', '-f', 'wide.yaml', ...from);
      const ask = (...args: readonly string[]) => dig(whole, 'cluster.local', ...args);
      // B20: SOA first and last, and two messages, the first of more than 500 records.
      const printed = await ask('AXFR');
      assert.match(printed, /XFR size: 6\d\d records \(messages 2, bytes \d+\)/);
      const lines = printed.split('\n').filter((text) => /\sIN\s/.test(text));
      assert.match(lines[0] ?? '', /^cluster\.local\.\s+30\s+IN\s+SOA/);
      assert.equal(lines.at(-1), lines[0]);
      assert.match(printed, /^web\.default\.svc\.cluster\.local\. 30 IN\s+A\s+10\.96\.0\.80$/m);
      const [, serial = ''] = /hostmaster\S+ (\d+)/.exec(lines[0] ?? '') ?? [];
      assert.match(await ask(`IXFR=${serial}`), /XFR size: 1 records/);
      assert.match(await ask(`IXFR=${Number(serial) - 1}`), /XFR size: 6\d\d records/);
      assert.match(await ask('AXFR', '+short'), /^10\.96\.0\.80$/m);
      // G5: refused over UDP, which dig passes over in silence.
      const refused = await ask(`IXFR=${serial}`, '+notcp');
      assert.match(refused, /\(UDP\)/);
      assert.doesNotMatch(refused, /SOA/);
      assert.match(await dig(whole, web, '+nsid'), /; NSID: .* \("served-here"\)/);
      await stopped(whole);
    });
  }

  test('serve: without a CoreDNS that is ready nobody is answered, and it says so at once', {
    skip: noDig,
  }, async () => {
    const none = await started('-f', 'scaled.yaml');
    assert.match(await dig(none, web, '+time=1'), /timed out/);
    assert.match(none.stderr.join(''), /nobody will be answered: no CoreDNS Pod is ready/);
    // Without lameduck: with it kube-proxy sends queries to the Pod that ends for five seconds more.
    const files = ['-f', 'transfer.yaml', '-f', 'scaled.yaml'];
    const from = await started(...files, '--from', 'pod/default/free', '-v');
    // kube-proxy rejects what has no endpoints: the client itself hears nothing of ICMP.
    assert.match(await dig(from, web, '+time=1'), /timed out/);
    assert.match(
      from.stderr.join(''),
      /no answer: refused: pod\/default\/free to 10\.96\.0\.10:53/,
    );
    await stopped(none);
    await stopped(from);
  });

  test('serve: TTLs count down with the wall clock, and stand still when it is frozen', {
    skip: noDig,
  }, async () => {
    const ttlOf = async (one: Served): Promise<number> => {
      const printed = await dig(one, web);
      return Number(/svc\.cluster\.local\. (\d+) IN\s+A/.exec(printed)?.[1]);
    };
    for (const [flags, least] of [
      [[], 1],
      [['--frozen'], 0],
    ] as const) {
      const one = await started('-f', 'cached.yaml', ...flags);
      const before = await ttlOf(one);
      await new Promise((later) => setTimeout(later, 1_200));
      const gone = before - (await ttlOf(one));
      assert.ok(least === 0 ? gone === 0 : gone >= least && gone < 10, `${flags}: ${gone} s`);
      await stopped(one);
    }
  });

  test('serve: a killed server leaves its port, and the next one takes it', async () => {
    const one = await started();
    assert.equal(await stopped(one, 'SIGKILL'), null);
    const two = await started('--dns', `127.0.0.1:${one.port}`);
    assert.equal(two.port, one.port);
    await stopped(two);
  });

  const wrong: readonly (readonly [args: readonly string[], want: RegExp])[] = [
    [[], /--dns ADDRESS:PORT is needed/],
    [['--dns', 'localhost:53'], /no address to listen on[\s\S]*for example 127\.0\.0\.1:5353/],
    [['--dns', '::1:53'], /no address to listen on[\s\S]*\[::1\]:5353/],
    [['--dns', '127.0.0.1:0', '--from', 'free'], /pod\/NS\/NAME/],
    [['--dns', '127.0.0.1:0', '--from', 'pod/default/fre'], /Pods in "default": free, locked/],
    [['--dns', '127.0.0.1:0', '-o', 'yaml'], /text.*json/],
    [['--dns', '127.0.0.1:0', '--api'], /later version/],
    [['--dns', '127.0.0.1:0', '--', 'no-such-program'], /cannot run "no-such-program"/],
  ];
  for (const [args, want] of wrong) {
    test(`serve ${args.join(' ')}: status 2, and what would be valid`, () => {
      const argv = [main, 'serve', '-q', '-f', 'k8s.yaml', ...args];
      const done = spawnSync(process.execPath, argv, { cwd: folder, encoding: 'utf8' });
      assert.equal(done.status, 2, done.stderr);
      assert.match(done.stderr, want);
    });
  }

  test('serve --from: one that must not send gets no answer, and -v says so', {
    skip: noDig,
  }, async () => {
    const locked = await started('--from', 'pod/default/locked', '-v');
    assert.match(await dig(locked, web, '+time=1'), /timed out/);
    assert.match(
      locked.stderr.join(''),
      /no answer: timeout: pod\/default\/locked to 10\.96\.0\.10:53\/UDP/,
    );
    await stopped(locked);
  });
});
