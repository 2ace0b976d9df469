// Pins of the Cluster document as controllers ask for them: what a real cluster drew at random (hash, suffix,
// node, address), fixed so that a documented picture can be reproduced. Reading and checking them is elsewhere.
import type { ClusterSpec, Pin } from '../api/cluster-spec.ts';
import type { Pod } from '../api/types.ts';

const byObject = new WeakMap<readonly Pin[], ReadonlyMap<string, Pin>>();

/** The pin of an object: "Deployment/demo/web". */
export function pinOf(spec: ClusterSpec, object: string): Pin | undefined {
  let map = byObject.get(spec.pins);
  if (map === undefined) {
    map = new Map(spec.pins.map((pin) => [pin.object, pin]));
    byObject.set(spec.pins, map);
  }
  return map.get(object);
}

export interface PodPin {
  readonly ip: Pin['ip'];
  readonly node: string | null;
}

/** Address and node pinned for a pod: its own pin, or its place among its workload's pods. */
export function podPin(spec: ClusterSpec, pod: Pod): PodPin | undefined {
  const { namespace, name } = pod.metadata;
  const own = pinOf(spec, `Pod/${namespace}/${name}`);
  if (own !== undefined) return { ip: own.ip, node: own.node };
  if ((pod.metadata.ownerReferences ?? []).length === 0) return undefined;
  for (const pin of spec.pins) {
    if (pin.pods.length === 0) continue;
    const [kind, ns, workload] = pin.object.split('/');
    if (kind === 'Pod' || ns !== namespace || !name.startsWith(`${workload}-`)) continue;
    const found = pin.pods.find((entry) => name.endsWith(`-${entry.suffix}`));
    if (found !== undefined) return { ip: found.ip, node: found.node };
  }
  return undefined;
}
