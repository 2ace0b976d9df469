// Whether a node has room for a Pod: number of Pods, cpu, memory and whatever else its allocatable shows. What the Pods on it
// hold is kept by the index. A Node that shows no allocatable at all (somebody wrote it by hand) is not weighed.
// Modelled after pkg/scheduler/framework/plugins/noderesources/fit.go.
import { type Amounts, amountsOf, wantedBy } from '../../api/pod/requests.ts';
import type { Node, Pod } from '../../api/types.ts';
import type { Refusal, Snapshot } from './snapshot.ts';

const rooms = new WeakMap<object, Amounts>();

function roomOf(node: Node): Amounts | undefined {
  const allocatable = node.status?.allocatable;
  if (allocatable === undefined) return undefined;
  let room = rooms.get(allocatable);
  if (room === undefined) {
    room = amountsOf(allocatable);
    rooms.set(allocatable, room);
  }
  return room;
}

/** The filter for one Pod. */
export function fitFilter(pod: Pod, snapshot: Snapshot): (node: Node) => Refusal | undefined {
  const { index } = snapshot.context;
  const wanted = wantedBy(pod);
  return (node) => {
    const room = roomOf(node);
    if (room === undefined) return undefined;
    const { name: where } = node.metadata;
    const reasons: string[] = [];
    let isFinal = false;
    if (index.podsOnNode(where) + 1 > (room.get('pods') ?? 0)) reasons.push('Too many pods');
    for (const [name, value] of wanted) {
      const total = room.get(name) ?? 0;
      if (value <= total - index.requestedOn(where, name)) continue;
      reasons.push(`Insufficient ${name}`);
      isFinal ||= value > total;
    }
    return reasons.length === 0 ? undefined : { reasons, isFinal };
  };
}
