// What the controller knows of zones: each one's share of the cluster's CPUs, and how many endpoints of which Services
// are for which zone. Models the state of staging/src/k8s.io/endpointslice/topologycache.
import { parseQuantity } from '../../api/field/quantity.ts';
import type { Node } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';

/** The most load that one endpoint should have beyond its share. */
export const overloadThreshold = 0.2;

/** Endpoints by zone. */
export type ZoneCounts = Readonly<Record<string, number>>;
/** Shares of CPU by zone; null: what the nodes say does not suffice. */
export type Shares = Readonly<Record<string, number>> | null;

const cluster = 'cluster';

const sharesOf = ({ memory }: ControllerContext) => memory.table<Shares>('endpointslice shares');
const countsOf = ({ memory }: ControllerContext) =>
  memory.table<Readonly<Record<string, ZoneCounts>>>('endpointslice zones');
const hintedOf = ({ memory }: ControllerContext) => memory.table<true>('endpointslice hinted');

/** Empty until nodes were looked at. */
export function zoneShares(context: ControllerContext): Shares {
  const shares = sharesOf(context).get(cluster);
  return shares === undefined ? {} : shares;
}

/** SetNodes: looks at all nodes anew. */
export function measureZones(context: ControllerContext): void {
  sharesOf(context).set(cluster, sharesAmong(context.client.list('Node')));
}

/** Ready nodes that are no control plane; one without zone or CPU spoils it for all. */
export function sharesAmong(nodes: readonly Node[]): Shares {
  const byZone = new Map<string, number>();
  let total = 0;
  for (const node of nodes) {
    const { labels = {} } = node.metadata;
    const isExcluded = ['control-plane', 'master'].some(
      (role) => labels[`node-role.kubernetes.io/${role}`] !== undefined,
    );
    if (isExcluded || !isReadyNode(node)) continue;
    const zone = labels['topology.kubernetes.io/zone'] ?? '';
    const cpu = milliCpuOf(node);
    if (zone === '' || cpu === 0) return null;
    total += cpu;
    byZone.set(zone, (byZone.get(zone) ?? 0) + cpu);
  }
  if (total === 0 || byZone.size < 2) return null;
  return Object.fromEntries([...byZone].map(([zone, cpu]) => [zone, cpu / total]));
}

export function isReadyNode(node: Node): boolean {
  return node.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
}

/** Allocatable CPU in thousandths, rounded up. */
function milliCpuOf(node: Node): number {
  const { cpu } = (node.status?.allocatable ?? {}) as Readonly<Record<string, string>>;
  const quantity = cpu === undefined ? undefined : parseQuantity(cpu);
  if (quantity === undefined) return 0;
  return Math.ceil(Number(quantity.value) * 10 ** (quantity.scale + 3));
}

export function hasZones(service: string, context: ControllerContext): boolean {
  return hintedOf(context).has(service);
}

export function rememberZones(
  service: string,
  family: string,
  counts: ZoneCounts,
  context: ControllerContext,
): void {
  const table = countsOf(context);
  table.set(service, { ...table.get(service), [family]: counts });
  hintedOf(context).set(service, true);
}

/** Also forgets that the Service had hints at all, whatever its other family has. */
export function forgetZones(service: string, family: string, context: ControllerContext): void {
  const table = countsOf(context);
  const { [family]: gone, ...rest } = table.get(service) ?? {};
  if (gone !== undefined) {
    if (Object.keys(rest).length === 0) table.delete(service);
    else table.set(service, rest);
  }
  if (hintedOf(context).has(service)) hintedOf(context).delete(service);
}

/** Services whose endpoints have become too few for some zone, sorted. */
export function overloadedServices(context: ControllerContext): readonly string[] {
  const shares = zoneShares(context);
  const table = countsOf(context);
  return table.keys().filter((service) => {
    const families = Object.values(table.get(service) ?? {});
    return families.some((counts) => isOverloaded(counts, shares));
  });
}

export function isOverloaded(counts: ZoneCounts, shares: Shares): boolean {
  if (Object.keys(counts).length === 0) return false;
  const zones = Object.entries(shares ?? {});
  if (zones.length === 0) return true;
  const total = Object.values(counts).reduce((sum, one) => sum + one, 0);
  return zones.some(([zone, share]) => {
    const has = counts[zone];
    const least = Math.ceil(total * share * (1 / (1 + overloadThreshold)));
    return has === undefined || has < least;
  });
}
