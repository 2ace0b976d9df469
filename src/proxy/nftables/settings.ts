// What of a configuration and a node reaches the rules of nftables mode, worked out once per table
// and named by short keys, so that nodes for which the same holds share their rules.
import type { Addr, Family } from '../../net/addr.ts';
import { familyOf, isLoopback } from '../../net/addr.ts';
import type { Cidr } from '../../net/cidr.ts';
import { comparisonText } from '../../sim/memo.ts';
import type { Locality } from '../categorize.ts';
import {
  type LocalDetector,
  localDetector,
  localityOf,
  nodePortAddresses,
  type ProxyConfig,
  type ProxyNode,
  primaryAddress,
} from '../config.ts';
import { hasFeature } from '../versions.ts';

export interface Settings {
  readonly family: Family;
  readonly minor: number;
  readonly detector: LocalDetector | null;
  readonly masqueradeAll: boolean;
  /** 1 << masqueradeBit. */
  readonly mark: number;
  /** Where node ports are open; null: on every local address but loopback. */
  readonly nodePortIPs: readonly Addr[] | null;
  /** Ranges whose unallocated addresses are dropped. */
  readonly serviceCIDRs: readonly Cidr[];
  readonly features: Features;
  readonly locality: Locality;
  readonly nodeIP: Addr | undefined;
  /** Equal for nodes that build equal rules from equal endpoint choices. */
  readonly key: string;
  /** `key` and what endpoint choice and source ranges see of the node. */
  readonly fullKey: string;
  /** Equal for nodes whose own chains and sets of the table are equal. */
  readonly baseKey: string;
}

/** How the versions' rules differ apart from the rows of base.table.ts. */
export interface Features {
  /** ClusterIP traffic from outside is marked per service port, by address and port. */
  readonly masqueradeMatchesPort: boolean;
  /** Rules set the mark themselves, a set tells hairpin connections, and endpoints have chains only
   * for affinity. */
  readonly inlineMark: boolean;
  readonly interfaceField: 'iif' | 'iifname';
}

export function settingsFor(node: ProxyNode, config: ProxyConfig, family: Family): Settings {
  const { minor, masqueradeAll, featureGates } = config;
  const has = (name: Parameters<typeof hasFeature>[0]) => hasFeature(name, minor, featureGates);
  const detector = localDetector(config, node, family);
  const nodePorts = nodePortAddresses(withPrimary(config), node, family);
  const locality = localityOf(config, node);
  const nodeIP = primaryAddress(node, family);
  const mark = 2 ** config.masqueradeBit;
  const nodePortIPs = nodePorts.matchAll
    ? null
    : nodePorts.addresses.filter((address) => !isLoopback(address));
  const serviceCIDRs = has('MultiCIDRServiceAllocator')
    ? config.serviceCIDRs.filter(({ low }) => familyOf(low) === family)
    : [];
  const features: Features = {
    masqueradeMatchesPort: has('NFTablesMasqueradeMatchesPort'),
    inlineMark: has('NFTablesInlineMark'),
    interfaceField: has('NFTablesInterfaceName') ? 'iifname' : 'iif',
  };
  const { nodeHints, annotationRequired, runningDuplicates } = locality;
  const hints = [nodeHints, annotationRequired, runningDuplicates];
  const key = comparisonText([family, minor, detector, masqueradeAll, mark, hints]);
  return {
    family,
    minor,
    detector,
    masqueradeAll,
    mark,
    nodePortIPs,
    serviceCIDRs,
    features,
    locality,
    nodeIP,
    key,
    fullKey: key + comparisonText([locality.nodeName, locality.zone, nodeIP ?? null]),
    baseKey: comparisonText([
      family,
      minor,
      detector,
      masqueradeAll,
      mark,
      nodePortIPs,
      serviceCIDRs,
    ]),
  };
}

/** Without a word about them node ports are open on the node's own address alone (platformApplyDefaults
 * of cmd/kube-proxy/app/server_linux.go). */
function withPrimary(config: ProxyConfig): ProxyConfig {
  return config.nodePortAddresses.length > 0
    ? config
    : { ...config, nodePortAddresses: ['primary'] };
}
