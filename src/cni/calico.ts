// Calico as its operator's custom-resources.yaml installs it (v3.32): a cable cali* per Pod without an address on either
// end of it but the Pod's own, 169.254.1.1 as the router that the node answers for, natOutgoing, and VXLANCrossSubnet:
// plain routes between nodes of one subnet, the tunnel vxlan.calico to others. Models felix/rules/{static,nat}.go of
// Felix's nat table; comments are the hashes that Felix makes of a chain's rules. Its other tables hold policy alone.
import { addr, type Family, familyOf } from '../net/addr.ts';
import type { Cidr } from '../net/cidr.ts';
import { HashMembers } from '../netfilter/ipset/members.ts';
import { createSet, netMember } from '../netfilter/ipset/set.ts';
import type { RuleLayer } from '../netfilter/rule.ts';
import { plainSets } from '../netfilter/ruleset.ts';
import { podDevice } from './names.ts';
import type { CniProfile } from './profile.ts';
import { sharedBySubnets } from './shared-layers.ts';
import { textLayer } from './text-layer.ts';

/** Felix's MaxIpsetSize. */
const maxelem = 1_048_576;
const tunnel = 'vxlan.calico';
const notTheTunnels =
  '-m addrtype ! --src-type LOCAL --limit-iface-out -m addrtype --src-type LOCAL';

/** Hash of a rule -> the comment that Felix finds it by. */
function felix(hash: string): string {
  return `-m comment --comment "cali:${hash}"`;
}

/** The tunnel and its rule are IPv4's. */
const inFamily: Readonly<Record<Family, { readonly outgoing: string; readonly tunnel: string[] }>> =
  {
    4: {
      outgoing: 'flqWnvo8yq4ULQLa',
      tunnel: [
        `-A cali-POSTROUTING -o ${tunnel} ${felix('e9dnSgSVNmIcpVhP')} ${notTheTunnels} -j MASQUERADE --random-fully`,
      ],
    },
    6: { outgoing: 'Ir_z2t1P6-CxTDof', tunnel: [] },
  };

function layer(family: Family, podSubnets: readonly Cidr[]): RuleLayer {
  const pools = podSubnets.filter(({ low }) => familyOf(low) === family).map(netMember);
  const [all, masq] = ['all', 'masq'].map((which) => `cali${family}0${which}-ipam-pools`);
  const sets = [all, masq].map((name = '') => {
    return { ...createSet(name, 'hash:net', family, HashMembers.of(pools)), maxelem };
  });
  const outgoing = `-m set --match-set ${masq} src -m set ! --match-set ${all} dst`;
  const hashes = inFamily[family];
  const nat = [
    `-I PREROUTING ${felix('6gwbT8clXdHdC1b1')} -j cali-PREROUTING`,
    `-I OUTPUT ${felix('tVnHkvAo15HuiPy0')} -j cali-OUTPUT`,
    `-I POSTROUTING ${felix('O3lYWMrLQYEMJtB5')} -j cali-POSTROUTING`,
    `-A cali-PREROUTING ${felix('r6XmIziWUJsdOK6Z')} -j cali-fip-dnat`,
    `-A cali-OUTPUT ${felix('GBTAv2p5CwevEyJm')} -j cali-fip-dnat`,
    `-A cali-POSTROUTING ${felix('Z-c7XtVd2Bq7s_hA')} -j cali-fip-snat`,
    `-A cali-POSTROUTING ${felix('nYKhEzDlr11Jccal')} -j cali-nat-outgoing`,
    ...hashes.tunnel,
    `-A cali-nat-outgoing ${felix(hashes.outgoing)} ${outgoing} -j MASQUERADE --random-fully`,
  ];
  return textLayer(family, { nat }, plainSets(sets));
}

export const calico: CniProfile = {
  name: 'calico',
  summary: 'unnumbered cali* devices, natOutgoing, VXLAN to nodes of other subnets',
  network: {
    leg: { kind: 'veth', address: 'none' },
    // The cable's hardware address is ee:ee:ee:ee:ee:ee.
    gateway: { 4: addr('169.254.1.1'), 6: addr('fe80::ecee:eeff:feee:eeee') },
    podRange: 'unknown',
    between: { kind: 'overlay', device: tunnel, direct: 'same-subnet' },
    unused: 'swallow',
  },
  leg: (namespace, name) => podDevice('cali', namespace, name),
  addresses: 'node-range',
  portmap: 'k8s-pod-network',
  enforcesPolicy: true,
  layer: sharedBySubnets(layer),
};
