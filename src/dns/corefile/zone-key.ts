// The keys of a server block: `[scheme://]zone[:port]` to (scheme, zone, port); a CIDR becomes its reverse zones
// (CoreDNS core/dnsserver/register.go InspectServerBlocks, plugin/normalize.go, plugin/pkg/cidr, plugin/pkg/parse).
import { formatAddr } from '../../net/addr.ts';
import { parseCidr } from '../../net/cidr.ts';
import { atLeast, type CoreDnsVersion } from '../kubeadm/version.ts';
import { absolute, isDomainName, lower } from '../message/name.ts';

export interface ZoneKey {
  readonly scheme: string;
  /** Absolute. Before CoreDNS 1.14.7 in the spelling of the key, and then queries only find it in lower case. */
  readonly zone: string;
  /** As the key has it: up to 65535 unless the caller refuses it. */
  readonly port: number;
}

const schemes: readonly { readonly scheme: string; readonly port: number | null }[] = [
  { scheme: 'tls', port: 853 },
  { scheme: 'dns', port: null },
  { scheme: 'quic', port: 853 },
  { scheme: 'grpc', port: 443 },
  { scheme: 'https3', port: 443 },
  { scheme: 'https', port: 443 },
  { scheme: 'unix', port: 0 },
];

const loweredSince = '1.14.7';
const zoneMax = 255;

/** The zones one key stands for; a text says why it is no key (CoreDNS: "error inspecting server blocks: ...").
 * `portUsual` is -dns.port. */
export function parseZoneKey(
  key: string,
  version: CoreDnsVersion = loweredSince,
  portUsual = 53,
): readonly ZoneKey[] | string {
  const found = schemes.find(({ scheme }) => key.startsWith(`${scheme}://`));
  const scheme = found?.scheme ?? 'dns';
  const split = splitHostPort(found === undefined ? key : key.slice(`${scheme}://`.length));
  if (typeof split === 'string') return split;
  for (const host of split.hosts) {
    const again = splitHostPort(absolute(host));
    if (typeof again === 'string') return again;
  }
  const port = split.port ?? found?.port ?? portUsual;
  const isLowered = atLeast(version, loweredSince);
  return split.hosts.map((host) => {
    const zone = absolute(host);
    return { scheme, zone: isLowered ? lower(zone) : zone, port };
  });
}

/** Upstream's plugin.SplitHostPort: names, and the port if there is one. A text is its error. */
function splitHostPort(
  text: string,
): { readonly hosts: readonly string[]; readonly port: number | null } | string {
  const colon = text.lastIndexOf(':');
  if (colon === text.length - 1) return `expecting data after last colon: ${goQuoted(text)}`;
  const digits = colon < 0 ? '' : text.slice(colon + 1);
  const port = /^[-+]?\d+$/.test(digits) ? Number(digits) : null;
  const host = port === null ? text : text.slice(0, colon);
  const bytes = utf8Length(host);
  if (bytes > zoneMax) return `specified zone is too long: ${bytes} > ${zoneMax}`;
  if (!isDomainName(absolute(host)) || host === '') {
    return `zone is not a valid domain name: ${host}`;
  }
  const range = parseCidr(host.replace(/\/0+(?=\d)/, '/'));
  if (range === undefined) return { hosts: [host], port };
  if (host.startsWith(':') || (host.startsWith('0') && host.includes(':'))) {
    return `invalid CIDR ${host}`;
  }
  return { hosts: reverseZones(range.low, range.bits), port };
}

function goQuoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const c of text) {
    const code = c.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}

/** "cluster.local" -> ["cluster.local."]; "10.0.0.0/15" -> two reverse zones; a scheme and a port are left out.
 * Undefined when it is no name (CoreDNS plugin.Host.NormalizeExact). */
export function zonesOf(text: string): readonly string[] | undefined {
  const found = schemes.find(({ scheme }) => text.startsWith(`${scheme}://`));
  const split = splitHostPort(found === undefined ? text : text.slice(found.scheme.length + 3));
  return typeof split === 'string' ? undefined : split.hosts.map((host) => lower(absolute(host)));
}

function reverseZones(low: number | bigint, bits: number): readonly string[] {
  const v4 = typeof low === 'number';
  const step = v4 ? 8 : 4;
  const whole = Math.ceil(bits / step);
  const count = 2 ** (whole * step - bits);
  const width = v4 ? 32 : 128;
  const zones: string[] = [];
  for (let i = 0; i < count; i++) {
    const shift = width - whole * step;
    const first = v4 ? low + i * 2 ** shift : low + (BigInt(i) << BigInt(shift));
    const parts = v4
      ? formatAddr(first as number).split('.')
      : first.toString(16).padStart(32, '0').split('');
    const labels = parts.slice(0, whole).reverse();
    zones.push([...labels, v4 ? 'in-addr.arpa.' : 'ip6.arpa.'].join('.'));
  }
  return zones;
}
