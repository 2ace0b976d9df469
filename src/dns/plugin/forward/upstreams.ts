// The TO arguments of `forward`: addresses, files in the form of resolv.conf, and from 1.14.4 on host names (CoreDNS
// plugin/pkg/parse/host.go, plugin/forward/resolve.go). Upstreams over other transports than plain DNS are refused.
import { type Addr, formatEndpoint, parseAddr } from '../../../net/addr.ts';
import { parseResolvConf } from '../../../net/resolv-conf.ts';
import type { Dispenser } from '../../corefile/dispenser.ts';
import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';
import { isDomainName } from '../../message/name.ts';
import type { BlockContext } from '../../plugin.ts';

/** What `forward` keeps of one upstream server. */
export interface Upstream {
  readonly addr: Addr;
  readonly port: number;
  /** "8.8.8.8:53" */
  readonly text: string;
}

/** One TO: the upstreams that it names, or a host name to look up when the process starts. */
export type Target =
  | { readonly kind: 'static'; readonly upstreams: readonly Upstream[] }
  | { readonly kind: 'host'; readonly host: string; readonly port: number };

/** From then on a TO may be a host name, and an upstream that is named twice counts once. */
const hostNames: CoreDnsVersion = '1.14.4';

const schemes = ['tls', 'dns', 'quic', 'grpc', 'https3', 'https', 'unix'] as const;

export function upstream(addr: Addr, port: number): Upstream {
  return { addr, port, text: formatEndpoint(addr, port) };
}

/** The upstreams of one or more TOs in their order. Throws InputError with CoreDNS's text. */
export function targetsOf(
  d: Dispenser,
  to: readonly string[],
  block: BlockContext,
): readonly Target[] {
  const byName = atLeast(block.version, hostNames);
  const targets = to.flatMap((text) => targetOf(d, text, block, byName));
  const none = targets.every((t) => t.kind === 'static' && t.upstreams.length === 0);
  if (none) throw d.raw(byName ? 'no valid upstream addresses found' : 'no nameservers found');
  if (!byName) return targets;
  const seen = new Set<string>();
  return targets.map((target) =>
    target.kind === 'host' ? target : { ...target, upstreams: unseen(target.upstreams, seen) },
  );
}

/** Those that `seen` does not hold yet, which are added to it. */
export function unseen(upstreams: readonly Upstream[], seen: Set<string>): readonly Upstream[] {
  return upstreams.filter(({ text }) => {
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew;
  });
}

function targetOf(
  d: Dispenser,
  text: string,
  block: BlockContext,
  byName: boolean,
): readonly Target[] {
  const scheme = schemes.find((name) => text.startsWith(`${name}://`)) ?? 'dns';
  const rest = text.startsWith(`${scheme}://`) ? text.slice(scheme.length + 3) : text;
  if (rest === '') throw d.raw(`invalid address: "${text}"`);
  if (scheme !== 'dns') otherTransport(d, scheme, text, block.version);
  const { host, port } = splitHostPort(rest);
  // Only to be counted: nothing runs by it.
  if (scheme === 'https') return [{ kind: 'host', host, port: 443 }];
  const addr = parseAddr(host.replace(/%[^%]*$/, ''));
  if (addr !== undefined) {
    return [{ kind: 'static', upstreams: [upstream(addr, portOf(d, port ?? '53'))] }];
  }
  const file = readServers(rest, block);
  if (file !== undefined) return [{ kind: 'static', upstreams: file }];
  if (!byName)
    throw d.raw(`not an IP address or file: ${JSON.stringify(port === null ? host : rest)}`);
  if (!isDomainName(host) || host === '') {
    throw d.raw(`not an IP address, file, or valid domain: "${text}"`);
  }
  return [{ kind: 'host', host, port: portOf(d, port ?? '53') }];
}

/** Throws for what is no transport; what is one is left out. */
function otherTransport(d: Dispenser, scheme: string, text: string, version: CoreDnsVersion): void {
  const known = scheme === 'tls' || (scheme === 'https' && atLeast(version, '1.14.5'));
  if (known) {
    d.leaveOut(`upstream ${text} is not modelled`, 'use plain DNS: IP or IP:PORT');
    return;
  }
  const rest = text.slice(scheme.length + 3);
  const { host, port } = splitHostPort(rest);
  const usual = { quic: 853, grpc: 443, https: 443 }[scheme];
  const whole = port === null && usual !== undefined && parseAddr(host) !== undefined;
  const shown = whole ? `${scheme}://${host.includes(':') ? `[${host}]` : host}:${usual}` : text;
  throw d.raw(`'${scheme}' is not supported as a destination protocol in forward: ${shown}`);
}

/** "10.0.0.1:5353" -> host and port; without a port the brackets of an IPv6 address are cut all the same. */
export function splitHostPort(text: string): { host: string; port: string | null } {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(text);
  if (match === null) return { host: text.replace(/^[[\]]+|[[\]]+$/g, ''), port: null };
  return { host: match[1] ?? match[2] ?? '', port: match[3] ?? '' };
}

function portOf(d: Dispenser, text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  d.leaveOut(`port "${text}" of an upstream is not modelled`, 'write a number from 1 to 65535');
  return 53;
}

/** Servers of a file in the form of resolv.conf; undefined: there is no such file. */
function readServers(path: string, block: BlockContext): readonly Upstream[] | undefined {
  const text = path === '/etc/resolv.conf' ? block.resolvConf : block.readFile(path);
  if (text === undefined) return undefined;
  return parseResolvConf(text).nameservers.map((server) => upstream(server, 53));
}
