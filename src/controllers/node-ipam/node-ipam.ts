// Gives every node a block of the pod subnet: /24 (IPv6: /64) in order, none twice.
// Modelled after pkg/controller/nodeipam range allocator; freed blocks are re-used at once, not after a wrap.
import { familyOf } from '../../net/addr.ts';
import { block, formatCidr, overlaps, parseCidr } from '../../net/cidr.ts';
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
    const bits = familyOf(spec.podSubnet.low) === 4 ? 24 : 64;
    const used = [
      ...client.list('Node').flatMap((other) => parseCidr(other.spec.podCIDR ?? '') ?? []),
      ...spec.nodes.flatMap((other) => other.podCIDR ?? []),
    ];
    const count = 2 ** Math.min(30, Math.max(0, bits - spec.podSubnet.bits));
    for (let i = 0; i < count; i++) {
      const free = block(spec.podSubnet, Math.max(bits, spec.podSubnet.bits), i);
      if (used.some((taken) => overlaps(taken, free))) continue;
      const podCIDR = formatCidr(free);
      client.update({ ...node, spec: { ...node.spec, podCIDR, podCIDRs: [podCIDR] } });
      return;
    }
    const text = `Node ${key} status is now: CIDRNotAvailable`;
    client.event(node, 'Normal', 'CIDRNotAvailable', text);
  },
};
