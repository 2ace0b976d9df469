// What may be wrong with what the kernel is given, so that the comparison is seen to notice it. A fault alters the text of
// rules just before it is loaded, or the machines before they are wired; the simulated cluster knows nothing of it.
import type { Blueprint } from '../../src/fabric/blueprint.ts';
import type { Lab } from '../../src/harness/kernel/lab.ts';
import type { Case } from './case.ts';

type Spoil = (text: string) => string;

export interface Fault {
  readonly rules?: Spoil;
  /** The same object where it alters nothing. */
  readonly wires?: (blueprint: Blueprint) => Blueprint;
  /** Alters a node that is wired; the lab is of no use to others afterwards. */
  readonly ports?: (lab: Lab, node: string) => void;
  /** Whether `ports` alters anything. Absent: always. */
  readonly concerns?: (made: Case) => boolean;
}

const rule = (
  pattern: RegExp,
  by: string | ((whole: string, ...groups: readonly string[]) => string),
): Fault => ({ rules: (text) => text.replace(pattern, by as string) });

/** Of the profiles, whose rules iptables loads beside kube-proxy of every mode. */
const profileFaults: Readonly<Record<string, Fault>> = {
  'lost-egress-masq-agent': rule(/^-A IP-MASQ-AGENT .*-j MASQUERADE\n/gm, ''),
  'lost-egress-calico': rule(/^-A cali-nat-outgoing .*-j MASQUERADE .*\n/gm, ''),
  'lost-egress-flannel': rule(/^-A FLANNEL-POSTRTG -s \S+ ! -d .*-j MASQUERADE .*\n/gm, ''),
  'lost-egress-aws-vpc': rule(/^-A AWS-SNAT-CHAIN-0 .*-j SNAT .*\n/gm, ''),
  'egress-to-pods': rule(
    /^-A (?:IP-MASQ-AGENT|FLANNEL-POSTRTG|AWS-SNAT-CHAIN-0) .*-j RETURN\n/gm,
    '',
  ),
};

/** Of portmap's chains. */
const portmapFaults: Readonly<Record<string, Fault>> = {
  'lost-host-port': rule(/^-A CNI-DN-\S+ .*-j DNAT .*\n/gm, ''),
  'lost-host-port-hairpin': rule(/^-A CNI-DN-\S+ -s (?!127\.).*-j CNI-HOSTPORT-SETMARK\n/gm, ''),
  'lost-host-port-localhost': rule(/^-A CNI-DN-\S+ -s 127\..*-j CNI-HOSTPORT-SETMARK\n/gm, ''),
  'lost-host-port-masquerade': rule(/^-A CNI-HOSTPORT-MASQ .*\n/gm, ''),
  'host-port-of-any-address': rule(/^(-A CNI-DN-\S+ (?:-s \S+ )?)-d \S+ /gm, '$1'),
  'wrong-host-port': rule(/^(-A CNI-DN-\S+ .*-j DNAT --to-destination .*:)\d+$/gm, '$17777'),
};

const portsOfBridge = 'ip -o link show master cni0 | sed -E "s/^[0-9]+: ([^@:]+).*/\\1/"';

/** Of the wiring. */
const wireFaults: Readonly<Record<string, Fault>> = {
  'lost-pod-route': {
    wires: (blueprint) => {
      const podRoutes = blueprint.podRoutes.filter(({ node }) => node !== 'node/n1');
      return podRoutes.length === 0 ? blueprint : { ...blueprint, podRoutes };
    },
  },
  'no-hairpin': {
    concerns: ({ profile }) => profile === 'bridge' || profile === 'flannel',
    ports: (lab, node) => {
      const one = 'ip link set "$port" type bridge_slave hairpin off';
      lab.run(node, ['sh', '-ec', `for port in $(${portsOfBridge}); do ${one}; done`]);
    },
  },
};

/** Of policies, which are written in nf_tables whatever kube-proxy's mode. */
const policyFaults: Readonly<Record<string, Fault>> = {
  'lost-policy-drop': rule(/^\t\tdrop comment "no (?:in|e)gress rule .*\n/gm, ''),
  'lost-policy-rule': rule(/^\t\tip6? [sd]addr @pods-.* accept comment .*\n/gm, ''),
};

/** In the words of nft. */
export const nftFaults: Readonly<Record<string, Fault>> = {
  ...profileFaults,
  ...portmapFaults,
  ...wireFaults,
  ...policyFaults,
  'wrong-probability': rule(/numgen random mod (\d+) vmap \{ 0 : (goto \S+),/g, (_, n, first) => {
    return `numgen random mod ${Number(n) + 1} vmap { ${n} : ${first}, 0 : ${first},`;
  }),
  'lost-masquerade': rule(/^\t\tmasquerade.*\n/gm, ''),
  'lost-mark': rule(/^.* jump mark-for-masquerade.*\n/gm, ''),
  'drop-for-reject': rule(/^\t\treject$/gm, '\t\tdrop'),
  'reject-for-drop': rule(/ : drop(?=[ ,\n])/g, ' : goto reject-chain'),
  'no-affinity': rule(/^\t\tip6? saddr @affinity-.*\n/gm, ''),
  'wrong-port': rule(/(dnat to 10\.244\.\S+:)\d+/, '$17777'),
  'wrong-address': rule(/(dnat to )10\.244\.\d+\.\d+/, '$110.244.1.99'),
  'lost-endpoint': rule(
    /numgen random mod (\d+) vmap \{ 0 : goto \S+, 1 : (goto \S+)/,
    (_, n, second) => {
      return `numgen random mod ${n} vmap { 0 : ${second}, 1 : ${second}`;
    },
  ),
  'lost-hairpin': rule(/^\t\tip6? saddr \S+ jump mark-for-masquerade.*\n/gm, ''),
  'open-firewall': rule(/^\t\tip6? saddr != \{?[^\n]* drop\n/gm, ''),
};

/** In the words of iptables-save. */
export const iptablesFaults: Readonly<Record<string, Fault>> = {
  ...profileFaults,
  ...portmapFaults,
  ...wireFaults,
  ...policyFaults,
  'wrong-probability': rule(/--probability (0\.\d+)/g, (_, share) => {
    return `--probability ${(Number(share) * 0.7).toFixed(11)}`;
  }),
  'lost-masquerade': rule(/^-A KUBE-POSTROUTING .*-j MASQUERADE.*\n/gm, ''),
  'lost-mark': rule(/^-A KUBE-(?:SVC|EXT|SVL)-.* -j KUBE-MARK-MASQ\n/gm, ''),
  'drop-for-reject': rule(/-j REJECT --reject-with \S+/g, '-j DROP'),
  'reject-for-drop': rule(/(-A KUBE-(?:SERVICES|EXTERNAL-SERVICES) .*)-j DROP/g, '$1-j REJECT'),
  'no-affinity': rule(/^-A \S+ .*-m recent --rcheck .*\n/gm, ''),
  'wrong-port': rule(/(--to-destination 10\.244\.\S+:)\d+/, '$17777'),
  'wrong-address': rule(/(--to-destination )10\.244\.\d+\.\d+/, '$110.244.1.99'),
  'lost-endpoint': rule(/^-A KUBE-SVC-\S+ .*-m statistic .*\n/m, ''),
  'lost-hairpin': rule(/^-A KUBE-SEP-\S+ -s .* -j KUBE-MARK-MASQ\n/gm, ''),
  'open-firewall': rule(
    /^-A KUBE-FW-.* -j KUBE-MARK-DROP\n|^-A KUBE-PROXY-FIREWALL .* -j DROP\n/gm,
    '',
  ),
};
