// The machines outside the nodes: the hosts of the Cluster document with their settings, rules and listeners, the API server
// where no node has its address, and the upstream name servers.
import type { ClusterSpec, HostRules, HostSpec, NodeSpec } from '../api/cluster-spec.ts';
import { InputError } from '../api/input-error.ts';
import { publicResolvers } from '../dns/public-resolvers.table.ts';
import { type Addr, addr, familyOf, formatAddr, parseAddr } from '../net/addr.ts';
import { type Proto, SCTP, TCP, UDP } from '../net/packet.ts';
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
      const program = programAt(port, proto);
      fabric.listen(machine, { proto, addr: null, port, program, data, assumed: false });
    }
  }
  const { address, port } = spec.apiServer;
  const owner = fabric.ownerOf(address);
  if (owner === undefined) fabric.addHost({ name: 'kube-apiserver', ip: address, routes: [] });
  listen(state, owner ?? 'host/kube-apiserver', port, apiServerName);
  for (const ip of nodeServers(spec)) addResolver(state, `dns-${formatAddr(ip)}`, [ip]);
  const families = new Set(spec.nodes.flatMap(addressesOf).map(familyOf));
  const others = publicResolvers.filter((ip) => families.has(familyOf(ip)));
  addResolver(state, 'dns-public', others);
}

/** One machine for those of the addresses that nobody has. */
function addResolver(state: State, name: string, addresses: readonly Addr[]): void {
  const { fabric } = state.parts;
  const [ip, ...more] = addresses.filter((one) => fabric.ownerOf(one) === undefined);
  if (ip === undefined) return;
  fabric.addHost({ name, ip, more, routes: [] });
  for (const own of [ip, ...more]) {
    for (const proto of [UDP, TCP] as const) {
      const data = { container: '', reply: '' };
      const at = { proto, addr: own, port: dnsPort };
      const socket = { ...at, program: upstreamProgram, data, assumed: false };
      fabric.listen(`host/${name}`, socket);
    }
  }
}

function addressesOf({ internalIP, addresses }: NodeSpec): readonly Addr[] {
  return [internalIP, ...addresses.flatMap(({ address }) => parseAddr(address) ?? [])];
}

const dnsPort = 53;

/** Answers the zone text of the Cluster document. */
const upstreamProgram = 'upstream-dns';

/** What a host of the document answers with: names at the port of DNS, else its own name. */
function programAt(port: number, proto: Proto): string {
  if (port === dnsPort && proto !== SCTP) return upstreamProgram;
  return proto === TCP ? 'http' : 'echo';
}

/** What the socket of the API server answers. */
export const apiServerName = 'kube-apiserver';

/** Every name server that a node's resolv.conf names, and 8.8.8.8. */
function nodeServers(spec: ClusterSpec): readonly Addr[] {
  const servers = spec.nodes.flatMap((node) => parseResolvConf(node.resolvConf).nameservers);
  return [...new Set([...servers, addr('8.8.8.8')])];
}

/** The machines of the upstream name servers: a host of the document is one where it answers at such an address. */
export function upstreamMachines(state: State): readonly string[] {
  const { spec, fabric } = state.parts;
  const all = [...nodeServers(spec), ...publicResolvers].flatMap((ip) => fabric.ownerOf(ip) ?? []);
  return [...new Set(all)].filter((machine) =>
    fabric.sockets(machine).some(({ program }) => program === upstreamProgram),
  );
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
