// When a container is gone that is told to stop: preStop inside the grace period, SIGTERM, SIGKILL; and the sidecar's turn.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, Pod } from '../api/types.ts';
import { stopTimes } from './terminate.ts';

const rows: readonly {
  readonly name: string;
  readonly graceSeconds: number;
  readonly preStop?: number;
  /** svcspec.dev/stop-after. */
  readonly works?: string;
  /** When the containers before it are gone. */
  readonly turn?: number;
  /** Seconds until it is gone, and whether SIGKILL did it. */
  readonly want: readonly [number, boolean];
}[] = [
  { name: 'nothing declared: at once', graceSeconds: 30, want: [0, false] },
  { name: 'preStop', graceSeconds: 30, preStop: 10, want: [10, false] },
  {
    name: 'preStop, then the program',
    graceSeconds: 30,
    preStop: 10,
    works: '5s',
    want: [15, false],
  },
  { name: 'the program past the grace period', graceSeconds: 30, works: '1m', want: [30, true] },
  { name: 'both past it', graceSeconds: 30, preStop: 20, works: '15s', want: [30, true] },
  {
    name: 'preStop takes it all: SIGTERM has 2 s left',
    graceSeconds: 30,
    preStop: 60,
    works: '10s',
    want: [32, true],
  },
  {
    name: 'preStop takes it all, the program needs less than 2 s',
    graceSeconds: 30,
    preStop: 60,
    works: '1s',
    want: [31, false],
  },
  {
    name: 'a sidecar waits for its turn',
    graceSeconds: 30,
    works: '1s',
    turn: 8,
    want: [9, false],
  },
  {
    name: "a sidecar's preStop runs meanwhile",
    graceSeconds: 30,
    preStop: 5,
    works: '1s',
    turn: 8,
    want: [9, false],
  },
  {
    name: 'a turn that comes too late',
    graceSeconds: 30,
    works: '10s',
    turn: 40,
    want: [32, true],
  },
  {
    name: 'no grace period: 2 s for SIGTERM',
    graceSeconds: 0,
    preStop: 5,
    works: '10s',
    want: [2, true],
  },
];

for (const { name, graceSeconds, preStop, works, turn = 0, want } of rows) {
  test(`stop: ${name}`, () => {
    const lifecycle = preStop === undefined ? {} : { preStop: { sleep: { seconds: preStop } } };
    const container: Container = { name: 'web', lifecycle };
    const annotations: Record<string, string> = {};
    if (works !== undefined) annotations['svcspec.dev/stop-after'] = works;
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', annotations },
      spec: { containers: [container] },
    };
    const { endMs, isKilled } = stopTimes(pod, container, graceSeconds * 1000, {
      turnMs: turn * 1000,
    });
    assert.deepEqual([endMs / 1000, isKilled], want);
  });
}
