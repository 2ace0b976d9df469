// The Amazon VPC CNI (v1.21, defaults): Pods have addresses of the VPC, which knows the node of each, so that everybody
// in the VPC reaches them; a cable eni* per Pod without addresses; what leaves the VPC goes out as the node. Models
// pkg/networkutils/network.go and cmd/routed-eni-cni-plugin. All Pods are on the primary interface: CONNMARK and the
// rules that choose a routing table by it change nothing there and are left out. IPv6 has no rules.
import { addr, type Family, familyOf, formatAddr } from '../net/addr.ts';
import { block, type Cidr, contains, formatCidr } from '../net/cidr.ts';
import type { RuleLayer } from '../netfilter/rule.ts';
import { podDevice } from './names.ts';
import type { PolicyEngine } from './policy/hooks.ts';
import type { CniNode, CniProfile } from './profile.ts';
import { sharedByNode } from './shared-layers.ts';
import { textLayer } from './text-layer.ts';

const all = { low: 0, high: 0xffffffff, bits: 0 };
/** Of a VPC whose range the Cluster document does not say: eksctl's. */
const vpcBits = 16;

/** The ranges of the VPC: those of Pods, after that of the nodes if it is another one. */
function vpcRanges({ addresses, podSubnets }: CniNode): readonly Cidr[] {
  const pods = podSubnets.filter(({ low }) => typeof low === 'number');
  const [node] = addresses.filter((own) => typeof own === 'number');
  if (node === undefined || pods.some((range) => contains(range, node))) return pods;
  return [block(all, vpcBits, Math.floor(node / 2 ** (32 - vpcBits))), ...pods];
}

function layer(family: Family, node: CniNode): RuleLayer {
  const primary = node.addresses.find((own) => familyOf(own) === family);
  if (family === 6 || primary === undefined) return textLayer(family, {});
  // Each range is inserted above the one before.
  const inside = [...vpcRanges(node)].reverse().map(formatCidr);
  const snat = `-m addrtype ! --dst-type LOCAL -j SNAT --to-source ${formatAddr(primary)} --random-fully`;
  return textLayer(family, {
    nat: [
      '-A POSTROUTING -m comment --comment "AWS SNAT CHAIN" -j AWS-SNAT-CHAIN-0',
      ...inside.map(
        (range) =>
          `-A AWS-SNAT-CHAIN-0 -d ${range} -m comment --comment "AWS SNAT CHAIN" -j RETURN`,
      ),
      `-A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment "AWS, SNAT" ${snat}`,
    ],
  });
}

/** The network policy agent's programs (aws-network-policy-agent, pkg/ebpf/c) sit at the node's end of the cable: what a Pod
 * sends is judged before all else, as it was dialled; what it is sent after all else, by a masqueraded source. */
const atTheCable: PolicyEngine = {
  hooks: [
    { direction: 'egress', hook: 'PREROUTING', priority: -150 },
    { direction: 'ingress', hook: 'POSTROUTING', priority: 110 },
  ],
  clusterIPs: true,
};

export const awsVpc: CniProfile = {
  name: 'aws-vpc',
  summary:
    'addresses of the VPC that all of it reaches, unnumbered eni* devices, SNAT to what is outside',
  network: {
    leg: { kind: 'veth', address: 'none' },
    gateway: { 4: addr('169.254.1.1'), 6: addr('fe80::1') },
    podRange: 'unknown',
    between: { kind: 'lan' },
    unused: 'route',
  },
  leg: (namespace, name) => podDevice('eni', namespace, name),
  addresses: 'pod-subnet',
  noAddress: 'add cmd: failed to assign an IP address to container',
  portmap: 'aws-cni',
  enforcesPolicy: true,
  policyEngine: atTheCable,
  layer: sharedByNode(layer),
};
