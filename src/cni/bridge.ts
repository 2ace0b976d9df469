// The plain profile of a kubeadm lab: the CNI plugins bridge (cni0, gateway .1, hairpin mode) and host-local, host-gw
// routes between nodes, and ip-masq-agent with the pod subnet as nonMasqueradeCIDRs, so pods keep their address among
// themselves and leave the cluster as their node. The bridge plugin's own ipMasq is off: it would masquerade pods to
// pods of other nodes. Rules as ip-masq-agent v2.5 writes them; later ones add --to-ports and --random-fully. A
// policy engine stands beside it (policy/). Host ports by portmap, chained behind bridge.

import type { Family } from '../net/addr.ts';
import { familyOf } from '../net/addr.ts';
import { type Cidr, cidr } from '../net/cidr.ts';
import { bridgedPods } from '../net/pod-network.ts';
import type { Rule, RuleLayer } from '../netfilter/rule.ts';
import { plainLayer } from '../netfilter/ruleset.ts';
import type { CniProfile } from './profile.ts';
import { sharedBySubnets } from './shared-layers.ts';

const owner = 'cni';
const chain = 'IP-MASQ-AGENT';
const linkLocal: Readonly<Record<Family, Cidr>> = {
  4: cidr('169.254.0.0/16'),
  6: cidr('fe80::/10'),
};

/** The quotes belong to the comment: the agent hands them to iptables without a shell. */
const jump: Rule = {
  matches: [
    {
      kind: 'comment',
      text: `"ip-masq-agent: ensure nat POSTROUTING directs all non-LOCAL destination traffic to our custom ${chain} chain"`,
    },
    { kind: 'addrtype', side: 'dst', negated: true, type: 'LOCAL' },
  ],
  target: { kind: 'jump', chain },
  origin: 0,
};

const masquerade: Rule = {
  matches: [
    {
      kind: 'comment',
      text: 'ip-masq-agent: outbound traffic is subject to MASQUERADE (must be last in chain)',
    },
  ],
  target: { kind: 'masquerade', randomFully: false },
  origin: 0,
};

function keep(to: Cidr): Rule {
  return {
    matches: [
      { kind: 'address', side: 'dst', negated: false, ...to },
      {
        kind: 'comment',
        text: 'ip-masq-agent: local traffic is not subject to MASQUERADE',
      },
    ],
    target: { kind: 'return' },
    origin: 0,
  };
}

function masqueradeLayer(family: Family, podSubnets: readonly Cidr[]): RuleLayer {
  const own = podSubnets.filter((range) => familyOf(range.low) === family);
  const rules = [keep(linkLocal[family]), ...own.map(keep), masquerade];
  const chains = [{ table: 'nat', name: chain, policy: null, rules, owner }] as const;
  return plainLayer(owner, family, chains, [
    { table: 'nat', chain: 'POSTROUTING', position: 'append', rule: jump },
  ]);
}

/** ip-masq-agent's rules, which other plugins without a masquerade of their own take over. */
export const masqAgentLayer = sharedBySubnets(masqueradeLayer);

export const bridge: CniProfile = {
  name: 'bridge',
  summary: 'bridge cni0 with host-local addresses, host-gw routes and ip-masq-agent',
  network: bridgedPods,
  addresses: 'node-range',
  portmap: 'bridge',
  enforcesPolicy: true,
  layer: masqAgentLayer,
};
