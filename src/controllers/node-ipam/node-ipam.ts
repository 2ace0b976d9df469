// Gives every node a block of each pod subnet: /24 (IPv6: /64) in order, none twice.
// Modelled after pkg/controller/nodeipam range allocator; freed blocks are re-used at once, not after a wrap.
import { type ClusterSpec, podSubnets } from '../../api/cluster-spec.ts';
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
    const known = taken(client.list('Node'), spec);
    const picks = known.map((blocks) => ({ blocks, index: firstFree(blocks) }));
    const podCIDRs = picks.flatMap(({ blocks: { subnet, bits }, index }) =>
      index === undefined ? [] : [formatCidr(block(subnet, bits, index))],
    );
    const [podCIDR = ''] = podCIDRs;
    if (podCIDRs.length === known.length) {
      client.update({ ...node, spec: { ...node.spec, podCIDR, podCIDRs } });
      const next = picks.map(({ blocks, index = 0 }) => withBlock(blocks, index));
      blocksOf.set(client.list('Node'), next);
      return;
    }
    const text = `Node ${key} status is now: CIDRNotAvailable`;
    client.event(node, 'Normal', 'CIDRNotAvailable', text);
  },
};

/** What is taken of one pod subnet. */
interface Blocks {
  readonly subnet: Cidr;
  /** Prefix length of a block. */
  readonly bits: number;
  /** Numbers of the blocks that are taken one by one, and ranges of numbers. Owned by the newest list of nodes. */
  readonly taken: Set<number>;
  readonly ranges: readonly (readonly [from: number, to: number])[];
  /** No block before this one is free. */
  readonly from: number;
}

/** What is known of the nodes in a list, per subnet: the next list after an allocation takes it over. */
const blocksOf = new WeakMap<readonly Node[], readonly Blocks[]>();

function taken(nodes: readonly Node[], spec: ClusterSpec): readonly Blocks[] {
  const known = blocksOf.get(nodes);
  if (known === undefined) return podSubnets(spec).map((subnet) => usedBlocks(nodes, spec, subnet));
  blocksOf.delete(nodes);
  return known;
}

function usedBlocks(nodes: readonly Node[], spec: ClusterSpec, subnet: Cidr): Blocks {
  const bits = Math.max(familyOf(subnet.low) === 4 ? 24 : 64, subnet.bits);
  const taken = new Set<number>();
  const ranges: (readonly [number, number])[] = [];
  const given = nodes.flatMap(({ spec: { podCIDR = '', podCIDRs = [podCIDR] } }) =>
    podCIDRs.flatMap((text) => parseCidr(text) ?? []),
  );
  const written = spec.nodes.flatMap((node) => [
    ...(node.podCIDR === null ? [] : [node.podCIDR]),
    ...(node.secondaryPodCIDR === undefined ? [] : [node.secondaryPodCIDR]),
  ]);
  for (const range of [...given, ...written]) {
    if (!overlaps(range, subnet)) continue;
    const from = blockNumber(subnet, bits, range.low);
    const to = blockNumber(subnet, bits, range.high);
    if (from === to) taken.add(from);
    else ranges.push([from, to]);
  }
  return { subnet, bits, taken, ranges, from: 0 };
}

/** Which block of the subnet holds the address; negative before the subnet. */
function blockNumber(subnet: Cidr, bits: number, at: Addr): number {
  const width = (familyOf(subnet.low) === 4 ? 32 : 128) - bits;
  if (typeof at === 'number') return Math.floor((at - Number(subnet.low)) / 2 ** width);
  return Number((at - BigInt(subnet.low)) >> BigInt(width));
}

function firstFree({ subnet, bits, taken, ranges, from }: Blocks): number | undefined {
  const count = 2 ** Math.min(30, bits - subnet.bits);
  for (let i = from; i < count; i++) {
    if (!taken.has(i) && !ranges.some(([low, high]) => low <= i && i <= high)) return i;
  }
  return undefined;
}

/** Whoever calls it has taken `used` out of `blocksOf`: nobody else sees the change. */
function withBlock(blocks: Blocks, index: number): Blocks {
  blocks.taken.add(index);
  return { ...blocks, from: index + 1 };
}
