// Annotations of a Service that change how often its balancer checks nodes, where the cluster's provider reads them.
// aws: aws-load-balancer-controller pkg/annotations/constants.go; azure: cloud-provider-azure pkg/consts. What they do not
// take (a word, a number out of bounds) changes nothing here.
import type { BalancerCheck, CloudName } from '../api/cloud-providers.table.ts';

type Setting = 'intervalSeconds' | 'unhealthyThreshold' | 'healthyThreshold';

interface Known {
  readonly annotation: string;
  readonly sets: readonly Setting[];
  readonly low: number;
  readonly high: number;
}

const prefix = 'service.beta.kubernetes.io/';

const known: Readonly<Record<CloudName, readonly Known[]>> = {
  gce: [],
  aws: [
    {
      annotation: `${prefix}aws-load-balancer-healthcheck-interval`,
      sets: ['intervalSeconds'],
      low: 5,
      high: 300,
    },
    {
      annotation: `${prefix}aws-load-balancer-healthcheck-unhealthy-threshold`,
      sets: ['unhealthyThreshold'],
      low: 2,
      high: 10,
    },
    {
      annotation: `${prefix}aws-load-balancer-healthcheck-healthy-threshold`,
      sets: ['healthyThreshold'],
      low: 2,
      high: 10,
    },
  ],
  azure: [
    {
      annotation: `${prefix}azure-load-balancer-health-probe-interval`,
      sets: ['intervalSeconds'],
      low: 5,
      high: 119,
    },
    {
      annotation: `${prefix}azure-load-balancer-health-probe-num-of-probe`,
      sets: ['unhealthyThreshold', 'healthyThreshold'],
      low: 2,
      high: 23,
    },
  ],
};

export function isHonoured(name: CloudName | null, annotation: string): boolean {
  return name !== null && known[name].some((row) => row.annotation === annotation);
}

/** The check as the Service's annotations have it. Checks that take no time are left alone. */
export function annotatedCheck(
  name: CloudName | null,
  check: BalancerCheck,
  annotations: Readonly<Record<string, string>>,
): BalancerCheck {
  if (name === null || check.intervalMs === 0) return check;
  const given: Partial<Record<Setting, number>> = {};
  for (const { annotation, sets, low, high } of known[name]) {
    const value = Number(annotations[annotation] ?? Number.NaN);
    if (!Number.isInteger(value) || value < low || value > high) continue;
    for (const setting of sets) given[setting] = value;
  }
  const { intervalSeconds, ...thresholds } = given;
  const intervalMs = intervalSeconds === undefined ? check.intervalMs : intervalSeconds * 1000;
  return { ...check, ...thresholds, intervalMs };
}
