// kube-proxy's rules in a short form for tables of tests: chains by role instead of hash, comments
// left out. "nat SERVICES tcp 172.30.0.41:80 -> SVC", "nat SEP(10.180.0.1:80) -> DNAT
// 10.180.0.1:80".
import { formatAddr, formatEndpoint } from '../../src/net/addr.ts';
import { protoName } from '../../src/net/packet.ts';
import type { Match, Rule, Target } from '../../src/netfilter/rule.ts';
import type { IptablesLayer } from '../../src/proxy/iptables/layer.ts';
import { endpointChain, portChains } from '../../src/proxy/iptables/names.ts';
import type { ProxySnapshot } from '../../src/proxy/snapshot.ts';
import { sortedValues } from '../../src/proxy/sorted-map.ts';

/** Every rule that comes of a Service or leads to the node ports, sorted by table and chain. */
export function shortRules(snapshot: ProxySnapshot, layer: IptablesLayer): readonly string[] {
  const roles = rolesOf(snapshot, layer);
  const role = (chain: string) => roles.get(chain) ?? chain.replace('KUBE-', '');
  const constant = ['KUBE-POSTROUTING', 'KUBE-MARK-MASQ', 'KUBE-FORWARD', 'KUBE-FIREWALL'];
  return (['filter', 'nat'] as const).flatMap((table) =>
    layer
      .chains(table)
      .filter((name) => !constant.includes(name))
      .flatMap((name) =>
        (layer.chain(table, name)?.rules ?? []).map(
          (rule) => `${table} ${role(name)}${shortRule(rule, role)}`,
        ),
      )
      .filter((line) => !line.endsWith('SERVICES to LOCAL -> NODEPORTS')),
  );
}

function rolesOf(snapshot: ProxySnapshot, layer: IptablesLayer): Map<string, string> {
  const roles = new Map<string, string>();
  const ports = [...sortedValues(snapshot.ports[layer.family])];
  for (const { service, endpoints } of ports) {
    const { cluster, local, external, firewall } = portChains(service);
    const tag = ports.length > 1 ? `(${service.portName})` : '';
    roles.set(cluster, `SVC${tag}`).set(local, `SVL${tag}`);
    roles.set(external, `EXT${tag}`).set(firewall, `FW${tag}`);
    for (const { text } of endpoints.list) roles.set(endpointChain(service, text), `SEP(${text})`);
  }
  return roles;
}

function shortRule(rule: Rule, role: (chain: string) => string): string {
  const words = rule.matches.map((match) => shortMatch(match, role)).filter((w) => w !== '');
  const text = words.length > 0 ? ` ${words.join(' ')}` : '';
  return `${text.replace(/ :(?=\d)/, ':')} -> ${shortTarget(rule.target, role)}`;
}

function shortMatch(match: Match, role: (chain: string) => string): string {
  switch (match.kind) {
    case 'comment':
      return '';
    case 'address': {
      const text = formatAddr(match.low) + (match.low === match.high ? '' : `/${match.bits}`);
      return `${match.negated ? 'not ' : ''}${match.side === 'src' ? 'from ' : ''}${text}`;
    }
    case 'interface':
      return `${match.negated ? 'not ' : ''}by ${match.name}`;
    case 'protocol':
      return protoName(match.proto);
    case 'port':
      return match.side === null ? '' : `:${match.low}`;
    case 'addrtype':
      return `${match.side === 'src' ? 'from' : 'to'} LOCAL`;
    case 'random':
      return `1/${Math.round(2 ** 31 / match.below)}`;
    case 'recent':
      return match.op === 'set' ? 'remember' : `seen ${role(match.list)} ${match.seconds}s`;
    default:
      return match.kind;
  }
}

function shortTarget(target: Target, role: (chain: string) => string): string {
  switch (target.kind) {
    case 'jump':
      return role(target.chain);
    case 'dnat':
      return `DNAT ${formatEndpoint(target.to, target.port ?? 0)}`;
    case 'none':
      return 'none';
    default:
      return target.kind.toUpperCase();
  }
}
