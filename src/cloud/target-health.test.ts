// When a node of a balancer changes over, check by check, and how often it is asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anyCloud, clouds } from '../api/cloud-providers.table.ts';
import { annotatedCheck } from './annotations.ts';
import { afterCheck, afterGlance, newTarget } from './target-health.ts';

/** "+" passed, "-" failed, "?" looked at in between and passed, "!" in between and failed. */
const rows: readonly (readonly [
  string,
  string,
  readonly [unhealthy: number, healthy: number],
  string,
])[] = [
  ['the first check decides', '+', [3, 3], 'H'],
  ['whatever it says', '-', [3, 3], 'U'],
  ['a new node that passes in between is in', '?', [3, 3], 'H'],
  ['one that fails in between may pass yet', '!!?', [3, 3], 'iiH'],
  ['GCE: three failures, one success', '+--+---+', [3, 1], 'HHHHHHUH'],
  ['AWS: three of each', '+---++-+++', [3, 3], 'HHHUUUUUUH'],
  ['Azure: two of each', '+--++', [2, 2], 'HHUUH'],
  ['what is seen in between does not count', '+!-!-!-', [3, 1], 'HHHHHHU'],
  ['nor does it bring a node back', '-??+', [3, 2], 'UUUU'],
];

for (const [name, checks, [unhealthyThreshold, healthyThreshold], want] of rows) {
  test(`target health: ${name}`, () => {
    const check = { ...clouds.gce.checks.Cluster, unhealthyThreshold, healthyThreshold };
    let health = newTarget;
    const got = [...checks].map((one) => {
      health =
        one === '+' || one === '-'
          ? afterCheck(health, one === '+', check)
          : afterGlance(health, one === '?');
      return { initial: 'i', healthy: 'H', unhealthy: 'U' }[health.state];
    });
    assert.equal(got.join(''), want);
  });
}

const prefix = 'service.beta.kubernetes.io';

test('annotations of its own provider change a check that takes time, and no other', () => {
  const aws = clouds.aws.checks.Cluster;
  const notes = {
    [`${prefix}/aws-load-balancer-healthcheck-interval`]: '30',
    [`${prefix}/aws-load-balancer-healthcheck-unhealthy-threshold`]: '2',
    [`${prefix}/aws-load-balancer-healthcheck-healthy-threshold`]: 'two',
  };
  const want = { ...aws, intervalMs: 30_000, unhealthyThreshold: 2 };
  assert.deepEqual(annotatedCheck('aws', aws, notes), want);
  assert.deepEqual(annotatedCheck('gce', aws, notes), aws);
  assert.equal(annotatedCheck(null, aws, notes), aws);
  const instant = { ...aws, intervalMs: 0 };
  assert.equal(annotatedCheck('aws', instant, notes), instant);
  const azure = { [`${prefix}/azure-load-balancer-health-probe-num-of-probe`]: '4' };
  const both = { unhealthyThreshold: 4, healthyThreshold: 4 };
  const check = clouds.azure.checks.Local;
  assert.deepEqual(annotatedCheck('azure', check, azure), { ...check, ...both });
});

test('without a provider: checks of GCE, and nobody gets anything while no node passes', () => {
  assert.deepEqual(anyCloud.checks, clouds.gce.checks);
  assert.equal(anyCloud.whenNoneHealthy, 'none');
});
