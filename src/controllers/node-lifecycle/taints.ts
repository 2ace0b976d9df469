// The taints that nodes get from their conditions, and when a whole zone, or all of them, is taken for a fault of the
// network instead: then nobody is evicted. Modelled after pkg/controller/nodelifecycle/node_lifecycle_controller.go.
import type { Node, Taint } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';

export const notReady = 'node.kubernetes.io/not-ready';
export const unreachable = 'node.kubernetes.io/unreachable';
const unschedulable = 'node.kubernetes.io/unschedulable';

/** Condition and status -> the key of the NoSchedule taint. */
const conditionTaints: Readonly<Record<string, string>> = {
  'Ready=False': notReady,
  'Ready=Unknown': unreachable,
  'MemoryPressure=True': 'node.kubernetes.io/memory-pressure',
  'DiskPressure=True': 'node.kubernetes.io/disk-pressure',
  'NetworkUnavailable=True': 'node.kubernetes.io/network-unavailable',
  'PIDPressure=True': 'node.kubernetes.io/pid-pressure',
};
const ownNoSchedule = new Set([...Object.values(conditionTaints), unschedulable]);

/** --node-eviction-rate: one node of a zone in ten seconds. */
const perNodeMs = 10_000;
/** --unhealthy-zone-threshold, and the size from which a disrupted zone is still evicted, only slower. */
const unhealthyShare = 0.55;
const largeZone = 50;
const largeZoneMs = 100_000;

export function readyOf(node: Node): string {
  return node.status?.conditions?.find((one) => one.type === 'Ready')?.status ?? 'Unknown';
}

export function zoneOf({ metadata }: Node): string {
  const labels = metadata.labels ?? {};
  return `${labels['topology.kubernetes.io/region'] ?? ''}:${labels['topology.kubernetes.io/zone'] ?? ''}`;
}

/** Milliseconds between two nodes of the zone that are tainted; undefined: none is, or all zones are down. */
export function evictionPaceMs(node: Node, { client }: ControllerContext): number | undefined {
  const counted = client
    .list('Node')
    .filter((one) => one.metadata.labels?.['node.kubernetes.io/exclude-disruption'] === undefined);
  if (counted.length > 0 && counted.every((one) => readyOf(one) !== 'True')) return undefined;
  const zone = counted.filter((one) => zoneOf(one) === zoneOf(node));
  const bad = zone.filter((one) => readyOf(one) !== 'True').length;
  const isPartial = bad > 2 && bad < zone.length && bad / zone.length >= unhealthyShare;
  if (!isPartial) return perNodeMs;
  return zone.length > largeZone ? largeZoneMs : undefined;
}

/** The node with the taints of its conditions; the taint that evicts comes at the zone's pace. */
export function tainted(node: Node, context: ControllerContext): Node {
  const before = node.spec.taints ?? [];
  const ready = readyOf(node);
  const kept = before.filter(
    ({ key, effect }) =>
      !(effect === 'NoSchedule' && ownNoSchedule.has(key)) &&
      !(effect === 'NoExecute' && (key === notReady || key === unreachable)),
  );
  const wanted = noScheduleKeys(node).map((key) => ({ key, effect: 'NoSchedule' }));
  const pace = ready === 'True' ? undefined : evictionPaceMs(node, context);
  const key = ready === 'False' ? notReady : unreachable;
  const evicts = before.some((one) => one.effect === 'NoExecute' && isOwn(one));
  if (ready !== 'True' && mayEvict(node, evicts, pace, context)) {
    wanted.push({ key, effect: 'NoExecute' });
  }
  const taints = [...kept, ...wanted.map((one) => dated(one, before, context.now))];
  if (same(before, taints)) return node;
  return context.client.update({ ...node, spec: { ...node.spec, taints } });
}

function isOwn({ key }: Taint): boolean {
  return key === notReady || key === unreachable;
}

function dated(taint: Taint, before: readonly Taint[], now: string): Taint {
  const old = before.find((one) => one.key === taint.key && one.effect === taint.effect);
  return old ?? { ...taint, timeAdded: now };
}

function noScheduleKeys(node: Node): readonly string[] {
  const conditions = node.status?.conditions ?? [];
  const keys = conditions.flatMap(({ type, status }) => conditionTaints[`${type}=${status}`] ?? []);
  return node.spec.unschedulable === true ? [...keys, unschedulable] : keys;
}

/** A node that has the taint keeps it unless all nodes are down; another one waits for its turn in the zone. */
function mayEvict(
  node: Node,
  evicts: boolean,
  pace: number | undefined,
  context: ControllerContext,
): boolean {
  const { client, memory, nowMs, again } = context;
  if (evicts) return client.list('Node').some((one) => readyOf(one) === 'True');
  if (pace === undefined) return false;
  const turns = memory.table<number>('node-lifecycle zones');
  const wait = (turns.get(zoneOf(node)) ?? 0) - nowMs;
  if (wait > 0) {
    again(node.metadata.name, wait, true);
    return false;
  }
  turns.set(zoneOf(node), nowMs + pace);
  return true;
}
