// What a full sync writes before any Service: the table, its hooks, its sets and maps, and the
// rules that lead from the hooks to the maps. Rows that are plain data stand in base.table.ts.
// Models setupNFTables of pkg/proxy/nftables/proxier.go.
import type { Addr, Family } from '../../net/addr.ts';
import { cidr } from '../../net/cidr.ts';
import type { NftField } from '../../netfilter/nft/field.table.ts';
import type { NftPart, NftSet, NftStatement } from '../../netfilter/nft/table.ts';
import {
  baseChainTable,
  inVersion,
  jumpTable,
  type SetName,
  setTable,
  topChains,
} from './base.table.ts';
import type { Operation } from './operation.ts';
import * as parts from './parts.ts';
import type { Settings } from './settings.ts';

export const tableName = 'kube-proxy';
export const tableComment = 'rules for kube-proxy';
export const rejectChain = 'reject-chain';
export const markChain = 'mark-for-masquerade';

/** Operations in order. `first`: the process has not synced before, so base chains are made anew in
 * case an older version left them with other priorities. */
export function setupOperations(settings: Settings, first: boolean): readonly Operation[] {
  const { minor } = settings;
  const made = new Set<string>();
  const hooks = inVersion(baseChainTable, minor);
  return [
    { kind: 'addTable', comment: tableComment },
    ...(first ? hooks.flatMap(({ name }) => [...addChain(name), deleteChain(name)]) : []),
    ...hooks.flatMap(({ name, base }): Operation[] => [
      { kind: 'addChain', name, base, comment: null },
      { kind: 'flushChain', name },
    ]),
    ...inVersion(jumpTable, minor).flatMap(({ to, from, newOnly }) => [
      ...ensureChain(to, made),
      rule(from, [...(newOnly ? [parts.flagged('ct state', 'new')] : []), parts.jump(to)]),
    ]),
    ...inVersion(topChains, minor).flatMap(({ name }) => ensureChain(name, made)),
    ...masqueradeOperations(settings),
    ...clusterIPOperations(settings),
    ...nodePortIPOperations(settings),
    ...noEndpointOperations(settings),
    ...dispatchOperations(settings, made),
  ];
}

/** A chain that is there and empty, once in a transaction. */
export function ensureChain(name: string, made: Set<string>): readonly Operation[] {
  if (made.has(name)) return [];
  made.add(name);
  return [...addChain(name), { kind: 'flushChain', name }];
}

function masqueradeOperations(settings: Settings): readonly Operation[] {
  const { mark, family, features } = settings;
  if (!features.inlineMark) {
    return [
      rule(markChain, [parts.mark('or', mark)]),
      rule('masquerading', [parts.marked(mark, false), parts.verdict({ kind: 'return' })]),
      rule('masquerading', [parts.mark('xor', mark)]),
      rule('masquerading', [parts.masquerade]),
    ];
  }
  const addresses = [parts.source(family), parts.destination(family)];
  const connection: readonly NftField[] = [...addresses, 'meta l4proto', 'th dport'];
  return [
    addSet('hairpin-connections', settings),
    rule('masquerading', [parts.marked(mark, true), parts.mark('xor', mark), parts.masquerade]),
    rule('masquerading', [
      parts.flagged('ct status', 'dnat'),
      parts.inSet(connection, 'hairpin-connections'),
      parts.masquerade,
    ]),
  ];
}

function clusterIPOperations(settings: Settings): readonly Operation[] {
  const { family, serviceCIDRs } = settings;
  const daddr = parts.destination(family);
  const known = [parts.inSet([daddr], 'cluster-ips'), parts.reject];
  const unallocated = [
    parts.among(daddr, serviceCIDRs.map(parts.range), false),
    parts.verdict(parts.drop),
  ];
  return [
    addSet('cluster-ips', settings),
    rule('cluster-ips-check', known, 'Reject traffic to invalid ports of ClusterIPs'),
    ...(serviceCIDRs.length === 0
      ? []
      : [rule('cluster-ips-check', unallocated, 'Drop traffic to unallocated ClusterIPs')]),
  ];
}

/** The set is made in any case, so that deleting it where it is not wanted cannot fail. */
function nodePortIPOperations(settings: Settings): readonly Operation[] {
  const named = { name: 'nodeport-ips', isMap: false } as const;
  const { nodePortIPs } = settings;
  return [
    addSet('nodeport-ips', settings),
    ...(nodePortIPs === null
      ? [{ kind: 'deleteSet', ...named } as const]
      : [{ kind: 'flushSet', ...named } as const, ...nodePortIPs.map(addNodePortIP)]),
  ];
}

function addNodePortIP(address: Addr): Operation {
  return { kind: 'addElement', set: 'nodeport-ips', element: parts.element([address]) };
}

function noEndpointOperations(settings: Settings): readonly Operation[] {
  const { family, nodePortIPs } = settings;
  const comment = 'helper for @no-endpoint-services / @no-endpoint-nodeports';
  const daddr = parts.destination(family);
  const open = nodePortIPs === null ? notLoopback(family) : parts.inSet([daddr], 'nodeport-ips');
  return [
    addSet('no-endpoint-services', settings),
    addSet('no-endpoint-nodeports', settings),
    { kind: 'addChain', name: rejectChain, base: null, comment },
    { kind: 'flushChain', name: rejectChain },
    rule(rejectChain, [parts.reject]),
    rule('service-endpoints-check', [parts.lookUp(frontend(family), 'no-endpoint-services')]),
    rule('nodeport-endpoints-check', [open, parts.lookUp(nodePort, 'no-endpoint-nodeports')]),
  ];
}

function dispatchOperations(settings: Settings, made: Set<string>): readonly Operation[] {
  const { family, nodePortIPs } = settings;
  const daddr = parts.destination(family);
  const open =
    nodePortIPs === null
      ? [parts.compare('fib daddr type', 'local'), notLoopback(family)]
      : [parts.inSet([daddr], 'nodeport-ips')];
  return [
    addSet('firewall-ips', settings),
    ...ensureChain('firewall-check', made),
    rule('firewall-check', [parts.lookUp(frontend(family), 'firewall-ips')]),
    addSet('service-ips', settings),
    addSet('service-nodeports', settings),
    ...clusterIPMasquerade(settings),
    rule('services', [parts.lookUp(frontend(family), 'service-ips')]),
    rule('services', [...open, parts.lookUp(nodePort, 'service-nodeports')]),
  ];
}

/** For all ClusterIPs at once, where rules set the mark themselves. */
function clusterIPMasquerade(settings: Settings): readonly Operation[] {
  const { family, detector, masqueradeAll, mark, features } = settings;
  if (!features.inlineMark || (detector === null && !masqueradeAll)) return [];
  const isOutside: readonly NftStatement[] =
    masqueradeAll || detector === null
      ? []
      : [parts.fromLocal(detector, family, features.interfaceField, true)];
  const toClusterIP = parts.inSet([parts.destination(family)], 'cluster-ips');
  const comment = masqueradeAll
    ? 'masquerade all clusterIP traffic'
    : 'masquerade clusterIP traffic from outside cluster';
  return [rule('services', [toClusterIP, ...isOutside, parts.mark('or', mark)], comment)];
}

function frontend(family: Family): readonly NftField[] {
  return [parts.destination(family), 'meta l4proto', 'th dport'];
}

const nodePort: readonly NftField[] = ['meta l4proto', 'th dport'];

/** Node ports on localhost do not work in this mode. */
function notLoopback(family: Family): NftStatement {
  const loopback: NftPart = family === 4 ? parts.range(cidr('127.0.0.0/8')) : 1n;
  return parts.compare(parts.destination(family), loopback, true);
}

function addChain(name: string): readonly Operation[] {
  return [{ kind: 'addChain', name, base: null, comment: null }];
}

function deleteChain(name: string): Operation {
  return { kind: 'deleteChain', name };
}

function rule(
  chain: string,
  statements: readonly NftStatement[],
  comment: string | null = null,
): Operation {
  return { kind: 'addRule', chain, rule: parts.rule(statements, 0, comment) };
}

function addSet(name: SetName, settings: Settings): Operation {
  return { kind: 'addSet', set: emptySet(name, settings) };
}

/** One of the table's own sets, without its elements. */
export function emptySet(name: SetName, { family, minor }: Settings): NftSet {
  const found = inVersion(setTable, minor).find((row) => row.name === name);
  if (found === undefined) throw new Error(`no set ${name} in 1.${minor}`);
  const address = family === 4 ? 'ipv4_addr' : 'ipv6_addr';
  return {
    name,
    type: found.type.map((part) => (part === 'address' ? address : part)),
    data: found.isMap ? 'verdict' : null,
    flags: [],
    timeoutSeconds: null,
    size: null,
    comment: found.comment,
    elements: [],
  };
}
