// What of a configuration and a node reaches the rules, worked out once per layer and named by
// short keys, so that nodes for which the same holds share their rules.
import type { Addr, Family } from '../../net/addr.ts';
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
import type { ProxySnapshot } from '../snapshot.ts';
import { hasFeature } from '../versions.ts';
import { largeClusterEndpoints } from './constant.table.ts';
import type { ConstantOptions } from './constant.ts';

export interface Settings {
  readonly family: Family;
  readonly detector: LocalDetector | null;
  readonly masqueradeAll: boolean;
  readonly countLocalhost: boolean;
  /** Off in large clusters. */
  readonly comments: boolean;
  readonly locality: Locality;
  readonly nodeIP: Addr | undefined;
  readonly constant: ConstantOptions;
  /** Equal for nodes that build equal rules from equal endpoint choices. */
  readonly key: string;
  /** `key` and what endpoint choice and source ranges see of the node. */
  readonly fullKey: string;
  /** Equal for nodes whose constant rules are equal. */
  readonly constantKey: string;
}

export function settingsFor(
  snapshot: ProxySnapshot,
  node: ProxyNode,
  config: ProxyConfig,
  family: Family,
): Settings {
  const detector = localDetector(config, node, family);
  const nodePorts = nodePortAddresses(config, node, family);
  const nfacct = (node.nfacct ?? config.nfacct) && hasFeature('NFAcctRules', config.minor);
  const localhostNodePorts =
    family === 4 && config.localhostNodePorts && nodePorts.containsLoopback;
  const countLocalhost = nfacct && localhostNodePorts;
  const comments = snapshot.endpointCount[family] <= largeClusterEndpoints;
  const locality = localityOf(config, node);
  const nodeIP = primaryAddress(node, family);
  const constant: ConstantOptions = {
    isIPv6: family === 6,
    mark: 2 ** config.masqueradeBit,
    randomFully: config.randomFully,
    conntrackTCPBeLiberal: config.conntrackTCPBeLiberal,
    nfacct,
    localhostNodePorts,
    nodePorts,
  };
  const { masqueradeAll } = config;
  const seen = [family, detector, masqueradeAll, countLocalhost, comments];
  const { nodeHints, annotationRequired } = locality;
  const key = comparisonText([...seen, nodeHints, annotationRequired]);
  return {
    family,
    detector,
    masqueradeAll,
    countLocalhost,
    comments,
    locality,
    nodeIP,
    constant,
    key,
    fullKey: key + comparisonText([locality.nodeName, locality.zone, nodeIP ?? null]),
    constantKey: comparisonText(constant),
  };
}

/** The settings of the same node for rules with or without comments. */
export function withComments(settings: Settings, comments: boolean): Settings {
  if (settings.comments === comments) return settings;
  const { key, fullKey } = settings;
  return { ...settings, comments, key: `${key} ${comments}`, fullKey: `${fullKey} ${comments}` };
}
