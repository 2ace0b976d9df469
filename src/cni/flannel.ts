// Flannel as kube-flannel.yml installs it (v0.28, vxlan): the bridge cni0 on each node, the tunnel flannel.1 between
// nodes with the first address of the node's range, masquerade by flanneld itself. It enforces no NetworkPolicy. Models
// pkg/trafficmngr/iptables/iptables.go and pkg/backend/vxlan; the tunnel's own packets are not looked at, and IPv6
// takes plain routes where flannel has flannel-v6.1.
import { type Family, familyOf } from '../net/addr.ts';
import { formatCidr } from '../net/cidr.ts';
import { bridgedPods } from '../net/pod-network.ts';
import type { RuleLayer } from '../netfilter/rule.ts';
import type { CniNode, CniProfile } from './profile.ts';
import { sharedByNode } from './shared-layers.ts';
import { textLayer } from './text-layer.ts';

const multicast: Readonly<Record<Family, string>> = { 4: '224.0.0.0/4', 6: 'ff00::/8' };
const masq = '-m comment --comment "flanneld masq"';
const forward = '-m comment --comment "flanneld forward"';

function layer(family: Family, { podCIDRs, podSubnets }: CniNode): RuleLayer {
  const network = podSubnets.find(({ low }) => familyOf(low) === family);
  const own = podCIDRs.find(({ low }) => familyOf(low) === family);
  // flanneld waits for its lease: the node's range.
  if (network === undefined || own === undefined) return textLayer(family, {});
  const cluster = formatCidr(network);
  const pod = formatCidr(own);
  return textLayer(family, {
    nat: [
      `-A POSTROUTING ${masq} -j FLANNEL-POSTRTG`,
      `-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 ${masq} -j RETURN`,
      `-A FLANNEL-POSTRTG -s ${pod} -d ${cluster} ${masq} -j RETURN`,
      `-A FLANNEL-POSTRTG -s ${cluster} -d ${pod} ${masq} -j RETURN`,
      `-A FLANNEL-POSTRTG ! -s ${cluster} -d ${pod} ${masq} -j RETURN`,
      `-A FLANNEL-POSTRTG -s ${cluster} ! -d ${multicast[family]} ${masq} -j MASQUERADE --random-fully`,
      `-A FLANNEL-POSTRTG ! -s ${cluster} -d ${cluster} ${masq} -j MASQUERADE --random-fully`,
    ],
    filter: [
      `-A FORWARD ${forward} -j FLANNEL-FWD`,
      `-A FLANNEL-FWD -s ${cluster} ${forward} -j ACCEPT`,
      `-A FLANNEL-FWD -d ${cluster} ${forward} -j ACCEPT`,
    ],
  });
}

export const flannel: CniProfile = {
  name: 'flannel',
  summary:
    'bridge cni0 with host-local addresses, tunnels flannel.1 between nodes, no NetworkPolicy',
  network: {
    ...bridgedPods,
    between: { kind: 'overlay', device: 'flannel.1', direct: 'never' },
  },
  addresses: 'node-range',
  portmap: 'cbr0',
  enforcesPolicy: false,
  layer: sharedByNode(layer),
};
