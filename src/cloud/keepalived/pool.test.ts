// Health checks and what they do to a pool: retries and their times, quorum, sorry server, and the words of the log.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckConf, VirtualServerConf } from '../../api/keepalived.ts';
import { addr } from '../../net/addr.ts';
import { type Checked, type Checker, checked, newChecker } from './checker.ts';
import { changed, type Pool, type PoolTurn, startPool, stopLogs } from './pool.ts';

const tcp: CheckConf = {
  kind: 'tcp',
  addr: addr('192.168.66.11'),
  port: 30_080,
  timeoutMs: 5000,
  delayLoopMs: 6000,
  warmupMs: 6000,
  retry: 1,
  delayBeforeRetryMs: 1000,
  alpha: false,
  path: '',
  virtualhost: '',
  statusCodes: [],
};
const http: CheckConf = { ...tcp, kind: 'http', path: '/', delayBeforeRetryMs: 3000 };

/** "up 6000" or "- 1000": the change and the delay of each attempt, of which "+" succeeds. */
function run(conf: CheckConf, attempts: string): { readonly got: string; readonly logs: string } {
  const logs: string[] = [];
  const got: string[] = [];
  let checker: Checker = newChecker(conf);
  for (const attempt of attempts) {
    const turn: Checked = checked(checker, conf, attempt === '+');
    checker = turn.checker;
    logs.push(...turn.logs);
    got.push(`${turn.change ?? '-'} ${turn.delayMs}`);
  }
  return { got: got.join(', '), logs: logs.join('\n') };
}

const rows: readonly {
  readonly name: string;
  readonly conf: CheckConf;
  readonly attempts: string;
  readonly got: string;
  readonly logs: string;
}[] = [
  {
    name: 'TCP_CHECK: a good start',
    conf: tcp,
    attempts: '++',
    got: '- 6000, - 6000',
    logs: 'TCP connection to NAME success.',
  },
  {
    name: 'TCP_CHECK: the first failure counts at once',
    conf: tcp,
    attempts: '--',
    got: 'down 6000, - 6000',
    logs: 'TCP_CHECK on service NAME failed.',
  },
  {
    name: 'TCP_CHECK: later ones after a retry, and one success brings it back',
    conf: tcp,
    attempts: '+---+',
    got: '- 6000, - 1000, down 6000, - 6000, up 6000',
    logs: 'TCP connection to NAME success.\nTCP_CHECK on service NAME failed after 1 retries.\nTCP connection to NAME success.',
  },
  {
    name: 'TCP_CHECK: one success forgets a failure',
    conf: tcp,
    attempts: '+-+-+',
    got: '- 6000, - 1000, - 6000, - 1000, - 6000',
    logs: 'TCP connection to NAME success.',
  },
  {
    name: 'TCP_CHECK: retry 0',
    conf: { ...tcp, retry: 0 },
    attempts: '+-',
    got: '- 6000, down 6000',
    logs: 'TCP connection to NAME success.\nTCP_CHECK on service NAME failed.',
  },
  {
    name: 'TCP_CHECK: alpha begins with a server that is down',
    conf: { ...tcp, alpha: true },
    attempts: '+',
    got: 'up 6000',
    logs: 'TCP connection to NAME success.',
  },
  {
    name: 'HTTP_GET: the first failure counts at once',
    conf: http,
    attempts: '--',
    got: 'down 6000, - 6000',
    logs: 'HTTP_CHECK on service NAME failed after 1 retries.',
  },
  {
    name: 'HTTP_GET: one that alpha keeps down fails without a word',
    conf: { ...http, alpha: true },
    attempts: '-+-+',
    got: '- 6000, - 6000, - 3000, up 6000',
    logs: [
      'HTTP status code success to NAME url(/)',
      'HTTP status code success to NAME url(/)',
      'Remote Web server NAME succeed on service.',
    ].join('\n'),
  },
  {
    name: 'HTTP_GET: down after a retry, back after two successes',
    conf: http,
    attempts: '+--+++',
    got: '- 6000, - 3000, down 6000, - 6000, up 6000, - 6000',
    logs: [
      'Remote Web server NAME succeed on service.',
      'HTTP_CHECK on service NAME failed after 1 retries.',
      'HTTP status code success to NAME url(/)',
      'HTTP status code success to NAME url(/)',
      'Remote Web server NAME succeed on service.',
    ].join('\n'),
  },
];

describe('checks of keepalived', () => {
  for (const { name, conf, attempts, got, logs } of rows) {
    it(name, () => assert.deepEqual(run(conf, attempts), { got, logs }));
  }
});

const server: VirtualServerConf = {
  proto: 6,
  addr: addr('192.168.66.100'),
  port: 80,
  scheduler: 'rr',
  flags: [],
  persistence: null,
  quorum: 1,
  hysteresis: 0,
  sorryServer: null,
  realServers: [11, 12].map((n) => ({
    addr: addr(`192.168.66.${n}`),
    port: 30_080,
    weight: 1,
    inhibit: false,
    checks: [tcp],
    position: null,
  })),
  position: null,
};

/** What a turn logs, and what it does to IPVS: "192.168.66.11=1", "192.168.66.11=-" for one that goes. */
function shown({ effects }: PoolTurn): string {
  const last = (value: unknown) => Number(value) % 256;
  return effects
    .map((effect) =>
      effect.kind === 'log' ? effect.text : `.${last(effect.addr)}=${effect.weight ?? '-'}`,
    )
    .join('\n');
}

const vs = 'VS [192.168.66.100]:tcp:80';

describe('the pool of a virtual server', () => {
  it('begins with everybody, and gains its quorum', () => {
    assert.equal(shown(startPool(server)), `.11=1\n.12=1\nGained quorum 1+0=1 <= 2 for ${vs}`);
  });
  it('who fails is removed, who passes is added', () => {
    const { pool } = startPool(server);
    const down = changed(pool, 0, 'down');
    assert.equal(shown(down), `Removing service [192.168.66.11]:tcp:30080 from ${vs}\n.11=-`);
    const up = changed(down.pool, 0, 'up');
    assert.equal(shown(up), `Adding service [192.168.66.11]:tcp:30080 to ${vs}\n.11=1`);
  });
  it('the last one takes the quorum along', () => {
    const one = changed(startPool(server).pool, 0, 'down').pool;
    assert.equal(
      shown(changed(one, 1, 'down')),
      `Removing service [192.168.66.12]:tcp:30080 from ${vs}\n.12=-\nLost quorum 1-0=1 > 0 for ${vs}`,
    );
  });
  it('inhibit_on_failure keeps it with weight 0', () => {
    const kept = {
      ...server,
      realServers: server.realServers.map((r) => ({ ...r, inhibit: true })),
    };
    const down = changed(startPool(kept).pool, 0, 'down');
    assert.equal(shown(down), `Disabling service [192.168.66.11]:tcp:30080 of ${vs}\n.11=0`);
    const [first] = stopLogs(down.pool);
    assert.equal(first, `Shutting down (inhibited) service [192.168.66.11]:tcp:30080 from ${vs}`);
  });
  it('one of two checks is enough to fail, both must pass', () => {
    const [first, second] = server.realServers;
    const both = { ...server, realServers: [{ ...first, checks: [tcp, http] }, second] };
    const { pool } = startPool(both as VirtualServerConf);
    const turns = (['down', 'down', 'up', 'up'] as const).reduce<
      readonly [Pool, readonly string[]]
    >(
      ([now, texts], change) => {
        const turn = changed(now, 0, change);
        return [turn.pool, [...texts, shown(turn).split('\n').at(-1) ?? '']];
      },
      [pool, []],
    );
    assert.deepEqual(turns[1], ['.11=-', '', '', '.11=1']);
  });
  it('a sorry server stands in below the quorum, with hysteresis', () => {
    const sorryServer = { addr: addr('192.168.66.99'), port: 80, position: null };
    const { pool } = startPool({ ...server, quorum: 2, hysteresis: 0, sorryServer });
    const lost = changed(pool, 0, 'down');
    assert.equal(
      shown(lost),
      [
        `Removing service [192.168.66.11]:tcp:30080 from ${vs}`,
        '.11=-',
        `Lost quorum 2-0=2 > 1 for ${vs}`,
        `Adding sorry server [192.168.66.99]:tcp:80 to ${vs}`,
        `Removing alive servers from the pool for ${vs}`,
        '.12=-',
        '.99=1',
      ].join('\n'),
    );
    assert.equal(
      shown(changed(lost.pool, 0, 'up')),
      [
        `Adding service [192.168.66.11]:tcp:30080 to ${vs}`,
        `Gained quorum 2+0=2 <= 2 for ${vs}`,
        `Removing sorry server [192.168.66.99]:tcp:80 from ${vs}`,
        '.99=-',
        `Adding alive servers to the pool for ${vs}`,
        '.11=1',
        '.12=1',
      ].join('\n'),
    );
  });
});
