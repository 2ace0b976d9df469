// The access log: whose queries, which fields, which classes; lines compared with those of CoreDNS 1.12.1, 1.14.2, 1.14.7.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../../../api/input-error.ts';
import { type Lab, lab, namespace, service, TCP } from '../../fixture.test.ts';
import type { CoreDnsVersion } from '../../kubeadm/version.ts';

const objects = [
  namespace('default'),
  service('default/web', {
    clusterIP: '10.96.0.7',
    clusterIPs: ['10.96.0.7'],
    ports: [{ port: 80 }],
  }),
];
const block = (...lines: readonly string[]) =>
  `.:53 {\n${[...lines, 'kubernetes cluster.local'].map((line) => `  ${line}\n`).join('')}}\n`;
const web = 'web.default.svc.cluster.local';
const edns = { udpSize: 1232, version: 0, dnssecOk: true, options: [] };

interface Row {
  readonly name: string;
  readonly log: readonly string[];
  readonly version?: CoreDnsVersion;
  readonly ask: Parameters<Lab['ask']>;
  readonly want: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: 'the default line',
    log: ['log'],
    ask: [`${web} A`],
    want: [`[INFO] 10.244.1.7:40000 - 4711 "A IN ${web}. udp 47 false 512" NOERROR qr,aa,rd 92 0s`],
  },
  {
    name: 'the size of the answer is that before OPT; the buffer is the one of EDNS, 65535 over TCP',
    log: ['log . "{proto} {size} {>do} {>bufsize} {rsize}"'],
    ask: [`${web} A`, { edns }],
    want: ['[INFO] udp 58 true 1232 92'],
  },
  {
    name: 'over TCP',
    log: ['log . "{proto} {>bufsize}"'],
    ask: [`${web} A`, { proto: TCP }],
    want: ['[INFO] tcp 65535'],
  },
  {
    name: '{combined} adds the opcode',
    log: ['log . {combined}'],
    ask: ['x.cluster.local A'],
    want: [
      '[INFO] 10.244.1.7:40000 - 4711 "A IN x.cluster.local. udp 33 false 512" NXDOMAIN qr,aa,rd 126 0s "0"',
    ],
  },
  {
    name: 'fields inside of braces, unknown fields and lone brackets stay [q]',
    log: ['log . "X {/x} {foo} { {type} } } {name} {>opcode} {>id"'],
    ask: [`${web} A`],
    want: [`[INFO] X - {foo} { A } } ${web}. 0 {>id`],
  },
  {
    name: 'the first scope that holds the name wins, also when its class says no',
    log: ['log web.default.svc.cluster.local {', '  class error', '}', 'log'],
    ask: [`${web} A`],
    want: [],
  },
  { name: 'no scope holds the name', log: ['log example.org'], ask: [`${web} A`], want: [] },
  {
    name: 'a lone argument is a name even with braces [q]',
    log: ['log {name}'],
    ask: [`${web} A`],
    want: [],
  },
  {
    name: 'class denial takes NODATA',
    log: ['log . "{type}" {', '  class denial error', '}'],
    ask: [`${web} TXT`],
    want: ['[INFO] TXT'],
  },
  {
    name: 'class denial leaves out answers',
    log: ['log . "{type}" {', '  class denial error', '}'],
    ask: [`${web} A`],
    want: [],
  },
  {
    name: 'before 1.14.5 what nobody wrote has no rcode and no flags',
    log: ['log . "{rcode} {>rflags} {rsize}"'],
    ask: ['example.org A'],
    want: ['[INFO] - - 0'],
  },
  {
    name: 'from 1.14.5 on it has those of what the server writes',
    log: ['log . "{rcode} {>rflags} {rsize}"'],
    version: '1.14.7',
    ask: ['example.org A'],
    want: ['[INFO] SERVFAIL qr,rd 29'],
  },
  {
    name: 'type and class of the answer are metadata from 1.14.2 on',
    log: ['metadata', 'log . "{/log/type} {/log/class}"'],
    version: '1.14.2',
    ask: [`${web} TXT`],
    want: ['[INFO] NODATA denial'],
  },
  {
    name: 'without metadata there are none',
    log: ['log . "{/log/type}"'],
    version: '1.14.2',
    ask: [`${web} TXT`],
    want: ['[INFO] -'],
  },
];
const local = { code: 0xffee, bytes: Uint8Array.of(1) };
const inPlace: readonly Row[] = [
  {
    name: 'the type is what a rewrite has made of it, the name is not [q]',
    log: [
      'log . "{type} {name} {class}"',
      'rewrite continue type A TXT',
      `rewrite name ${web} a.b`,
    ],
    ask: [`${web} A`],
    want: [`[INFO] TXT ${web}. IN`],
  },
  {
    name: 'the size is that without the options that a reply does not give back [q]',
    log: ['log . "{size}"'],
    ask: [`${web} A`, { edns: { ...edns, options: [local] } }],
    want: ['[INFO] 58'],
  },
  {
    name: 'with them where nobody has answered',
    log: ['log . "{size}"'],
    ask: ['a.b A', { edns: { ...edns, options: [local] } }],
    want: ['[INFO] 37'],
  },
  {
    name: 'types and classes by the words of miekg/dns; ANY is a type',
    log: ['chaos', 'log . "{type} {class}"'],
    ask: [`${web} TYPE57`, { class: 255 }],
    want: ['[INFO] RKEY CLASS255'],
  },
];
for (const { name, log, version, ask, want } of [...rows, ...inPlace]) {
  test(`log: ${name}`, () => {
    const given = version === undefined ? {} : { version };
    const one = lab(objects, { corefile: block(...log), ...given });
    one.ask(...ask);
    assert.deepEqual(one.logs, want);
  });
}

test('log: the duration is virtual', () => {
  const exchange = () => ({ kind: 'timeout', elapsedMs: 1500 }) as const;
  const corefile = '.:53 {\n log . "{name} {duration}"\n forward . 10.9.9.9\n}\n';
  const one = lab([], { corefile, exchange });
  one.ask('example.org A');
  assert.deepEqual(one.logs, ['[INFO] example.org. 6s']);
});

const mistakes = [
  ['log {\n class\n}', "Wrong argument count or unexpected line ending after 'class'"],
  ['log {\n class x\n}', 'plugin/log: invalid Class: x'],
  ['log {\n y\n}', "Wrong argument count or unexpected line ending after 'y'"],
] as const;
for (const [text, want] of mistakes) {
  test(`log: ${JSON.stringify(text)} is refused`, () => {
    assert.throws(
      () => lab([], { corefile: `.:53 {\n${text}\n}\n` }),
      (error) => error instanceof InputError && error.message.includes(want),
    );
  });
}
