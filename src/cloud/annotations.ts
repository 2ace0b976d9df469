// Annotations of a Service that change how often its balancer checks nodes, where the cluster's provider reads them.
// aws: aws-load-balancer-controller pkg/annotations/constants.go; azure: cloud-provider-azure pkg/consts. What they do not
// take (a word, a number out of bounds) changes nothing here, where a real provider reports an error.
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

/** What a provider makes of an annotation: nothing, what it says, or nothing as it is no number "from 5 to 300". */
export function takes(
  name: CloudName | null,
  annotation: string,
  value: string,
): 'unknown' | 'taken' | `from ${number} to ${number}` {
  const row = name === null ? undefined : known[name].find((one) => one.annotation === annotation);
  if (row === undefined) return 'unknown';
  return numberIn(row, value) === null ? `from ${row.low} to ${row.high}` : 'taken';
}

function numberIn({ low, high }: Known, text: string | undefined): number | null {
  const value = Number(text ?? Number.NaN);
  return Number.isInteger(value) && value >= low && value <= high ? value : null;
}

/** The check as the Service's annotations have it. Checks that take no time are left alone. */
export function annotatedCheck(
  name: CloudName | null,
  check: BalancerCheck,
  annotations: Readonly<Record<string, string>>,
): BalancerCheck {
  if (name === null || check.intervalMs === 0) return check;
  const given: Partial<Record<Setting, number>> = {};
  for (const row of known[name]) {
    const value = numberIn(row, annotations[row.annotation]);
    if (value === null) continue;
    for (const setting of row.sets) given[setting] = value;
  }
  const { intervalSeconds, ...thresholds } = given;
  const intervalMs = intervalSeconds === undefined ? check.intervalMs : intervalSeconds * 1000;
  return { ...check, ...thresholds, intervalMs };
}
