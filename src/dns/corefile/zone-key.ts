// The keys of a server block: `[scheme://]zone[:port]` to (scheme, zone, port); a CIDR becomes its reverse zones
// (CoreDNS core/dnsserver/address.go, plugin/normalize.go).
import { formatAddr } from '../../net/addr.ts';
import { parseCidr } from '../../net/cidr.ts';
import { absolute, isDomainName, lower } from '../message/name.ts';

export interface ZoneKey {
  readonly scheme: string;
  /** Lower case, absolute. */
  readonly zone: string;
  readonly port: number;
}

const schemes: readonly { readonly scheme: string; readonly port: number }[] = [
  { scheme: 'dns', port: 53 },
  { scheme: 'tls', port: 853 },
  { scheme: 'quic', port: 853 },
  { scheme: 'grpc', port: 443 },
  { scheme: 'https', port: 443 },
  { scheme: 'https3', port: 443 },
];

/** The zones one key stands for; a text says why it is no key (CoreDNS: "error inspecting server blocks: ..."). */
export function parseZoneKey(key: string): readonly ZoneKey[] | string {
  let rest = key;
  let { scheme, port } = schemes[0] as { scheme: string; port: number };
  const separator = rest.indexOf('://');
  if (separator >= 0) {
    const known = schemes.find((s) => s.scheme === rest.slice(0, separator).toLowerCase());
    if (known === undefined) return `unknown scheme in "${key}"`;
    ({ scheme, port } = known);
    rest = rest.slice(separator + 3);
  }
  const colon = rest.lastIndexOf(':');
  if (colon >= 0 && /^\d+$/.test(rest.slice(colon + 1)) && !isPlainIPv6Range(rest)) {
    port = Number(rest.slice(colon + 1));
    if (port < 1 || port > 65535) return `invalid port in "${key}"`;
    rest = rest.slice(0, colon);
  }
  const zones = zonesOf(rest);
  if (zones === undefined) return `invalid zone "${rest}" in "${key}"`;
  return zones.map((zone) => ({ scheme, zone, port }));
}

function isPlainIPv6Range(text: string): boolean {
  return text.split(':').length > 2 && parseCidr(text) !== undefined && !text.includes(']');
}

/** "cluster.local" -> ["cluster.local."]; "10.0.0.0/15" -> two reverse zones; undefined when it is no name. */
export function zonesOf(text: string): readonly string[] | undefined {
  const range = parseCidr(text);
  if (range !== undefined) return reverseZones(range.low, range.bits);
  const zone = lower(absolute(text));
  return isDomainName(zone) && !text.includes('/') ? [zone] : undefined;
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
