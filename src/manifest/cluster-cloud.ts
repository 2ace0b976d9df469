// Reads spec.cloudProvider of a Cluster document: the pool, what the provider's balancers check, and how often.
import {
  anyCloud,
  type BalancerCheck,
  type BalancerChecks,
  type CloudDefaults,
  type CloudName,
  clouds,
} from '../api/cloud-providers.table.ts';
import type { ClusterSpec } from '../api/cluster-spec.ts';
import { isInstant, type Timing } from '../api/timing.table.ts';
import { cidr } from '../net/cidr.ts';
import { type FieldReader, object, range, required, type Values, word } from './field-reader.ts';

const at = 'spec.cloudProvider';

export function readCloudProvider(
  reader: FieldReader,
  value: unknown,
  timing: Timing,
): ClusterSpec['cloudProvider'] {
  if (value === undefined || value === null) return null;
  const provider = object(value);
  const pool = required(reader, provider['loadBalancerPool'], `${at}.loadBalancerPool`);
  const names = Object.keys(clouds) as readonly CloudName[];
  const name = word(reader, provider['name'], `${at}.name`, names);
  const defaults: CloudDefaults = name === null ? anyCloud : clouds[name];
  const given = provider['healthCheck'] === undefined ? null : object(provider['healthCheck']);
  const path = `${at}.healthCheck.whenNoneHealthy`;
  return {
    name,
    loadBalancerPool: range(reader, pool, `${at}.loadBalancerPool`) ?? cidr(pool),
    ipMode: word(reader, provider['ipMode'], `${at}.ipMode`, ['VIP', 'Proxy'] as const) ?? 'VIP',
    checks: readChecks(reader, given, timing, defaults),
    whenNoneHealthy:
      word(reader, given?.['whenNoneHealthy'], path, ['all', 'none'] as const) ??
      defaults.whenNoneHealthy,
  };
}

/** A document that says nothing of health checks and has no delays gets no delays here either. */
function readChecks(
  reader: FieldReader,
  given: Values | null,
  timing: Timing,
  { checks }: CloudDefaults,
): BalancerChecks {
  const asks = word(reader, given?.['asks'], `${at}.healthCheck.asks`, [
    'kube-proxy',
    'node-port',
  ] as const);
  const seconds = count(reader, given, 'intervalSeconds');
  const unhealthy = count(reader, given, 'unhealthyThreshold');
  const healthy = count(reader, given, 'healthyThreshold');
  const isTimed = !isInstant(timing) || [seconds, unhealthy, healthy].some((n) => n !== null);
  const read = (check: BalancerCheck): BalancerCheck => ({
    ...check,
    intervalMs: isTimed ? (seconds === null ? check.intervalMs : seconds * 1000) : 0,
    unhealthyThreshold: unhealthy ?? check.unhealthyThreshold,
    healthyThreshold: healthy ?? check.healthyThreshold,
  });
  const { Cluster, Local } = checks;
  return {
    Cluster: read({ ...Cluster, asks: asks ?? Cluster.asks }),
    Local: read(Local),
  };
}

function count(reader: FieldReader, given: Values | null, field: string): number | null {
  const value = given?.[field];
  if (value === undefined || value === null) return null;
  if (Number(value) >= 1) return Number(value);
  const path = `${at}.healthCheck.${field}`;
  return reader.fail('invalid-value', path, `${path}: ${value} is not a number of 1 or more`);
}
