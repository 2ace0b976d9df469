// What a sync changes in the kernel's table, given what it held before. Rows named H are upstream's
// tests, C1 the fact sheet's; names of the log are fake-ipvs's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { service, slice } from '../../../test/arbitraries/proxy-objects.ts';
import { addr } from '../../net/addr.ts';
import { cidr } from '../../net/cidr.ts';
import { testNodeWith } from './node.fixture.ts';

const vip = '172.30.0.41:80/TCP';
const web = service('ns/web', { clusterIP: '172.30.0.41' });
const udp = service('ns/web', {
  clusterIP: '172.30.0.41',
  ports: [{ name: 'p80', port: 80, protocol: 'UDP' }],
});
const udpPorts = { ports: [{ name: 'p80', port: 80, protocol: 'UDP' }] };
const eps = (...ips: readonly string[]) => slice('ns/web', ips);

test('C1 real servers are added in order of their text, so the last stands at the head', () => {
  const node = testNodeWith();
  node.sync(web, eps('10.180.0.10', '10.180.0.2', '10.180.0.1'));
  assert.deepEqual(node.ipvs.lines(), [
    `${vip} rr`,
    '  10.180.0.2:80 1',
    '  10.180.0.1:80 1',
    '  10.180.0.10:80 1',
  ]);
  assert.deepEqual(node.dummy(), ['172.30.0.41']);
});

test('C1 a second sync with the same objects changes nothing', () => {
  const node = testNodeWith();
  node.sync(web, eps('10.180.0.1'));
  assert.deepEqual(node.sync(web, eps('10.180.0.1')), []);
});

test('C1 an idle TCP server goes at once, one with connections at weight 0 a minute at a time', () => {
  const node = testNodeWith();
  node.sync(web, eps('10.180.0.1', '10.180.0.2', '10.180.0.3'));
  node.ipvs.active.set('10.180.0.1:80', 1);
  assert.deepEqual(node.sync(web, eps('10.180.0.3')), [
    `update ${vip} 10.180.0.1:80 0`,
    `delete ${vip} 10.180.0.2:80`,
  ]);
  assert.deepEqual(node.timers(), ['graceful 60000']);
  assert.deepEqual(node.pass(60_000), []);
  node.ipvs.active.clear();
  assert.deepEqual(node.pass(59_999), []);
  assert.deepEqual(node.pass(1), [`delete ${vip} 10.180.0.1:80`]);
  assert.deepEqual(node.timers(), []);
});

test('C1 the minute counts from the start of the process', () => {
  const node = testNodeWith();
  node.sync(web, eps('10.180.0.1', '10.180.0.2'));
  node.pass(75_000);
  node.ipvs.active.set('10.180.0.1:80', 1);
  node.sync(web, eps('10.180.0.2'));
  assert.deepEqual(node.timers(), ['graceful 45000']);
});

test('C1 a UDP server goes at once whatever it holds', () => {
  const node = testNodeWith();
  node.sync(udp, slice('ns/web', ['10.180.0.1', '10.180.0.2'], udpPorts));
  node.ipvs.active.set('10.180.0.1:80', 9);
  assert.deepEqual(node.sync(udp, slice('ns/web', ['10.180.0.2'], udpPorts)), [
    'delete 172.30.0.41:80/UDP 10.180.0.1:80',
  ]);
});

test('C1 an endpoint that comes back is deleted and added anew, at the head', () => {
  const node = testNodeWith();
  node.sync(web, eps('10.180.0.1', '10.180.0.2'));
  node.ipvs.active.set('10.180.0.1:80', 1);
  node.sync(web, eps('10.180.0.2'));
  assert.deepEqual(node.sync(web, eps('10.180.0.1', '10.180.0.2')), [
    `delete ${vip} 10.180.0.1:80`,
    `add ${vip} 10.180.0.1:80 1`,
  ]);
  assert.deepEqual(node.ipvs.lines().slice(1), ['  10.180.0.1:80 1', '  10.180.0.2:80 1']);
});

test('H38 Test_syncEndpoint_updateWeightsOnRestart: the first sync of a process sets weights to 1, and lets go of the rest again', () => {
  const node = testNodeWith();
  node.sync(web, eps('10.180.0.1', '10.180.0.2', '10.180.0.3'));
  for (const ip of ['10.180.0.1:80', '10.180.0.2:80']) node.ipvs.active.set(ip, 1);
  node.sync(web, eps('10.180.0.3'));
  node.restart();
  assert.deepEqual(node.sync(web, eps('10.180.0.1', '10.180.0.3')), [
    `update ${vip} 10.180.0.1:80 1`,
    `update ${vip} 10.180.0.3:80 1`,
    `update ${vip} 10.180.0.2:80 0`,
  ]);
  assert.deepEqual(node.sync(web, eps('10.180.0.1', '10.180.0.3')), []);
});

test('TestCleanLegacyService C1 a Service that goes takes its virtual servers and addresses along', () => {
  const node = testNodeWith();
  const other = service('ns/other', { clusterIP: '172.30.0.42' });
  node.sync(web, eps('10.180.0.1'), other);
  assert.deepEqual(node.sync(other), [`delete ${vip}`]);
  assert.deepEqual(node.dummy(), ['172.30.0.42']);
});

test('C1 a Service that returns while an old server of its ran dry loses it for one period', () => {
  const node = testNodeWith({ minor: 33 });
  node.sync(web, eps('10.180.0.1', '10.180.0.2'));
  node.ipvs.active.set('10.180.0.1:80', 1);
  node.sync(web, eps('10.180.0.2'));
  node.sync();
  node.ipvs.active.clear();
  node.pass(10_000);
  node.sync(web, eps('10.180.0.1', '10.180.0.2'));
  assert.deepEqual(node.timers(), ['graceful 50000', 'sync 30000']);
  assert.deepEqual(node.pass(30_000), [
    `delete ${vip} 10.180.0.1:80`,
    `add ${vip} 10.180.0.1:80 1`,
  ]);
  assert.deepEqual(node.pass(3_600_000), []);
});

test('Test_syncService C1 C5 affinity and scheduler are changed in place; mh takes the source port too', () => {
  const node = testNodeWith();
  node.sync(web, eps('10.180.0.1'));
  const sticky = service('ns/web', {
    clusterIP: '172.30.0.41',
    sessionAffinity: 'ClientIP',
    sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
  });
  assert.deepEqual(node.sync(sticky, eps('10.180.0.1')), [`update ${vip} rr persistent 60`]);
  assert.deepEqual(node.sync(web, eps('10.180.0.1')), [`update ${vip} rr`]);
  node.restart({ ipvs: { ...node.config().ipvs, scheduler: 'mh' } });
  assert.deepEqual(node.sync(web, eps('10.180.0.1')), [`update ${vip} mh flag-2`]);
});

test('TestCleanLegacyRealServersExcludeCIDRs C1 virtual servers of others go, those in excludeCIDRs and of the other family stay', () => {
  const node = testNodeWith({
    ipvs: { ...testNodeWith().config().ipvs, excludeCIDRs: [cidr('192.0.2.0/24')] },
  });
  for (const text of ['198.51.100.7', '192.0.2.7', 'fd00::7']) {
    const key = { proto: 6, addr: addr(text), port: 80 } as const;
    node.ipvs.addService({ ...key, scheduler: 'wlc', flags: [], persistence: null });
  }
  assert.deepEqual(node.sync(), ['delete 198.51.100.7:80/TCP']);
});

test('C1 two Services with one external IP undo each other; the last one has it', () => {
  const node = testNodeWith();
  const at = (name: string, clusterIP: string) =>
    service(name, { clusterIP, externalIPs: ['192.0.2.9'] });
  const objects = [
    at('ns/a', '172.30.0.41'),
    slice('ns/a', ['10.180.0.1']),
    at('ns/b', '172.30.0.42'),
    slice('ns/b', ['10.180.0.2']),
  ];
  node.sync(...objects);
  assert.deepEqual(node.ipvs.lines(), [
    '172.30.0.41:80/TCP rr',
    '  10.180.0.1:80 1',
    '192.0.2.9:80/TCP rr',
    '  10.180.0.2:80 1',
    '172.30.0.42:80/TCP rr',
    '  10.180.0.2:80 1',
  ]);
  assert.deepEqual(node.sync(...objects), [
    'add 192.0.2.9:80/TCP 10.180.0.1:80 1',
    'delete 192.0.2.9:80/TCP 10.180.0.2:80',
    'add 192.0.2.9:80/TCP 10.180.0.2:80 1',
    'delete 192.0.2.9:80/TCP 10.180.0.1:80',
  ]);
});

test('C1 an address that another device has is served but not put on kube-ipvs0', () => {
  const node = testNodeWith({}, 4, [addr('192.168.0.2'), addr('192.0.2.9')]);
  node.sync(service('ns/web', { clusterIP: '172.30.0.41', externalIPs: ['192.0.2.9'] }));
  assert.deepEqual(node.ipvs.lines(), [`${vip} rr`, '192.0.2.9:80/TCP rr']);
  assert.deepEqual(node.dummy(), ['172.30.0.41']);
});

test('C1 sysctls, and strictARP on request', () => {
  const node = testNodeWith();
  node.sync();
  assert.deepEqual(node.sysctls, {
    'net/ipv4/ip_forward': '1',
    'net/ipv4/vs/conntrack': '1',
    'net/ipv4/vs/expire_nodest_conn': '1',
    'net/ipv4/vs/expire_quiescent_template': '1',
  });
  assert.deepEqual(node.ipvs.sysctls, {
    conntrack: true,
    connReuseMode: 1,
    expireNodestConn: true,
    expireQuiescentTemplate: true,
    sloppyTcp: false,
  });
  node.restart({ ipvs: { ...node.config().ipvs, strictARP: true, udpTimeoutMs: 20_000 } });
  node.sync();
  const strict = Object.entries(node.sysctls).filter(([path]) => path.includes('arp'));
  assert.deepEqual(strict, [
    ['net/ipv4/conf/all/arp_ignore', '1'],
    ['net/ipv4/conf/all/arp_announce', '2'],
  ]);
  assert.deepEqual(node.ipvs.timeouts, { tcp: 900, tcpFin: 120, udp: 20 });
});

for (const { kernelVersion, sysctl, want } of [
  { kernelVersion: '5.9.0', sysctl: undefined, want: 1 },
  { kernelVersion: '5.8.18', sysctl: '0', want: 0 },
  { kernelVersion: '4.1.0', sysctl: '0', want: 0 },
  { kernelVersion: '3.10.0', sysctl: undefined, want: 0 },
]) {
  test(`C1 conn_reuse_mode on Linux ${kernelVersion}`, () => {
    const node = testNodeWith({ kernelVersion });
    node.sync();
    assert.equal(node.sysctls['net/ipv4/vs/conn_reuse_mode'], sysctl);
    assert.equal(node.ipvs.sysctls.connReuseMode, want);
  });
}

test('TestCleanupLeftovers C1 cleaning up leaves no virtual server and no device', () => {
  const node = testNodeWith();
  node.sync(web, eps('10.180.0.1'));
  node.cleanUp();
  assert.deepEqual(node.ipvs.lines(), []);
  assert.deepEqual(node.dummy(), []);
});

test('C1 a front end that two Services shared is put right when one of them goes', () => {
  const node = testNodeWith();
  const a = service('ns/a', { clusterIP: '172.30.0.41', externalIPs: ['192.0.2.9'] });
  const b = service('ns/b', { clusterIP: '172.30.0.42', externalIPs: ['192.0.2.9'] });
  const endpoint = slice('ns/a', ['10.180.0.1']);
  node.sync(a, endpoint, b, slice('ns/b', ['10.180.0.2']));
  assert.deepEqual(node.sync(a, endpoint), [
    'add 192.0.2.9:80/TCP 10.180.0.1:80 1',
    'delete 192.0.2.9:80/TCP 10.180.0.2:80',
    'delete 172.30.0.42:80/TCP',
  ]);
});
