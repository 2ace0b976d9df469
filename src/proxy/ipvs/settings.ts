// What of a configuration and a node reaches the IPVS mode's work, put together once per sync and
// named by a short key, so that nodes for which the same holds share what is built.
import { type Addr, addr, type Family, familyOf } from '../../net/addr.ts';
import { cidr, contains } from '../../net/cidr.ts';
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

export interface Settings {
  readonly family: Family;
  readonly detector: LocalDetector | null;
  readonly masqueradeAll: boolean;
  /** 1 << masqueradeBit. */
  readonly mark: number;
  readonly randomFully: boolean;
  readonly locality: Locality;
  /** What source ranges are compared with; loopback on a node without an address of the family. */
  readonly nodeIP: Addr;
  /** Addresses with virtual servers for node ports, ascending. Never loopback: 127.0.0.1:nodePort
   * does not work in this mode. */
  readonly nodePortIPs: readonly Addr[];
  /** Addresses on devices other than the dummy, loopback and link-local ones left out. */
  readonly otherAddresses: ReadonlySet<Addr>;
  /** Equal for nodes whose constant rules are equal. */
  readonly constantKey: string;
  /** Everything endpoint choice and front ends see of the node. */
  readonly nodeKey: string;
}

const loopback = { 4: cidr('127.0.0.0/8'), 6: cidr('::1/128') } as const;
const linkLocal = cidr('fe80::/10');

/** `addresses` are all of the node's devices but the dummy. */
export function settingsFor(
  addresses: readonly Addr[],
  node: ProxyNode,
  config: ProxyConfig,
  family: Family,
): Settings {
  const valid = addresses.filter((a) => familyOf(a) === family && isValid(a, family));
  const everywhere = { ...node, addresses: [...node.addresses, ...valid] };
  const chosen = nodePortAddresses(config, everywhere, family);
  const onNode = chosen.matchAll ? valid : chosen.addresses;
  const nodePortIPs = [...new Set(onNode.filter((a) => !contains(loopback[family], a)))];
  nodePortIPs.sort((a, b) => (a < b ? -1 : 1));
  const locality = localityOf(config, node);
  const nodeIP = primaryAddress(node, family) ?? addr(family === 4 ? '127.0.0.1' : '::1');
  const detector = localDetector(config, node, family);
  const { masqueradeAll, randomFully } = config;
  const mark = 2 ** config.masqueradeBit;
  const { nodeHints, annotationRequired, nodeName, zone } = locality;
  const others = [...new Set(valid)].sort((a, b) => (a < b ? -1 : 1));
  return {
    family,
    detector,
    masqueradeAll,
    mark,
    randomFully,
    locality,
    nodeIP,
    nodePortIPs,
    otherAddresses: new Set(others),
    constantKey: comparisonText([family, detector, masqueradeAll, mark, randomFully]),
    nodeKey: comparisonText([
      nodeHints,
      annotationRequired,
      nodeName,
      zone,
      nodeIP,
      nodePortIPs,
      others,
    ]),
  };
}

/** netlinkHandle.isValidForSet. */
function isValid(address: Addr, family: Family): boolean {
  return !contains(loopback[family], address) && !contains(linkLocal, address);
}
