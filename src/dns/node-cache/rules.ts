// The rules by which node-cache keeps conntrack and kube-proxy away from its addresses (initIptables of
// kubernetes/dns cmd/node-cache/app/cache_app.go): each is put on top of its chain, so the last one written is the first.
import { type Addr, type Family, familyOf } from '../../net/addr.ts';
import { single } from '../../net/cidr.ts';
import { type Proto, TCP, UDP } from '../../net/packet.ts';
import type { Hook, Hooking, Match, RuleLayer, Target } from '../../netfilter/rule.ts';
import { plainLayer } from '../../netfilter/ruleset.ts';
import type { NodeCacheFlags } from './flags.ts';

const owner = 'node-cache';
const notrack: Target = { kind: 'notrack', as: 'NOTRACK' };
const accept: Target = { kind: 'accept' };

type Row = readonly [
  table: 'raw' | 'filter',
  chain: Hook,
  protocols: 'both' | 'tcp',
  side: 'src' | 'dst',
  port: 'dns' | 'health',
];

/** In the order in which they are written. */
const rows: readonly Row[] = [
  ['raw', 'PREROUTING', 'both', 'dst', 'dns'],
  ['filter', 'INPUT', 'both', 'dst', 'dns'],
  ['raw', 'OUTPUT', 'both', 'src', 'dns'],
  ['filter', 'OUTPUT', 'both', 'src', 'dns'],
  ['raw', 'OUTPUT', 'both', 'dst', 'dns'],
  ['raw', 'OUTPUT', 'tcp', 'dst', 'health'],
  ['raw', 'OUTPUT', 'tcp', 'src', 'health'],
];

/** A node's layer of one family; undefined: its addresses are of the other one, or it writes no rules. */
export function nodeCacheLayer(flags: NodeCacheFlags, family: Family): RuleLayer | undefined {
  const own = flags.localIPs.filter((ip) => familyOf(ip) === family);
  if (!flags.setsRules || own.length === 0) return undefined;
  const hookings = own.flatMap((ip) => rows.flatMap((row) => hookingsOf(row, ip, flags)));
  return plainLayer(owner, family, [], hookings);
}

function hookingsOf(
  [table, chain, protocols, side, portName]: Row,
  ip: Addr,
  { dnsPort, healthPort }: NodeCacheFlags,
): readonly Hooking[] {
  const port = portName === 'dns' ? dnsPort : healthPort;
  const protos: readonly Proto[] = protocols === 'tcp' ? [TCP] : [TCP, UDP];
  return protos.map((proto) => {
    const matches: readonly Match[] = [
      { kind: 'address', side, negated: false, ...single(ip) },
      { kind: 'protocol', negated: false, proto },
      { kind: 'port', proto, side, negated: false, low: port, high: port },
    ];
    const target = table === 'raw' ? notrack : accept;
    return { table, chain, position: 'prepend', rule: { matches, target, origin: 0 } };
  });
}
