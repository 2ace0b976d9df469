// The machines outside the nodes: the hosts of the Cluster document with their settings, rules and listeners, the API server
// where no node has its address, and the upstream name servers.
import type { ClusterSpec, HostRules, HostSpec } from '../api/cluster-spec.ts';
import { InputError } from '../api/input-error.ts';
import { type Addr, addr, familyOf, formatAddr } from '../net/addr.ts';
import { TCP, UDP } from '../net/packet.ts';
import { parseResolvConf } from '../net/resolv-conf.ts';
import { parseRules, RulesTextError } from '../netfilter/iptables-text/parse.ts';
import type { RuleSource } from '../netfilter/rule.ts';
import type { Sysctls } from '../node/machine.ts';
import type { State } from './state.ts';

/** Hosts of the document, the API server's address where no node has it, and the upstream DNS servers. */
export function addOutside(state: State): void {
  const { spec, fabric } = state.parts;
  for (const host of spec.hosts) {
    const machine = `host/${host.name}`;
    const { name, ip, routes, iptables } = host;
    fabric.addHost({ name, ip, routes, sysctls: hostSysctls(host) });
    if (iptables !== undefined) fabric.loadRules(machine, hostRules(host, iptables));
    for (const { port, proto } of host.listen) {
      const data = { container: '', reply: host.name };
      const program = proto === TCP ? 'http' : 'echo';
      fabric.listen(machine, { proto, addr: null, port, program, data, assumed: false });
    }
  }
  const { address, port } = spec.apiServer;
  const owner = fabric.ownerOf(address);
  if (owner === undefined) fabric.addHost({ name: 'kube-apiserver', ip: address, routes: [] });
  listen(state, owner ?? 'host/kube-apiserver', port, apiServerName);
  for (const ip of upstreamAddresses(spec)) {
    if (fabric.ownerOf(ip) !== undefined) continue;
    const name = upstreamName(ip);
    fabric.addHost({ name, ip, routes: [] });
    for (const proto of [UDP, TCP] as const) {
      const data = { container: '', reply: '' };
      const socket = { proto, addr: null, port: 53, program: 'upstream-dns', data, assumed: false };
      fabric.listen(`host/${name}`, socket);
    }
  }
}

/** What the socket of the API server answers. */
export const apiServerName = 'kube-apiserver';

/** Every name server that a node's resolv.conf names, and 8.8.8.8. */
function upstreamAddresses(spec: ClusterSpec): readonly Addr[] {
  const servers = spec.nodes.flatMap((node) => parseResolvConf(node.resolvConf).nameservers);
  return [...new Set([...servers, addr('8.8.8.8')])];
}

function upstreamName(ip: Addr): string {
  return `dns-${formatAddr(ip)}`;
}

/** The machines of the upstream name servers. */
export function upstreamMachines(state: State): readonly string[] {
  const { spec, fabric } = state.parts;
  return upstreamAddresses(spec)
    .map((ip) => `host/${upstreamName(ip)}`)
    .filter((machine) => fabric.has(machine));
}

/** Of the family that the host has. */
function hostSysctls({ ip, sysctls = {} }: HostSpec): Partial<Sysctls> {
  const name = familyOf(ip) === 4 ? 'net.ipv4.ip_forward' : 'net.ipv6.conf.all.forwarding';
  const forward = sysctls[name];
  return forward === undefined ? {} : { forward: forward === 1 };
}

/** The rules that a host's text loads. Throws InputError invalid-value at the line that does not load. */
function hostRules({ name, ip }: HostSpec, { text, lines }: HostRules): RuleSource {
  try {
    return parseRules(text, familyOf(ip), `host/${name}`);
  } catch (error) {
    if (!(error instanceof RulesTextError)) throw error;
    const place = lines[Math.max(0, error.line - 1)];
    throw new InputError('invalid-value', `iptables of host "${name}": ${error.message}`, {
      position: place?.position ?? null,
      sourceLine: place?.text ?? null,
      hint: 'what iptables-save prints, for example "*nat" ... "COMMIT"',
    });
  }
}

/** Opens a TCP socket whose program answers `reply` over HTTP. */
export function listen(state: State, machine: string, port: number, reply: string): void {
  const data = { container: '', reply };
  state.parts.fabric.listen(machine, {
    proto: TCP,
    addr: null,
    port,
    program: 'http',
    data,
    assumed: false,
  });
}
