// loop: a query of its own that comes back ends the process (DNS fact sheet C, case 43).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UDP } from '../../../net/packet.ts';
import type { ExchangeResult } from '../../../node/program.ts';
import { lab } from '../../fixture.test.ts';
import { decode } from '../../message/decode.ts';
import { encode } from '../../message/encode.ts';
import { replyTo } from '../../message/message.ts';
import type { ServeContext } from '../../server/turn.ts';

const client = { addr: 0x7f000001, port: 40_000, proto: UDP } as const;

/** A process whose upstream, 10.0.0.1, is itself, answers NXDOMAIN, or is silent. */
function started(
  upstream: 'itself' | 'answers' | 'silent',
  version: '1.12.1' | '1.14.7' = '1.12.1',
) {
  const corefile = '. {\n loop\n forward . 10.0.0.1\n}\n';
  const exchange: ServeContext['exchange'] = (
    _p,
    to,
    _port,
    bytes,
    limit,
    more,
  ): ExchangeResult => {
    const silence = { kind: 'timeout', elapsedMs: limit, phase: 'reply' } as const;
    if (to !== client.addr && upstream === 'silent') return silence;
    const decoded = decode(bytes);
    if (decoded.kind !== 'message') throw new Error('a bad query');
    if (to !== client.addr && upstream === 'answers') {
      return { kind: 'reply', message: encode(replyTo(decoded.message, 3)), elapsedMs: 0 };
    }
    const context = { client, nowMs: more?.atMs ?? 0, exchange };
    const { reply, elapsedMs } = own.server.serve(bytes, context);
    if (reply === null || elapsedMs > limit) return silence;
    return { kind: 'reply', message: reply, elapsedMs };
  };
  const own = lab([], { corefile, exchange, version });
  return own.server.started({ client, nowMs: 0, exchange });
}

describe('loop', () => {
  it('case 43: a process that forwards to itself ends with its line', () => {
    for (const version of ['1.12.1', '1.14.7'] as const) {
      const help = 'see https://coredns\\.io/plugins/loop#troubleshooting';
      const line = `\\[FATAL\\] plugin/loop: Loop \\(127\\.0\\.0\\.1:40000 -> :53\\) detected for zone "\\.", ${help}`;
      const query = 'Query: "HINFO \\d+\\.\\d+\\."';
      assert.match(String(started('itself', version)), new RegExp(`^${line}\\. ${query}$`));
    }
  });

  it('an answer from elsewhere ends the search', () => assert.equal(started('answers'), null));

  it('silence: again a second after the time-out', () => assert.equal(started('silent'), 3000));

  it('takes no argument, and stands once in a block', () => {
    const bad = (text: string) => () => lab([], { corefile: `. {\n${text}\n}\n` });
    assert.throws(bad('loop x'), /plugin\/loop: .*Wrong argument count/);
    assert.throws(bad('loop\nloop'), {
      message: 'plugin/loop: this plugin can only be used once per Server Block',
    });
  });
});
