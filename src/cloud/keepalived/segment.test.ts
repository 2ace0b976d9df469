// VRRP: the protocol's times to the millisecond, who is elected, and who announces the addresses (RFC 3768, RFC 5798; the
// state machine of keepalived 2.3).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VrrpInstance } from '../../api/keepalived.ts';
import { addr } from '../../net/addr.ts';
import { type Lan, Segment } from './segment.ts';
import { masterDownMs, skewMs } from './vrrp.ts';

const usual: VrrpInstance = {
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
  virtualAddresses: [{ addr: addr('192.168.66.100'), bits: 24 }],
  unicastPeers: [],
  position: null,
};

const times: readonly {
  readonly name: string;
  readonly instance: Partial<VrrpInstance>;
  readonly masterAdvertMs?: number;
  readonly skew: number;
  readonly down: number;
}[] = [
  { name: 'version 2: (256 - priority) / 256 seconds', instance: {}, skew: 610, down: 3610 },
  { name: 'whatever the interval', instance: { advertMs: 5000 }, skew: 610, down: 15_610 },
  { name: 'the best backup is the first', instance: { priority: 254 }, skew: 8, down: 3008 },
  { name: 'the worst the last', instance: { priority: 1 }, skew: 997, down: 3997 },
  { name: 'an owner', instance: { priority: 255 }, skew: 4, down: 3004 },
  {
    name: 'version 3: parts of the interval',
    instance: { version: 3, advertMs: 100 },
    skew: 61,
    down: 361,
  },
  {
    name: 'version 3: of the master\u2019s interval, not its own',
    instance: { version: 3, advertMs: 100 },
    masterAdvertMs: 2000,
    skew: 1219,
    down: 7219,
  },
  { name: 'down_timer_adverts', instance: { downTimerAdverts: 2 }, skew: 610, down: 2610 },
];

describe('VRRP times', () => {
  for (const { name, instance, masterAdvertMs, skew, down } of times) {
    it(name, () => {
      const one = { ...usual, ...instance };
      const interval = masterAdvertMs ?? one.advertMs;
      assert.equal(skewMs(one, interval), skew);
      assert.equal(masterDownMs(one, interval), down);
    });
  }
});

/** Hosts "a", "b" ... with addresses 192.168.66.1, .2 ...; the log says who did what when. */
class Lab {
  readonly segment = new Segment();
  readonly said: string[] = [];
  readonly deaf = new Set<string>();
  readonly held = new Set<string>();
  announced = '';
  nowMs = 0;
  readonly #instances: Readonly<Record<string, VrrpInstance>>;

  constructor(...instances: readonly Partial<VrrpInstance>[]) {
    this.#instances = Object.fromEntries(
      instances.map((one, i) => ['abc'[i] ?? '', { ...usual, ...one }]),
    );
  }

  get lan(): Lan {
    return {
      hears: (from, to) => !this.deaf.has(from) && !this.deaf.has(to),
      log: (host, text) => this.said.push(`${host} ${text}`),
      hold: ({ host }, held) => (held ? this.held.add(host) : this.held.delete(host)),
      announce: ({ host }) => {
        this.announced = host;
      },
    };
  }

  start(...hosts: readonly string[]): this {
    for (const host of hosts) {
      const address = addr(`192.168.66.${'abc'.indexOf(host) + 1}`);
      const instance = this.#instances[host];
      if (instance === undefined) throw new Error(`no host ${host}`);
      this.segment.start(host, address, [instance], this.nowMs, this.lan);
    }
    return this;
  }

  end(host: string, how: 'stopped' | 'gone'): this {
    this.segment.end(host, how, this.nowMs, this.lan);
    if (how === 'gone') this.held.delete(host);
    return this;
  }

  pass(ms: number): this {
    this.nowMs += ms;
    this.segment.run(this.nowMs, this.lan);
    return this;
  }

  get masters(): string {
    return [...this.held].sort().join('');
  }
}

describe('VRRP elections', () => {
  it('the highest priority is master, after its own down time and nobody else\u2019s', () => {
    const lab = new Lab({ priority: 100 }, { priority: 150 }).start('a', 'b').pass(3414);
    assert.equal(lab.masters, '');
    assert.equal(lab.pass(1).masters, 'b');
    assert.equal(lab.pass(60_000).masters, 'b');
  });
  it('state MASTER without priority 255 changes nothing', () => {
    const lab = new Lab({ priority: 100, state: 'MASTER' }, { priority: 150 }).start('a', 'b');
    assert.equal(lab.pass(10_000).masters, 'b');
  });
  it('the owner of the addresses is master at once', () => {
    const lab = new Lab({ priority: 255, state: 'MASTER' }, { priority: 150 }).start('a', 'b');
    assert.equal(lab.pass(0).masters, 'a');
  });
  it('of equal priorities the higher address wins', () => {
    const lab = new Lab({}, {}).start('a', 'b').pass(10_000);
    assert.equal(lab.masters, 'b');
    assert.ok(
      lab.said.includes(
        'a (VI_1) Master received advert from 192.168.66.2 with same priority 100 but higher IP address than ours',
      ),
    );
  });
  it('a master that dies is missed three intervals and the skew after its last advertisement', () => {
    const lab = new Lab({ priority: 150 }, {}).start('a', 'b').pass(10_415);
    lab.end('a', 'gone');
    assert.equal(lab.pass(3609).masters, '');
    assert.equal(lab.pass(1).masters, 'b');
  });
  it('one that stops says priority 0: the skew alone', () => {
    const lab = new Lab({ priority: 150 }, {}).start('a', 'b').pass(10_700);
    lab.end('a', 'stopped');
    assert.equal(lab.masters, '');
    assert.equal(lab.pass(609).masters, '');
    assert.equal(lab.pass(1).masters, 'b');
  });
  it('a better one that comes back takes over after its down time; nopreempt leaves it', () => {
    for (const [preempt, want] of [
      [true, 'a'],
      [false, 'b'],
    ] as const) {
      const lab = new Lab({ priority: 150, preempt }, {}).start('a', 'b').pass(10_000);
      lab.end('a', 'gone').pass(10_000).start('a');
      assert.equal(lab.pass(3414).masters, 'b');
      assert.equal(lab.pass(1).masters, want);
      assert.equal(lab.pass(60_000).masters, want);
    }
  });
  it('preempt_delay bears with a lower master for that long after its first advertisement', () => {
    const lab = new Lab({ priority: 150, preemptDelayMs: 20_000 }, {}).start('a', 'b');
    lab.pass(10_000).end('a', 'gone').pass(10_000).start('a');
    assert.equal(lab.pass(20_000).masters, 'b');
    assert.equal(lab.pass(5000).masters, 'a');
  });
  it('two that do not hear each other are both masters; the better one announces itself again', () => {
    const lab = new Lab({ priority: 150 }, {}).start('a', 'b').pass(20_000);
    lab.deaf.add('a');
    assert.equal(lab.pass(3610).masters, 'ab');
    assert.equal(lab.announced, 'b');
    lab.deaf.clear();
    assert.equal(lab.pass(1000).masters, 'a');
    assert.equal(lab.announced, 'a');
  });
  it('a second gratuitous ARP follows after garp_master_delay', () => {
    const lab = new Lab({}).start('a').pass(3610);
    lab.announced = '';
    assert.equal(lab.pass(4999).announced, '');
    assert.equal(lab.pass(1).announced, 'a');
  });
  it('version 2: another interval or password is no master of mine', () => {
    const rows = [
      [
        { advertMs: 2000 },
        "advertisement interval mismatch with 192.168.66.1 mine=1 sec rcv'd=2 sec",
      ],
      [{ authentication: 'PASS 2222' }, 'received an invalid passwd from 192.168.66.1!'],
      [{ authentication: '' }, 'received a 0 auth from 192.168.66.1, expecting 1!'],
      [{ version: 3 }, 'wrong VRRP version from 192.168.66.1. Received 3 and expect 2'],
    ] as const;
    for (const [other, text] of rows) {
      const mine = { authentication: 'PASS 1111' };
      const lab = new Lab({ priority: 150, ...mine, ...other }, mine).start('a', 'b');
      assert.equal(lab.pass(10_000).masters, 'ab', text);
      assert.ok(lab.said.includes(`b (VI_1) ${text}`), text);
    }
  });
  it('what is wrong with adverts is logged once, until the state is another', () => {
    const lab = new Lab({ authentication: 'PASS 1111' }, { authentication: 'PASS 2222' });
    lab.start('a', 'b').pass(60_000);
    const wrong = lab.said.filter((text) => text.includes('invalid passwd'));
    assert.equal(wrong.length, 2, lab.said.join('\n'));
  });
  it('a backup complains again of each advert that is not its master\u2019s', () => {
    const wrong = { priority: 150, authentication: 'PASS 1111' };
    const lab = new Lab(wrong, {}, { priority: 200 }).start('a', 'b', 'c').pass(20_000);
    const complaints = (host: string) =>
      lab.said.filter((text) => text.startsWith(`${host} (VI_1) received a 1 auth`)).length;
    assert.equal(complaints('c'), 1);
    assert.ok(complaints('b') > 10, lab.said.join('\n'));
  });
  it('other addresses and, in version 3, another interval are logged, and taken', () => {
    const two = [{ addr: addr('192.168.66.101'), bits: 24 }, ...usual.virtualAddresses];
    const rows = [
      [{ virtualAddresses: two }, 'expected 1 VIPs but received 2'],
      [
        { virtualAddresses: two.slice(0, 1) },
        'ip address associated with VRID 51 not present in advert from 192.168.66.1: 192.168.66.100',
      ],
      [
        { version: 3, advertMs: 2000 },
        "advertisement interval mismatch ours = 100 centi-sec rcv'd=200 centi-sec",
      ],
    ] as const;
    for (const [other, text] of rows) {
      const version = 'version' in other ? 3 : 2;
      const lab = new Lab({ priority: 150, ...other }, { version }).start('a').pass(10_000);
      lab.start('b').pass(20_000);
      assert.equal(lab.masters, 'a', text);
      assert.deepEqual(lab.said.slice(2), [
        'b (VI_1) Entering BACKUP STATE (init)',
        `b (VI_1) ${text}`,
      ]);
    }
  });
  it('garp_lower_prio_repeat 0: the better one stays master, and its addresses the other\u2019s', () => {
    const lab = new Lab({ priority: 150, garpLowerPrio: false }, {}).start('a', 'b').pass(20_000);
    lab.deaf.add('a');
    lab.pass(10_000).deaf.clear();
    assert.equal(lab.pass(1000).masters, 'a');
    assert.equal(lab.announced, 'b');
  });
  it('a master\u2019s timer begins anew with whatever it receives, unless lower_prio_no_advert', () => {
    for (const [lowerPrioNoAdvert, want] of [
      [false, 21_305],
      [true, 20_610],
    ] as const) {
      const lab = new Lab({ lowerPrioNoAdvert }, { authentication: 'PASS 1111', priority: 150 });
      lab.start('a').pass(16_890).start('b');
      const due = () => lab.segment.routers().find(({ host }) => host === 'a')?.dueMs;
      // b is master at 20 305; a advertises at 20 610.
      lab.pass(3_415);
      assert.equal(lab.masters, 'ab');
      assert.equal(due(), want);
    }
  });
  it('version 3 takes the master\u2019s interval over', () => {
    const lab = new Lab({ version: 3, priority: 150, advertMs: 2000 }, { version: 3 });
    lab.start('a').pass(10_000).start('b').pass(10_000).end('a', 'gone');
    // The last advertisement was 0.828 s ago: 3 x 2 s and 156/256 of 2 s after it.
    const left = 7219 - ((20_000 - 6829) % 2000);
    assert.equal(lab.pass(left - 1).masters, '');
    assert.equal(lab.pass(1).masters, 'b');
  });
  it('another virtual router is nobody\u2019s business; unicast reaches its peers alone', () => {
    assert.equal(new Lab({}, { virtualRouterId: 52 }).start('a', 'b').pass(9999).masters, 'ab');
    const to = (...n: readonly number[]) => ({
      unicastPeers: n.map((i) => addr(`192.168.66.${i}`)),
    });
    assert.equal(new Lab(to(2), to(1)).start('a', 'b').pass(9999).masters, 'b');
    assert.equal(new Lab(to(3), to(3)).start('a', 'b').pass(9999).masters, 'ab');
    assert.equal(new Lab(to(2), {}).start('a', 'b').pass(9999).masters, 'ab');
  });
  it('a fork goes its own way', () => {
    const lab = new Lab({}).start('a');
    const copy = lab.segment.fork();
    lab.pass(10_000);
    assert.deepEqual(
      copy.routers().map(({ state }) => state),
      ['BACKUP'],
    );
    assert.equal(copy.nextMs, 3610);
  });
});
