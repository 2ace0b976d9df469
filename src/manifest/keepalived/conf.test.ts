// keepalived.conf: what is read, what it means by default, and each mistake at its line and column of the Cluster document.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InputError } from '../../api/input-error.ts';
import type { KeepalivedConf } from '../../api/keepalived.ts';
import { addr, formatAddr } from '../../net/addr.ts';
import { parseManifests } from '../parse.ts';
import { readKeepalived } from './conf.ts';
import { keywords } from './keywords.table.ts';

/** Reads a text as it stands in a document: four columns in, from line 3 on. */
function read(text: string, ip = '192.168.66.21'): KeepalivedConf {
  const indented = text.replace(/^(?=.)/gm, '    ');
  const [document] = parseManifests(
    `apiVersion: v1\nkind: X\nkeepalived: |\n${indented}\n`,
    'lab.yaml',
  ).documents;
  if (document === undefined) throw new Error('no document');
  const written = String(document.object['keepalived']);
  return readKeepalived(written, addr(ip), document.source, 'keepalived');
}

const instance = (more = '') => `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        192.168.66.100/24 dev eth0 label eth0:1
    }
${more}
}`;
const server = (more = '', check = '') => `virtual_server 192.168.66.100 80 {
    lb_algo rr
    lb_kind NAT
    protocol TCP
${more}
    real_server 192.168.66.11 30080 {
        weight 3
${check}
    }
}`;

describe('keepalived.conf', () => {
  it('an instance with nothing said has the defaults of keepalived', () => {
    const [one] = read(`! a comment\n${instance()} # another`).instances;
    assert.deepEqual(
      {
        ...one,
        virtualAddresses: one?.virtualAddresses.map((v) => `${formatAddr(v.addr)}/${v.bits}`),
      },
      {
        name: 'VI_1',
        version: 2,
        virtualRouterId: 51,
        priority: 100,
        state: 'BACKUP',
        advertMs: 1000,
        downTimerAdverts: 3,
        preempt: true,
        preemptDelayMs: 0,
        garpDelayMs: 5000,
        garpRefreshMs: 0,
        garpLowerPrio: true,
        lowerPrioNoAdvert: false,
        higherPrioSendAdvert: false,
        authentication: '',
        virtualAddresses: ['192.168.66.100/24'],
        unicastPeers: [],
        position: { file: 'lab.yaml', line: 5, column: 5 },
      },
    );
  });
  it('state MASTER without a priority is 255; version 3 takes hundredths; nopreempt, quotes, globals', () => {
    assert.equal(read(instance('state MASTER')).instances[0]?.priority, 255);
    assert.equal(read(instance('version 3\nadvert_int 0.25')).instances[0]?.advertMs, 250);
    assert.equal(read(`global_defs {\nvrrp_version 3\n}\n${instance()}`).instances[0]?.version, 3);
    assert.equal(read(instance('nopreempt')).instances[0]?.preempt, false);
    assert.equal(
      read(instance('authentication {\nauth_type PASS\nauth_pass "123456789 !"\n}')).instances[0]
        ?.authentication,
      'PASS 12345678',
    );
    // A brace in quotes is text, not the end of a block.
    assert.equal(
      read(instance('authentication {\nauth_type PASS\nauth_pass "}{"\n}')).instances[0]
        ?.authentication,
      'PASS }{',
    );
  });
  it('what an instance does not say, the global definitions say', () => {
    const globals = `global_defs {
    vrrp_down_timer_adverts 5
    vrrp_garp_lower_prio_repeat 0
    vrrp_lower_prio_no_advert
    vrrp_higher_prio_send_advert true
}`;
    const own =
      'down_timer_adverts 2\ngarp_lower_prio_repeat 1\nlower_prio_no_advert off\nhigher_prio_send_advert off';
    for (const [more, want] of [
      ['', [5, false, true, true]],
      [own, [2, true, false, false]],
    ] as const) {
      const [one] = read(`${globals}\n${instance(more)}`).instances;
      assert.deepEqual(
        [
          one?.downTimerAdverts,
          one?.garpLowerPrio,
          one?.lowerPrioNoAdvert,
          one?.higherPrioSendAdvert,
        ],
        want,
      );
    }
  });
  it('IPv6 is version 3 unless the instance says otherwise, IPv4 the global one', () => {
    const six = (more: string) => instance(more).replace('192.168.66.100/24', 'fd00::100/64');
    const rows: readonly (readonly [string, string, string, number])[] = [
      ['', '', '192.168.66.21', 2],
      ['3', '', '192.168.66.21', 3],
      ['3', 'version 2', '192.168.66.21', 2],
      ['', '', 'fd00::21', 3],
      ['2', '', 'fd00::21', 3],
      ['', 'version 2', 'fd00::21', 2],
    ];
    for (const [global, own, ip, want] of rows) {
      const globals = global === '' ? '' : `global_defs {\nvrrp_version ${global}\n}\n`;
      const text = `${globals}${ip.includes(':') ? six(own) : instance(own)}`;
      assert.equal(read(text, ip).instances[0]?.version, want, text);
    }
  });
  it('what a check does not say, its real server says, or the virtual server', () => {
    const [one] = read(
      server(
        'delay_loop 6\nretry 4\npersistence_timeout 120\npersistence_granularity 255.255.255.0',
        'connect_timeout 2\nTCP_CHECK {\nretry 2\nconnect_port 10256\n}\nHTTP_GET {\nurl {\npath /healthz\nstatus_code 200-204 304\n}\n}',
      ),
    ).virtualServers;
    assert.deepEqual(one?.persistence, { timeoutSeconds: 120, bits: 24 });
    assert.deepEqual(
      one?.realServers[0]?.checks.map((c) => [
        c.kind,
        c.port,
        c.timeoutMs,
        c.delayLoopMs,
        c.retry,
        c.delayBeforeRetryMs,
        c.warmupMs,
      ]),
      [
        ['tcp', 10_256, 2000, 6000, 2, 1000, 6000],
        ['http', 30_080, 2000, 6000, 4, 3000, 6000],
      ],
    );
    assert.deepEqual(one?.realServers[0]?.checks[1]?.statusCodes, [
      { low: 200, high: 204 },
      { low: 304, high: 304 },
    ]);
  });
  it('every keyword stands in one list of its block', () => {
    for (const [block, { read: taken, idle, refused }] of Object.entries(keywords)) {
      const all = [...taken, ...idle, ...Object.keys(refused)];
      assert.equal(new Set(all).size, all.length, block);
    }
  });
});

const mistakes: readonly {
  readonly text: string;
  readonly want: string;
  /** "line:column" of the document. */
  readonly at: string;
}[] = [
  {
    text: 'vrrp_instnce VI_1 {\n}',
    want: "Unknown keyword 'vrrp_instnce' in keepalived.conf",
    at: '4:5',
  },
  {
    text: instance('    prioritie 1'),
    want: "Unknown keyword 'prioritie' in a block vrrp_instance",
    at: '10:9',
  },
  { text: instance('    priority 256'), want: 'priority "256"', at: '10:18' },
  { text: instance('priority'), want: 'priority needs a value', at: '10:5' },
  { text: instance('advert_int 0.5'), want: 'advert_int "0.5"', at: '10:16' },
  {
    text: instance('track_script {\n}'),
    want: 'keepalived: track_script is not modelled',
    at: '10:5',
  },
  { text: instance('interface eth1'), want: 'a host has no interface "eth1"', at: '10:15' },
  {
    text: instance('state MASTER\nnopreempt'),
    want: '(VI_1) nopreempt will not work with initial state MASTER',
    at: '11:5',
  },
  {
    text: instance('version 3\nauthentication {\n}'),
    want: 'VRRP version 3 does not support authentication',
    at: '11:5',
  },
  { text: `${instance()}\n${instance()}`, want: 'vrrp instance VI_1 already defined', at: '12:19' },
  {
    text: 'vrrp_instance VI_1 {\ninterface eth0\n}',
    want: '(VI_1) the virtual router id must be set',
    at: '4:19',
  },
  { text: 'vrrp_instance VI_1 {', want: 'this block is never closed', at: '4:24' },
  { text: '}', want: 'no block is open here', at: '4:5' },
  { text: 'include /etc/more.conf', want: 'keepalived: include is not modelled', at: '4:5' },
  {
    text: '$VIP=192.168.66.100',
    want: '$VIP=192.168.66.100: conditions and definitions are not modelled',
    at: '4:5',
  },
  {
    text: server().replace('NAT', 'DR'),
    want: 'keepalived: lb_kind DR is not modelled',
    at: '6:17',
  },
  {
    text: server().replace('protocol TCP', ''),
    want: 'Virtual server [192.168.66.100]:80: no protocol set',
    at: '4:5',
  },
  {
    text: server().replace('lb_algo rr', ''),
    want: 'Virtual server [192.168.66.100]:80: no scheduler set',
    at: '4:5',
  },
  {
    text: server().replace('rr', 'roundrobin'),
    want: 'lb_algo "roundrobin" is not known',
    at: '5:17',
  },
  {
    text: server('', 'PING_CHECK {\n}'),
    want: 'keepalived: PING_CHECK is not modelled',
    at: '11:5',
  },
  { text: server('', 'HTTP_GET {\n}'), want: 'HTTP_GET has no url', at: '11:5' },
  { text: server().replace(' 30080', ' http'), want: '"http" is not a port', at: '9:35' },
  {
    text: server().replace('.11', '.311'),
    want: '"192.168.66.311" is not an IP address',
    at: '9:21',
  },
  {
    text: `${server()}\n${server()}`,
    want: 'virtual server 192.168.66.100 80/tcp is there twice',
    at: '14:5',
  },
];

describe('keepalived.conf: mistakes at their place', () => {
  for (const { text, want, at } of mistakes) {
    it(want, () => {
      assert.throws(
        () => read(text),
        (error) => {
          assert.ok(error instanceof InputError, String(error));
          const { position, message } = error;
          assert.deepEqual([message, `${position?.line}:${position?.column}`], [want, at]);
          return true;
        },
      );
    });
  }
});
