// dig, nslookup and getent against a CoreDNS process, line for line: the documents' transcripts and the forms measured
// with busybox 1.35 and BIND 9.18 (DNS fact sheet E8-E11).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lab, namespace, service, slice } from '../dns/fixture.test.ts';
import { kubeadmCorefile } from '../dns/kubeadm/coredns.ts';
import type { ResolverKind } from '../dns/resolver/flavour.table.ts';
import { addr, formatAddr } from '../net/addr.ts';
import type { ExchangeResult } from '../node/program.ts';
import { dig } from './dig.ts';
import { getent } from './getent.ts';
import { host } from './host.ts';
import { nslookup } from './nslookup.ts';
import type { Command, ProcessContext, ProcessResult } from './process.ts';

const clusterIP = (ip: string, ...more: string[]) => ({
  type: 'ClusterIP',
  clusterIP: ip,
  clusterIPs: [ip, ...more],
  ports: [{ name: 'https', port: 443, protocol: 'TCP' }],
});
const headless = { type: 'ClusterIP', clusterIP: 'None', clusterIPs: ['None'] };
const objects = [
  namespace('demo'),
  namespace('default'),
  namespace('kube-system'),
  service('default/kubernetes', clusterIP('10.96.0.1')),
  service('kube-system/kube-dns', clusterIP('10.96.0.10')),
  service('demo/nginx-prod-svc-demo', clusterIP('10.111.193.186')),
  service('demo/nginx-prod-demo-headless-svc', headless),
  slice('demo/nginx-prod-demo-headless-svc', ['10.1.0.32', '10.1.0.33']),
  service('default/nginx-deployment-service', headless),
  slice('default/nginx-deployment-service', ['10.244.140.72', '10.244.196.133']),
  service('demo/web', clusterIP('10.244.1.5', 'fd00::5')),
  service('demo/web6', { ...clusterIP('10.0.0.1'), clusterIPs: ['fd00::6'] }),
];

function run(
  command: Command,
  line: string,
  resolver: ResolverKind,
  ns = 'demo',
  dead = false,
  image = '',
): ProcessResult & { waitedMs: number } {
  const { server } = lab(objects, { corefile: kubeadmCorefile(34, 'cluster.local') });
  const client = { addr: addr('10.244.1.7'), port: 4000 };
  let waitedMs = 0;
  const context: ProcessContext = {
    machine: `pod/${ns}/client`,
    hostname: 'client',
    env: {},
    resolver,
    image,
    get nowMs() {
      return waitedMs;
    },
    readFile: (path) =>
      path === '/etc/resolv.conf'
        ? `search ${ns}.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n`
        : path === '/etc/hosts'
          ? '127.0.0.1 localhost\n::1 localhost ip6-localhost\nfe00::0 ip6-localnet\n10.244.1.7 client\n'
          : undefined,
    exchange: (proto, to, _port, bytes, timeoutMs) => {
      const known = formatAddr(to) === '10.96.0.10' || formatAddr(to) === '10.244.140.67';
      const upstream = (): ExchangeResult => ({ kind: 'refused', elapsedMs: 0 });
      const context = { client: { ...client, proto }, nowMs: waitedMs, exchange: upstream };
      const { reply } = dead || !known ? { reply: null } : server.serve(bytes, context);
      if (reply !== null) return { kind: 'reply', message: reply, elapsedMs: 0 };
      waitedMs += timeoutMs;
      return { kind: 'timeout', elapsedMs: timeoutMs };
    },
    ping: () => ({ kind: 'silence' }),
    wait: () => {},
    dial: () => {
      throw new Error('not used');
    },
    resolve: () => ({ kind: 'failed', outcome: 'nxdomain', elapsedMs: 0 }),
  };
  return { ...command(line.split(' '), context), waitedMs };
}

it('netshoot has the nslookup of BIND on musl', () => {
  const line = 'nslookup kubernetes.default.svc.cluster.local';
  const netshoot = run(nslookup, line, 'musl', 'demo', false, 'nicolaka/netshoot:v0.13');
  assert.deepEqual(netshoot, run(nslookup, line, 'glibc'));
});

it('busybox on glibc has a nslookup of its own all the same', () => {
  const line = 'nslookup kubernetes.default.svc.cluster.local';
  const busybox = run(nslookup, line, 'glibc', 'demo', false, 'docker.io/library/busybox:1.36');
  assert.deepEqual(busybox, run(nslookup, line, 'musl'));
  assert.notDeepEqual(busybox.stdout, run(nslookup, line, 'glibc').stdout);
});

const out = (result: ProcessResult): string => result.stdout + result.stderr;

describe('nslookup', () => {
  it('document 002: a headless Service in busybox 1.28, with a name per address (E8)', () => {
    const result = run(nslookup, 'nslookup nginx-prod-demo-headless-svc', 'busybox-1.28');
    assert.equal(
      out(result),
      `Server:    10.96.0.10
Address 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local

Name:      nginx-prod-demo-headless-svc
Address 1: 10.1.0.32 10-1-0-32.nginx-prod-demo-headless-svc.demo.svc.cluster.local
Address 2: 10.1.0.33 10-1-0-33.nginx-prod-demo-headless-svc.demo.svc.cluster.local
`,
    );
  });

  it('document 002: a ClusterIP Service in busybox 1.28', () => {
    assert.match(
      out(run(nslookup, 'nslookup nginx-prod-svc-demo', 'busybox-1.28')),
      /\nName: {6}nginx-prod-svc-demo\nAddress 1: 10\.111\.193\.186 nginx-prod-svc-demo\.demo\.svc\.cluster\.local\n$/,
    );
  });

  it('E8: a failure still prints the server part', () => {
    const result = run(nslookup, 'nslookup nosuch', 'busybox-1.28');
    assert.equal(result.stderr, "nslookup: can't resolve 'nosuch'\n");
    assert.match(result.stdout, /^Server: {4}10\.96\.0\.10\nAddress 1: .*\n\n$/);
    assert.equal(result.exitCode, 1);
  });

  it('E9: busybox 1.35 prints all A replies of the search list, then all AAAA replies, and fails', () => {
    const missing = ['svc', '']
      .map((d) => `** server can't find web.${d === '' ? '' : `${d}.`}cluster.local: NXDOMAIN\n\n`)
      .join('');
    const result = run(nslookup, 'nslookup web', 'musl');
    assert.equal(
      out(result),
      `Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n` +
        `Name:\tweb.demo.svc.cluster.local\nAddress: 10.244.1.5\n\n${missing}` +
        `Name:\tweb.demo.svc.cluster.local\nAddress: fd00::5\n\n${missing}`,
    );
    assert.equal(result.exitCode, 1);
  });

  it('E9: a server that does not answer costs 5 s and prints no server lines', () => {
    const result = run(nslookup, 'nslookup a.b.', 'musl', 'demo', true);
    assert.equal(out(result), ';; connection timed out; no servers could be reached\n\n');
  });

  it('E10: BIND notes missing recursion for each reply, AAAA after the A answer', () => {
    const result = run(nslookup, 'nslookup kubernetes.default', 'glibc');
    assert.equal(
      out(result),
      `;; Got recursion not available from 10.96.0.10
;; Got recursion not available from 10.96.0.10
Server:\t\t10.96.0.10
Address:\t10.96.0.10#53

Name:\tkubernetes.default.svc.cluster.local
Address: 10.96.0.1
;; Got recursion not available from 10.96.0.10

`,
    );
  });

  it('E10: a name without addresses of either family', () => {
    const { stdout, exitCode } = run(
      nslookup,
      'nslookup -type=mx web.demo.svc.cluster.local 10.96.0.10',
      'glibc',
    );
    assert.match(stdout, /#53\n\n\*\*\* Can't find web\.demo\.svc\.cluster\.local: No answer\n\n$/);
    assert.equal(exitCode, 0);
  });

  it('E10: IPv6 only', () => {
    const { stdout } = run(nslookup, 'nslookup web6 10.96.0.10', 'glibc');
    assert.match(stdout, /#53\n\nName:\tweb6\.demo\.svc\.cluster\.local\nAddress: fd00::6\n\n$/);
  });

  it('E10: by address there is no server header', () => {
    const { stdout } = run(nslookup, 'nslookup 10.96.0.1', 'glibc');
    assert.equal(
      stdout,
      ';; Got recursion not available from 10.96.0.10\n1.0.96.10.in-addr.arpa\tname = kubernetes.default.svc.cluster.local.\n\n',
    );
  });

  it('E10: nobody answers: three lines after 15 s', () => {
    const result = run(nslookup, 'nslookup web', 'glibc', 'demo', true);
    const line = ';; communications error to 10.96.0.10#53: timed out\n';
    assert.equal(out(result), `${line.repeat(3)};; no servers could be reached\n\n`);
    assert.deepEqual([result.exitCode, result.waitedMs], [1, 15_000]);
  });

  it('BIND notes options that it does not know, and goes on', () => {
    const { stdout, exitCode } = run(nslookup, 'nslookup -tcp kubernetes.default', 'glibc');
    assert.match(stdout, /^\*\*\* Invalid option: tcp\n;; Got recursion not available/);
    assert.equal(exitCode, 0);
    const debug = run(nslookup, 'nslookup -debug web', 'glibc');
    assert.deepEqual([debug.stderr, debug.exitCode], ['nslookup: -debug is not modelled\n', 1]);
  });

  it('E10: -timeout and -retry, -norecurse, -port, -domain', () => {
    const line = 'nslookup -timeout=1 -retry=2 web';
    assert.equal(run(nslookup, line, 'glibc', 'demo', true).waitedMs, 2000);
    const quiet = run(nslookup, 'nslookup -norecurse -port=53 kubernetes.default', 'glibc').stdout;
    assert.match(quiet, /^Server:/);
    const other = run(nslookup, 'nslookup -domain=default.svc.cluster.local kubernetes', 'glibc');
    assert.match(other.stdout, /\nName:\tkubernetes\.default\.svc\.cluster\.local\n/);
  });

  it('E9: a server on the command line makes busybox forget the search list', () => {
    const result = run(nslookup, 'nslookup web.demo.svc.cluster.local 10.96.0.10', 'musl');
    assert.match(result.stdout, /Name:\tweb\.demo/);
    const short = run(nslookup, 'nslookup -type=mx 10-0-0-1 10.96.0.10', 'musl');
    assert.doesNotMatch(short.stdout, /demo\.svc/);
  });

  const releases: readonly {
    readonly image: string;
    readonly short: readonly [string, number];
    readonly nodata: string;
    readonly srv: boolean;
  }[] = [
    { image: 'busybox:1.29.3', short: ['web', 0], nodata: '', srv: false },
    { image: 'alpine:3.10', short: ['web.demo', 0], nodata: '', srv: false },
    { image: 'busybox:1.31', short: ['web.demo', 1], nodata: '', srv: false },
    { image: 'alpine:3.13', short: ['web.demo', 1], nodata: 'told', srv: true },
    { image: 'busybox:1.33.1', short: ['web.demo', 1], nodata: 'told', srv: true },
    { image: 'docker.io/library/alpine:3.15', short: ['web.demo', 1], nodata: '', srv: true },
    { image: 'busybox:1.36.1-musl', short: ['web.demo', 1], nodata: '', srv: true },
  ];
  for (const { image, short, nodata, srv } of releases) {
    const ask = (words: string) => run(nslookup, `nslookup ${words}`, 'musl', 'demo', false, image);
    it(`E9: ${image}: the search list, the exit status, names without addresses, SRV`, () => {
      const found = ask('web');
      const [name, exitCode] = short;
      const isFound = name === 'web.demo';
      assert.equal(found.stdout.includes('Name:\tweb.demo.svc.cluster.local\n'), isFound);
      const missing = isFound ? 'web.svc.cluster.local: NXDOMAIN' : 'web: SERVFAIL';
      assert.ok(found.stdout.includes(`** server can't find ${missing}\n\n`));
      assert.equal(found.exitCode, exitCode);
      const full = 'kubernetes.default.svc.cluster.local';
      const told = nodata === 'told' ? `*** Can't find ${full}.: No answer\n` : '';
      assert.equal(
        out(ask(`${full}.`)),
        `Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nName:\t${full}\nAddress: 10.96.0.1\n\n${told}\n`,
      );
      const refusal = 'nslookup: invalid query type "srv"\n';
      assert.equal(ask(`-type=srv ${full}`).stderr, srv ? '' : refusal);
    });
  }

  it('E8: alpine:3.8 has the old form on musl', () => {
    const result = run(
      nslookup,
      'nslookup kubernetes.default',
      'musl',
      'demo',
      false,
      'alpine:3.8',
    );
    assert.match(out(result), /\nName: {6}kubernetes\.default\nAddress 1: 10\.96\.0\.1 kubernetes/);
  });

  it('E9: busybox refuses a type it does not know', () => {
    assert.equal(
      run(nslookup, 'nslookup -type=nosuch web', 'musl').stderr,
      'nslookup: invalid query type "nosuch"\n',
    );
  });
});

describe('dig', () => {
  it('document 004: both headless records, flags, warnings, cookie, 223 bytes (E11)', () => {
    const name = 'nginx-deployment-service.default.svc.cluster.local.';
    const { stdout, exitCode } = run(dig, `dig -t A ${name} @10.244.140.67`, 'glibc');
    const text = stdout
      .replace(/id: \d+/, 'id: 14272')
      .replace(/COOKIE: [0-9a-f]{16}/, 'COOKIE: 2b8e6d05e7e63888');
    assert.equal(
      text,
      `
; <<>> DiG 9.18.49-1~deb12u1-Debian <<>> -t A ${name} @10.244.140.67
;; global options: +cmd
;; Got answer:
;; WARNING: .local is reserved for Multicast DNS
;; You are currently testing what happens when an mDNS query is leaked to DNS
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 14272
;; flags: qr aa rd; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 1
;; WARNING: recursion requested but not available

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
; COOKIE: 2b8e6d05e7e63888 (echoed)
;; QUESTION SECTION:
;${name} IN A

;; ANSWER SECTION:
${name} 30 IN A 10.244.140.72
${name} 30 IN A 10.244.196.133

;; Query time: 0 msec
;; SERVER: 10.244.140.67#53(10.244.140.67) (UDP)
;; WHEN: Thu Jan 01 00:00:00 UTC 2026
;; MSG SIZE  rcvd: 223

`,
    );
    assert.equal(exitCode, 0);
  });

  const lines: readonly { name: string; args: string; want: string }[] = [
    {
      name: 'SRV',
      args: '_https._tcp.kubernetes.default.svc.cluster.local SRV',
      want: '_https._tcp.kubernetes.default.svc.cluster.local. 30 IN\tSRV 0 100 443 kubernetes.default.svc.cluster.local.',
    },
    {
      name: 'A',
      args: 'web.demo.svc.cluster.local',
      want: 'web.demo.svc.cluster.local. 30\tIN\tA\t10.244.1.5',
    },
    {
      name: 'PTR',
      args: '-x 10.96.0.1',
      want: '1.0.96.10.in-addr.arpa.\t30\tIN\tPTR\tkubernetes.default.svc.cluster.local.',
    },
    {
      name: 'SOA',
      args: 'cluster.local SOA',
      want: 'cluster.local.\t\t30\tIN\tSOA\tns.dns.cluster.local. hostmaster.cluster.local. 1700000000 7200 1800 86400 30',
    },
  ];
  for (const { name, args, want } of lines) {
    it(`E11: columns of ${name}`, () => {
      assert.equal(run(dig, `dig +noall +answer ${args}`, 'glibc').stdout, `${want}\n`);
    });
  }

  it('+short +search, and no search without it', () => {
    assert.equal(run(dig, 'dig +search +short web', 'glibc').stdout, '10.244.1.5\n');
    assert.equal(run(dig, 'dig +short nosuch.cluster.local', 'glibc').stdout, '');
  });

  it('+tcp says so, +norec clears rd and the warning', () => {
    const { stdout } = run(dig, 'dig +tcp +norec web.demo.svc.cluster.local', 'glibc');
    assert.match(stdout, /;; flags: qr aa; /);
    assert.match(stdout, /\(10\.96\.0\.10\) \(TCP\)\n/);
    assert.doesNotMatch(stdout, /recursion requested/);
  });

  it('E11: nobody answers: the errors come first, exit 9', () => {
    const result = run(dig, 'dig web.', 'glibc', 'demo', true);
    const line = ';; communications error to 10.96.0.10#53: timed out\n';
    assert.equal(
      out(result),
      `${line.repeat(3)}\n; <<>> DiG 9.18.49-1~deb12u1-Debian <<>> web.\n;; global options: +cmd\n;; no servers could be reached\n`,
    );
    assert.deepEqual([result.exitCode, result.waitedMs], [9, 15_000]);
  });

  it('+nsid asks for the name of the server, which CoreDNS sends back empty', () => {
    const { stdout } = run(dig, 'dig +nsid web.demo.svc.cluster.local', 'glibc');
    assert.match(stdout, /; EDNS: version: 0, flags:; udp: 1232\n; NSID:\n; COOKIE: /);
  });

  it('IXFR=SERIAL is asked over TCP, and refused as AXFR is', () => {
    const { stdout } = run(dig, 'dig +nocmd IXFR=7 cluster.local', 'glibc');
    assert.equal(stdout, '; Transfer failed.\n');
  });

  it('unknown options are refused by name', () => {
    assert.equal(run(dig, 'dig +trace web', 'glibc').stderr, 'dig: +trace is not modelled\n');
    assert.match(run(dig, 'dig +foo web', 'glibc').stderr, /^Invalid option: \+foo\nUsage: {2}dig/);
  });

  it('E11: servers are counted in the banner only when they stand before the name', () => {
    const first = run(dig, 'dig @10.96.0.10 web.demo.svc.cluster.local', 'glibc').stdout;
    assert.match(first, /<<>> @10.*\n; \(1 server found\)\n;; global options: \+cmd\n/);
    const last = run(dig, 'dig web.demo.svc.cluster.local @10.96.0.10', 'glibc').stdout;
    assert.match(last, /<<>> web.*\n;; global options: \+cmd\n/);
  });

  it('several names on one line have options of their own, one banner for all', () => {
    const line = 'dig +short web.demo.svc.cluster.local web.demo.svc.cluster.local AAAA';
    assert.equal(run(dig, line, 'glibc').stdout, '10.244.1.5\nfd00::5\n');
    const two = run(dig, 'dig web.demo.svc.cluster.local kubernetes.default', 'glibc').stdout;
    assert.deepEqual([two.split('<<>> DiG').length, two.split('Got answer').length], [2, 3]);
  });

  it('ANY and AXFR go over TCP; a refused transfer has failed', () => {
    assert.match(run(dig, 'dig ANY cluster.local', 'glibc').stdout, /\(TCP\)\n/);
    const axfr = run(dig, 'dig AXFR cluster.local', 'glibc');
    assert.match(axfr.stdout, /;; global options: \+cmd\n; Transfer failed\.\n$/);
    assert.equal(axfr.exitCode, 0);
  });

  it('sections and parts of them can be left out, columns move', () => {
    const line = 'dig +noall +answer +nottlid +nocl web.demo.svc.cluster.local';
    assert.equal(run(dig, line, 'glibc').stdout, 'web.demo.svc.cluster.local. A\t10.244.1.5\n');
    const bare = run(dig, 'dig +nocomments +nostats web.demo.svc.cluster.local', 'glibc').stdout;
    assert.match(bare, /\+cmd\n;web\.demo.*\tIN\tA\nweb\.demo.*\n$/);
  });

  it('+dnssec sets DO, +identify says who answered', () => {
    assert.match(
      run(dig, 'dig +dnssec web.demo.svc.cluster.local', 'glibc').stdout,
      /; EDNS: version: 0, flags: do; udp: 1232\n/,
    );
    assert.equal(
      run(dig, 'dig +short +identify web.demo.svc.cluster.local', 'glibc').stdout,
      '10.244.1.5 from server 10.96.0.10 in 0 ms.\n',
    );
  });

  it('a name with an empty label is not sent', () => {
    const { stderr, exitCode } = run(dig, 'dig a..b', 'glibc');
    assert.deepEqual([stderr, exitCode], ["dig: 'a..b' is not a legal name (empty label)\n", 10]);
  });
});

describe('host', () => {
  const rows: readonly { name: string; line: string; want: string; code?: number }[] = [
    {
      name: 'the search list, A and then AAAA; no MX is no line',
      line: 'host web',
      want: 'web.demo.svc.cluster.local has address 10.244.1.5\nweb.demo.svc.cluster.local has IPv6 address fd00::5\n',
    },
    {
      name: 'NXDOMAIN names what was typed',
      line: 'host nosuch.cluster.local.',
      want: 'Host nosuch.cluster.local. not found: 3(NXDOMAIN)\n',
      code: 1,
    },
    {
      name: 'by address',
      line: 'host 10.96.0.1',
      want: '1.0.96.10.in-addr.arpa domain name pointer kubernetes.default.svc.cluster.local.\n',
    },
    {
      name: 'a server on the command line is introduced',
      line: 'host -t A web 10.96.0.10',
      want: 'Using domain server:\nName: 10.96.0.10\nAddress: 10.96.0.10#53\nAliases: \n\nweb.demo.svc.cluster.local has address 10.244.1.5\n',
    },
    {
      name: 'one type without records',
      line: 'host -t MX web',
      want: 'web.demo.svc.cluster.local has no MX record\n',
    },
    {
      name: 'a type without words of its own',
      line: 'host -t SRV _https._tcp.kubernetes.default.svc.cluster.local.',
      want: '_https._tcp.kubernetes.default.svc.cluster.local has SRV record 0 100 443 kubernetes.default.svc.cluster.local.\n',
    },
    {
      name: 'a transfer that is refused',
      line: 'host -l cluster.local.',
      want: 'Host cluster.local not found: 5(REFUSED)\n; Transfer failed.\n',
      code: 1,
    },
  ];
  for (const { name, line, want, code = 0 } of rows) {
    it(name, () => {
      const result = run(host, line, 'glibc');
      assert.deepEqual([out(result), result.exitCode], [want, code]);
    });
  }

  it('-v says what it tries and what it hears', () => {
    const { stdout } = run(host, 'host -v -t A web', 'glibc');
    assert.match(
      stdout,
      /^Trying "web\.demo\.svc\.cluster\.local"\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: \d+\n;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0\n\n;; QUESTION SECTION:\n/,
    );
    assert.match(stdout, /\n\nReceived 86 bytes from 10\.96\.0\.10#53 in 0 ms\n$/);
  });

  it('two tries of 5 s when nobody answers, -W shortens them', () => {
    const result = run(host, 'host -W 1 -t A web.', 'glibc', 'demo', true);
    const line = ';; communications error to 10.96.0.10#53: timed out\n';
    assert.equal(out(result), `${line.repeat(2)};; no servers could be reached\n`);
    assert.deepEqual([result.exitCode, result.waitedMs], [1, 2000]);
  });
});

describe('getent', () => {
  it('hosts prints the canonical name; IPv6 wins when there is any', () => {
    assert.equal(
      out(run(getent, 'getent hosts kubernetes.default', 'glibc')),
      '10.96.0.1       kubernetes.default.svc.cluster.local\n',
    );
    assert.equal(
      out(run(getent, 'getent hosts web', 'glibc')),
      'fd00::5         web.demo.svc.cluster.local\n',
    );
    assert.equal(
      out(run(getent, 'getent hosts 10.96.0.1', 'glibc')),
      '10.96.0.1       kubernetes.default.svc.cluster.local\n',
    );
  });

  it('ahosts prints three rows per address; a miss exits 2 in silence', () => {
    assert.equal(
      out(run(getent, 'getent ahostsv4 web', 'glibc')),
      '10.244.1.5      STREAM web.demo.svc.cluster.local\n10.244.1.5      DGRAM  \n10.244.1.5      RAW    \n',
    );
    assert.deepEqual(run(getent, 'getent hosts nosuch', 'glibc').exitCode, 2);
    const two = run(getent, 'getent hosts nosuch kubernetes.default', 'glibc');
    assert.deepEqual([two.exitCode, two.stdout.split(' ')[0]], [2, '10.96.0.1']);
  });

  it('without a name it prints /etc/hosts as IPv4 is told; no database, its own words', () => {
    const rows = ['127.0.0.1       localhost', '127.0.0.1       localhost ip6-localhost'];
    const listed = `${[...rows, '10.244.1.7      client'].join('\n')}\n`;
    const help = "Try `getent --help' or `getent --usage' for more information.\n";
    assert.equal(out(run(getent, 'getent hosts', 'glibc')), listed);
    assert.equal(out(run(getent, 'getent ahosts', 'glibc')), listed);
    assert.equal(run(getent, 'getent foo', 'glibc').stderr, `Unknown database: foo\n${help}`);
    const none = run(getent, 'getent', 'glibc');
    assert.equal(none.stderr, `getent: wrong number of arguments\n${help}`);
    assert.match(run(getent, 'getent passwd', 'glibc').stderr, /passwd is not modelled/);
  });
});

describe('getent of Alpine', () => {
  const web = 'web.demo.svc.cluster.local';
  const rows = [
    { line: 'hosts web', prints: `fd00::5           ${web}  ${web} web\n` },
    { line: `hosts ${web}`, prints: `fd00::5           ${web}  ${web}\n` },
    { line: 'hosts localhost', prints: '::1               localhost  localhost\n' },
    { line: 'hosts 10.9.9.9', prints: '10.9.9.9          10.9.9.9  10.9.9.9\n' },
    {
      line: 'hosts 10.96.0.1',
      prints: `10.96.0.1         ${'kubernetes.default.svc.cluster.local  '.repeat(2).trimEnd()}\n`,
    },
    {
      line: 'ahostsv4 web',
      prints: `10.244.1.5      STREAM ${web}\n10.244.1.5      DGRAM  ${web}\n`,
    },
    {
      line: 'ahostsv6 web',
      prints: `fd00::5         STREAM ${web}\nfd00::5         DGRAM  ${web}\n`,
    },
    {
      line: 'ahostsv6 127.0.0.1',
      prints: '::ffff:127.0.0.1 STREAM 127.0.0.1\n::ffff:127.0.0.1 DGRAM  127.0.0.1\n',
    },
    {
      line: 'ahosts 10.9.9.9',
      prints: '10.9.9.9        STREAM 10.9.9.9\n10.9.9.9        DGRAM  10.9.9.9\n',
    },
    { line: 'hosts', prints: '' },
  ];
  for (const { line, prints } of rows) {
    it(`getent ${line}`, () => {
      assert.equal(out(run(getent, `getent ${line}`, 'musl')), prints);
    });
  }

  it('the first unknown name ends it; an unknown database has its usage', () => {
    const two = run(getent, 'getent hosts localhost nosuch web', 'musl');
    assert.deepEqual([two.exitCode, two.stdout], [2, '::1               localhost  localhost\n']);
    const usage =
      'Usage: getent database [key ...]\n\tdatabase may be one of:\n' +
      '\t\tethers group hosts ahosts ahostsv4 ahostsv6 networks\n' +
      '\t\tpasswd protocols services shadow shells\n';
    const { stderr, exitCode } = run(getent, 'getent foo', 'musl');
    const first = "getent: Unknown database `foo': No error information\n";
    assert.deepEqual([stderr, exitCode], [first + usage, 1]);
  });
});
