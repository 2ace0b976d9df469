// Gives every node a block of the pod subnet: /24 (IPv6: /64) in order, none twice.
// Modelled after pkg/controller/nodeipam range allocator; freed blocks are re-used at once, not after a wrap.
import type { ClusterSpec } from '../../api/cluster-spec.ts';
import type { Node } from '../../api/types.ts';
import { type Addr, familyOf } from '../../net/addr.ts';
import { block, type Cidr, formatCidr, overlaps, parseCidr } from '../../net/cidr.ts';
import type { Controller } from '../controller.ts';

export const nodeIpam: Controller = {
  name: 'node-ipam',
  watches: ['Node'],
  keysOf(event) {
    return event.type === 'DELETED' ? [] : [event.key];
  },
  sync(key, { client, spec }) {
    const node = client.get('Node', key);
    if (node === undefined || (node.spec.podCIDR ?? '') !== '') return;
    const { podSubnet } = spec;
    const bits = Math.max(familyOf(podSubnet.low) === 4 ? 24 : 64, podSubnet.bits);
    const used = usedBlocks(client.list('Node'), spec, bits);
    const index = firstFree(used, 2 ** Math.min(30, bits - podSubnet.bits));
    if (index !== undefined) {
      const podCIDR = formatCidr(block(podSubnet, bits, index));
      client.update({ ...node, spec: { ...node.spec, podCIDR, podCIDRs: [podCIDR] } });
      blocksOf.set(client.list('Node'), withBlock(used, index));
      return;
    }
    const text = `Node ${key} status is now: CIDRNotAvailable`;
    client.event(node, 'Normal', 'CIDRNotAvailable', text);
  },
};

interface Blocks {
  /** Numbers of the blocks that are taken one by one, and ranges of numbers. Owned by the newest list of nodes. */
  readonly taken: Set<number>;
  readonly ranges: readonly (readonly [from: number, to: number])[];
  /** No block before this one is free. */
  readonly from: number;
}

/** What is known of the nodes in a list: the next list after an allocation takes it over. */
const blocksOf = new WeakMap<readonly Node[], Blocks>();

function usedBlocks(nodes: readonly Node[], spec: ClusterSpec, bits: number): Blocks {
  const known = blocksOf.get(nodes);
  if (known !== undefined) {
    blocksOf.delete(nodes);
    return known;
  }
  const taken = new Set<number>();
  const ranges: (readonly [number, number])[] = [];
  const given = nodes.flatMap((node) => parseCidr(node.spec.podCIDR ?? '') ?? []);
  for (const range of [...given, ...spec.nodes.flatMap((node) => node.podCIDR ?? [])]) {
    if (!overlaps(range, spec.podSubnet)) continue;
    const from = blockNumber(spec.podSubnet, bits, range.low);
    const to = blockNumber(spec.podSubnet, bits, range.high);
    if (from === to) taken.add(from);
    else ranges.push([from, to]);
  }
  return { taken, ranges, from: 0 };
}

/** Which block of the subnet holds the address; negative before the subnet. */
function blockNumber(subnet: Cidr, bits: number, at: Addr): number {
  const width = (familyOf(subnet.low) === 4 ? 32 : 128) - bits;
  if (typeof at === 'number') return Math.floor((at - Number(subnet.low)) / 2 ** width);
  return Number((at - BigInt(subnet.low)) >> BigInt(width));
}

function firstFree({ taken, ranges, from }: Blocks, count: number): number | undefined {
  for (let i = from; i < count; i++) {
    if (!taken.has(i) && !ranges.some(([low, high]) => low <= i && i <= high)) return i;
  }
  return undefined;
}

/** Whoever calls it has taken `used` out of `blocksOf`: nobody else sees the change. */
function withBlock({ taken, ranges }: Blocks, index: number): Blocks {
  taken.add(index);
  return { taken, ranges, from: index + 1 };
}
