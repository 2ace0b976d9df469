// Listings against what ipvsadm 1.31 printed on Linux 6.1 (fact sheet corrections C), byte for byte.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Addr, addr } from '../../net/addr.ts';
import { noPayload, type Packet, type Proto, SCTP, TCP, UDP } from '../../net/packet.ts';
import { seeded } from '../../sim/choices.ts';
import { inward, outward } from './packets.ts';
import {
  listConnections,
  listServices,
  listStats,
  listTimeouts,
  procText,
  saveServices,
} from './print.ts';
import type { ServiceFlag, ServiceKey, VirtualService } from './service.ts';
import { createIpvs, type IpvsTable } from './table.ts';

interface Wanted {
  readonly at: string;
  readonly proto?: Proto;
  readonly scheduler?: string;
  readonly flags?: readonly ServiceFlag[];
  readonly persistent?: number;
  readonly bits?: number;
  readonly servers?: readonly string[];
  readonly weight?: number;
}

function ends(text: string): { readonly addr: Addr; readonly port: number } {
  const at = text.lastIndexOf(':');
  return { addr: addr(text.slice(0, at).replace(/[[\]]/g, '')), port: Number(text.slice(at + 1)) };
}

function table(...services: readonly Wanted[]): IpvsTable {
  const ipvs = createIpvs();
  for (const wanted of services) {
    const { at, proto = TCP, scheduler = 'rr', flags = [], persistent, servers = [] } = wanted;
    const key = { proto, ...ends(at) };
    const bits = wanted.bits ?? (typeof key.addr === 'number' ? 32 : 128);
    const persistence = persistent === undefined ? null : { timeoutSeconds: persistent, bits };
    assert.equal(ipvs.addService({ ...key, scheduler, flags, persistence }), null);
    for (const server of servers) {
      ipvs.addDestination(key, { ...ends(server), weight: wanted.weight ?? 1 }, 0);
    }
  }
  return ipvs;
}

const head = [
  'IP Virtual Server version 1.2.1 (size=4096)',
  'Prot LocalAddress:Port Scheduler Flags',
  '  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn',
];

function text(...lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

test('C4: services and servers by the signed difference of their addresses: 172.x before 1.x', () => {
  const ipvs = table(
    { at: '1.2.3.4:80', servers: ['10.180.0.2:80'] },
    { at: '5.6.7.8:80', persistent: 10800, servers: ['10.180.0.3:80'] },
    { at: '192.168.99.22:80' },
    { at: '192.168.0.2:3002', persistent: 10800 },
    { at: '192.168.0.2:3001' },
    { at: '172.30.0.46:80' },
    { at: '172.30.0.44:80', servers: ['10.180.0.5:80', '10.180.0.4:80'] },
    { at: '172.30.0.41:80', servers: ['10.180.0.1:80'] },
  );
  assert.equal(
    listServices([ipvs], 0),
    text(
      ...head,
      'TCP  172.30.0.41:80 rr',
      '  -> 10.180.0.1:80                Masq    1      0          0         ',
      'TCP  172.30.0.44:80 rr',
      '  -> 10.180.0.4:80                Masq    1      0          0         ',
      '  -> 10.180.0.5:80                Masq    1      0          0         ',
      'TCP  172.30.0.46:80 rr',
      'TCP  192.168.0.2:3001 rr',
      'TCP  192.168.0.2:3002 rr persistent 10800',
      'TCP  192.168.99.22:80 rr',
      'TCP  1.2.3.4:80 rr',
      '  -> 10.180.0.2:80                Masq    1      0          0         ',
      'TCP  5.6.7.8:80 rr persistent 10800',
      '  -> 10.180.0.3:80                Masq    1      0          0         ',
    ),
  );
});

const forms = table(
  { at: '1.2.3.4:80', scheduler: 'mh', flags: ['flag-2'] },
  { at: '1.2.3.4:81', scheduler: 'mh', flags: ['flag-1', 'flag-2'], persistent: 360, bits: 24 },
  { at: '1.2.3.4:82', scheduler: 'wrr', flags: ['flag-2'], servers: ['10.0.0.3:80'], weight: 5 },
  { at: '172.30.0.10:53', proto: SCTP, servers: ['10.180.0.9:5353'] },
  { at: '172.30.0.10:53', proto: UDP },
);
const six = table({
  at: '[fd00:10:96::1]:443',
  persistent: 10800,
  servers: ['[fd00:10:244::5]:6443'],
});

test('C4: flags, masks, protocols, IPv6', () => {
  assert.equal(
    listServices([forms, six], 0),
    text(
      ...head,
      'TCP  1.2.3.4:80 mh (mh-port)',
      'TCP  1.2.3.4:81 mh (mh-fallback,mh-port) persistent 360 mask 255.255.255.0',
      'TCP  1.2.3.4:82 wrr (flag-2)',
      '  -> 10.0.0.3:80                  Masq    5      0          0         ',
      'UDP  172.30.0.10:53 rr',
      'SCTP 172.30.0.10:53 rr',
      '  -> 10.180.0.9:5353              Masq    1      0          0         ',
      'TCP  [fd00:10:96::1]:443 rr persistent 10800',
      '  -> [fd00:10:244::5]:6443        Masq    1      0          0         ',
    ),
  );
});

test('C4: -Sn, in the order of -Ln', () => {
  assert.equal(
    saveServices([forms, six]),
    text(
      '-A -t 1.2.3.4:80 -s mh -b mh-port',
      '-A -t 1.2.3.4:81 -s mh -p 360 -M 255.255.255.0 -b mh-fallback,mh-port',
      '-A -t 1.2.3.4:82 -s wrr -b flag-2',
      '-a -t 1.2.3.4:82 -r 10.0.0.3:80 -m -w 5',
      '-A -u 172.30.0.10:53 -s rr',
      '-A --sctp-service 172.30.0.10:53 -s rr',
      '-a --sctp-service 172.30.0.10:53 -r 10.180.0.9:5353 -m -w 1',
      '-A -t [fd00:10:96::1]:443 -s rr -p 10800',
      '-a -t [fd00:10:96::1]:443 -r [fd00:10:244::5]:6443 -m -w 1',
    ),
  );
});

test('C4: nothing loaded; one service; time-outs', () => {
  assert.equal(listServices([createIpvs()], 0), text(...head));
  const only: ServiceKey = { proto: UDP, ...ends('172.30.0.10:53') };
  assert.equal(
    listServices([forms, six], 0, only),
    text(...head.slice(1), 'UDP  172.30.0.10:53 rr'),
  );
  assert.equal(listTimeouts(forms), 'Timeout (tcp tcpfin udp): 900 120 300\n');
});

/** A connection that has exchanged a message of 0 and 19 bytes and been closed by the client, or is still open. */
function talk(ipvs: IpvsTable, client: string, virtual: string, isOpen: boolean): void {
  const from = ends(client);
  const to = ends(virtual);
  const common = { family: 4, proto: TCP, mark: 0, icmp: null } as const;
  const size = (n: number) => (n === 0 ? noPayload : new Uint8Array(n));
  const there = (flags: number, bytes = 0): Packet => {
    const ports = { sport: from.port, dport: to.port };
    const packet = {
      ...common,
      src: from.addr,
      dst: to.addr,
      ...ports,
      flags,
      payload: size(bytes),
    };
    inward(ipvs, packet, { choices: seeded(1), nowMs: 500, hasOldFlow: false });
    return packet;
  };
  const first = there(2);
  const back = (flags: number, bytes = 0) => {
    const ports = { sport: first.dport, dport: from.port };
    const ways = { src: first.dst, dst: from.addr, ...ports };
    outward(ipvs, { ...common, ...ways, flags, payload: size(bytes) }, 500);
  };
  back(18);
  there(16);
  if (isOpen) return;
  there(17);
  back(17, 19);
  there(16);
}

test('C4: counts, bytes and connections as they were measured', () => {
  const ipvs = table({ at: '10.96.7.1:80', servers: ['10.244.1.6:8080', '10.244.1.5:8080'] });
  talk(ipvs, '203.0.113.1:45297', '10.96.7.1:80', false);
  talk(ipvs, '203.0.113.1:38917', '10.96.7.1:80', true);
  assert.equal(
    listStats([ipvs], 1000),
    text(
      'IP Virtual Server version 1.2.1 (size=4096)',
      'Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes',
      '  -> RemoteAddress:Port',
      'TCP  10.96.7.1:80                        2        6        3      328      191',
      '  -> 10.244.1.5:8080                     1        4        2      216      131',
      '  -> 10.244.1.6:8080                     1        2        1      112       60',
    ),
  );
  assert.equal(
    listConnections([ipvs], 1000),
    text(
      'IPVS connection entries',
      'pro expire state       source             virtual            destination',
      'TCP 01:59  TIME_WAIT   203.0.113.1:45297  10.96.7.1:80       10.244.1.5:8080',
      'TCP 14:59  ESTABLISHED 203.0.113.1:38917  10.96.7.1:80       10.244.1.6:8080',
    ),
  );
  assert.equal(
    procText([ipvs], 1000),
    text(
      'IP Virtual Server version 1.2.1 (size=4096)',
      'Prot LocalAddress:Port Scheduler Flags',
      '  -> RemoteAddress:Port Forward Weight ActiveConn InActConn',
      'TCP  0A600701:0050 rr  ',
      '  -> 0AF40105:1F90      Masq    1      0          1         ',
      '  -> 0AF40106:1F90      Masq    1      1          0         ',
    ),
  );
});

test('C4: a persistence template is listed with source port 0', () => {
  const ipvs = table({ at: '10.96.8.1:80', persistent: 6, servers: ['10.244.1.7:8080'] });
  talk(ipvs, '203.0.113.1:5', '10.96.8.1:80', true);
  const [, , , template] = listConnections([ipvs], 1000).split('\n');
  const [, , second] = listConnections([ipvs], 1000).split('\n');
  const want = 'TCP 00:05  ASSURED     203.0.113.1:0      10.96.8.1:80       10.244.1.7:8080';
  assert.ok([second, template].includes(want));
  const line = procText([ipvs], 0).split('\n')[3];
  assert.equal(line, 'TCP  0A600801:0050 rr  persistent 1500 FFFFFFFF');
});

test('what the kernel refuses, in the words of ipvsadm', () => {
  const ipvs = table({ at: '1.2.3.4:80', servers: ['10.0.0.1:80'] });
  const end = ends('1.2.3.4:80');
  const common = { scheduler: 'rr', flags: [], persistence: null };
  const rr: VirtualService = { proto: TCP, ...end, ...common };
  const other = { ...rr, port: 81 };
  const known = { ...ends('10.0.0.1:80'), weight: 1 };
  const unknown = { ...ends('10.0.0.2:80'), weight: 1 };
  assert.equal(ipvs.addService(rr), 'Service already exists');
  assert.equal(ipvs.updateService(other), 'No such service');
  assert.equal(ipvs.deleteService(other), 'No such service');
  const missing = 'Scheduler or persistence engine not found';
  assert.equal(ipvs.addService({ ...other, scheduler: 'foo' }), missing);
  assert.equal(ipvs.addDestination(rr, known, 0), 'Destination already exists');
  assert.equal(ipvs.addDestination(other, known, 0), 'No such service');
  assert.equal(ipvs.updateDestination(rr, unknown), 'No such destination');
  assert.equal(ipvs.deleteDestination(rr, unknown), 'No such destination');
});
