// ip addr, and the tools of a node, by what they print.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../net/addr.ts';
import type { DeviceView } from './ip.ts';
import type { ProcessContext } from './process.ts';
import { runCommand } from './programs.ts';

const devices: readonly DeviceView[] = [
  { name: 'lo', kind: 'loopback', addresses: [{ address: addr('127.0.0.1'), bits: 8 }] },
  {
    name: 'eth0',
    kind: 'port',
    addresses: [
      { address: addr('192.168.0.2'), bits: 24 },
      { address: addr('fd00::2'), bits: 64 },
    ],
  },
  { name: 'kube-ipvs0', kind: 'dummy', addresses: [{ address: addr('10.96.0.1'), bits: 32 }] },
];
const pod = { machine: 'pod/a/b', devices: () => devices } as unknown as ProcessContext;
const kernel: ProcessContext['kernel'] = (request) => {
  const form = 'form' in request ? request.form : '';
  return { kind: 'text', text: `<${request.kind} ${form}>\n`, exitCode: 0 };
};
const node = { ...pod, machine: 'node/n', print: () => '', kernel } as ProcessContext;

const rows = [
  {
    line: 'ip -4 addr show dev eth0',
    want: `2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default
    link/ether MAC brd ff:ff:ff:ff:ff:ff
    inet 192.168.0.2/24 brd 192.168.0.255 scope global eth0
       valid_lft forever preferred_lft forever
`,
  },
  {
    line: 'ip a show kube-ipvs0',
    want: `3: kube-ipvs0: <BROADCAST,NOARP> mtu 1500 qdisc noop state DOWN group default
    link/ether MAC brd ff:ff:ff:ff:ff:ff
    inet 10.96.0.1/32 scope global kube-ipvs0
       valid_lft forever preferred_lft forever
`,
  },
  {
    line: 'ip -br addr',
    want: `lo               UNKNOWN        127.0.0.1/8
eth0             UP             192.168.0.2/24 fd00::2/64
kube-ipvs0       DOWN           10.96.0.1/32
`,
  },
] as const;

for (const { line, want } of rows) {
  test(`${line}`, () => {
    const { stdout } = runCommand(line.split(' '), pod);
    assert.equal(stdout.replaceAll(/02(:[0-9a-f]{2}){5}/g, 'MAC').replaceAll(/ +$/gm, ''), want);
  });
}

test('what ip does not know it says', () => {
  assert.match(runCommand(['ip', 'route'], pod).stderr, /^ip: not modelled: ip route/);
  assert.equal(
    runCommand(['ip', 'addr', 'show', 'eth7'], pod).stderr,
    'Device "eth7" does not exist.\n',
  );
});

test('tools that read the kernel are there on nodes alone, as far as they are known', () => {
  assert.equal(runCommand(['ipvsadm', '-Ln'], node).stdout, '<ipvs services>\n');
  assert.match(runCommand(['ipvsadm', '-C'], node).stderr, /not modelled: -C\nknown: ipvsadm/);
  assert.equal(runCommand(['ipvsadm', '-Ln'], pod).exitCode, 127);
});
