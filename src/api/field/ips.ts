// IP addresses and ranges in API fields: the tolerant parsing of old fields (leading zeros, IPv4-mapped), the
// ranges an endpoint may not lie in, and the warnings about other spellings.
// Models k8s.io/apimachinery/pkg/util/validation/ip.go and ValidateNonSpecialIP of pkg/apis/core/validation.
import { type Addr, formatAddr, parseAddr } from '../../net/addr.ts';
import { type Cidr, cidr, contains, formatCidr, parseCidr } from '../../net/cidr.ts';
import type { Cause } from '../error.ts';
import { goQuote, invalid } from './errors.ts';

const IP_TEXT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const CIDR_TEXT = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
const MAPPED = 0xffffn << 32n;

/** As fields older than strict parsing read it: "010.0.0.1" is 10.0.0.1, "::ffff:10.0.0.1" is IPv4. */
export function parseLegacyIP(text: string): Addr | undefined {
  const value = parseAddr(text) ?? parseAddr(text.replace(/(^|\.)0+(?=\d)/g, '$1'));
  if (typeof value === 'bigint' && value >> 32n === MAPPED >> 32n)
    return Number(value & 0xffffffffn);
  return value;
}

/** As `parseLegacyIP`, for CIDRs; host bits may be set. */
export function parseLegacyCIDR(text: string): Cidr | undefined {
  return parseCidr(text) ?? parseCidr(text.replace(/(^|\.)0+(?=\d)/g, '$1'));
}

export interface LegacyRules {
  /** Kubernetes minor version; since 36 leading zeros, mapped addresses and host bits are refused. */
  readonly minor?: number;
  /** Values the old object had: accepted whatever they are, since strictness came (1.33). */
  readonly known?: readonly string[] | undefined;
}

const STRICT_SINCE = 36;
const KNOWN_SINCE = 33;

function isKnown(value: string, { minor = 0, known = [] }: LegacyRules): boolean {
  return minor >= KNOWN_SINCE && known.includes(value);
}

function isMapped(text: string): boolean {
  const value = parseAddr(text);
  return typeof value === 'bigint' && value >> 32n === MAPPED >> 32n;
}

/** IsValidIPForLegacyField. */
export function validIP(field: string, value: string, rules: LegacyRules = {}): Cause[] {
  if (isKnown(value, rules)) return [];
  if (parseLegacyIP(value) === undefined) return [invalid(field, value, IP_TEXT)];
  if ((rules.minor ?? 0) < STRICT_SINCE) return [];
  if (parseAddr(value) === undefined) return [invalid(field, value, 'must not have leading 0s')];
  if (!isMapped(value)) return [];
  return [invalid(field, value, 'must not be an IPv4-mapped IPv6 address')];
}

/** IsValidIP: strict, and in the one canonical form. */
export function strictIP(field: string, value: string): Cause[] {
  const causes = validIP(field, value, { minor: STRICT_SINCE });
  const canonical = formatAddr(parseLegacyIP(value) ?? 0);
  if (causes.length > 0 || canonical === value) return causes;
  return [invalid(field, value, `must be in canonical form (${goQuote(canonical)})`)];
}

/** IsValidCIDR: strict, and in the one canonical form. */
export function strictCIDR(field: string, value: string): Cause[] {
  const causes = validCIDR(field, value, { minor: STRICT_SINCE });
  const range = parseLegacyCIDR(value);
  if (causes.length > 0 || range === undefined || formatCidr(range) === value) return causes;
  return [invalid(field, value, `must be in canonical form (${goQuote(formatCidr(range))})`)];
}

/** IsValidCIDRForLegacyField. */
export function validCIDR(field: string, value: string, rules: LegacyRules = {}): Cause[] {
  if (isKnown(value, rules)) return [];
  const range = parseLegacyCIDR(value);
  if (range === undefined) return [invalid(field, value, CIDR_TEXT)];
  if ((rules.minor ?? 0) < STRICT_SINCE) return [];
  if (parseCidr(value) === undefined) {
    return [invalid(field, value, 'must not have leading 0s in IP or prefix length')];
  }
  if (isMapped(value.slice(0, value.indexOf('/')))) {
    return [invalid(field, value, 'must not have an IPv4-mapped IPv6 address')];
  }
  if (addressOf(value) === range.low) return [];
  return [invalid(field, value, 'must not have bits set beyond the prefix length')];
}

const special: readonly { readonly ranges: readonly Cidr[]; readonly text: string }[] = [
  {
    ranges: [cidr('127.0.0.0/8'), cidr('::1/128')],
    text: 'may not be in the loopback range (127.0.0.0/8, ::1/128)',
  },
  {
    ranges: [cidr('169.254.0.0/16'), cidr('fe80::/10')],
    text: 'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
  },
  {
    ranges: [cidr('224.0.0.0/24'), cidr('ff02::/16')],
    text: 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
  },
];

/** What an endpoint or external IP may not be; `value` is a valid IP. */
export function nonSpecialIP(field: string, value: string): Cause[] {
  const parsed = parseLegacyIP(value);
  if (parsed === undefined) return [invalid(field, value, 'must be a valid IP address')];
  const causes: Cause[] = [];
  if (parsed === 0 || parsed === 0n) {
    causes.push(invalid(field, value, `may not be unspecified (${value})`));
  }
  for (const { ranges, text } of special) {
    if (ranges.some((range) => contains(range, parsed))) causes.push(invalid(field, value, text));
  }
  return causes;
}

const OLD = 'was accepted, but will be invalid in a future Kubernetes release:';
const APPLY_LOOPS = 'which may cause controller apply-loops';
const OCTET = 'IPv4 field has octet with leading zero';

/** The warning about an address that is not spelled canonically. */
export function ipWarnings(field: string, value: string, minor = 34): string[] {
  const parsed = parseLegacyIP(value);
  if (parsed === undefined) return [];
  const canonical = formatAddr(parsed);
  if (canonical === value) return [];
  if (minor < KNOWN_SINCE) {
    return parseAddr(value) === undefined
      ? [`${field}: IP address ${OLD} ParseAddr(${goQuote(value)}): ${OCTET}`]
      : isMapped(value)
        ? []
        : [
            `${field}: IPv6 address ${goQuote(value)} is not in RFC 5952 canonical format (${goQuote(canonical)}), ${APPLY_LOOPS}`,
          ];
  }
  if (parseAddr(value) === undefined || (typeof parsed === 'number' && value.includes(':'))) {
    return [
      `${field}: non-standard IP address ${goQuote(value)} will be considered invalid in a future Kubernetes release: use ${goQuote(canonical)}`,
    ];
  }
  return [
    `${field}: IPv6 address ${goQuote(value)} should be in RFC 5952 canonical format (${goQuote(canonical)})`,
  ];
}

/** The warnings about a range that is not spelled canonically. */
export function cidrWarnings(field: string, value: string, minor = 34): string[] {
  const range = parseLegacyCIDR(value);
  if (range === undefined) return [];
  const canonical = formatCidr(range);
  if (minor < KNOWN_SINCE) return oldCidrWarnings(field, value, canonical);
  const host = addressOf(value);
  const warnings: string[] = [];
  if (host !== undefined && host !== range.low) {
    const single = `${formatAddr(host)}/${typeof host === 'number' ? 32 : 128}`;
    warnings.push(
      `${field}: CIDR value ${goQuote(value)} is ambiguous in this context (should be ${goQuote(canonical)} or ${goQuote(single)}?)`,
    );
  }
  if (parseCidr(value) === undefined || isMapped(value.slice(0, value.indexOf('/')))) {
    warnings.push(
      `${field}: non-standard CIDR value ${goQuote(value)} will be considered invalid in a future Kubernetes release: use ${goQuote(canonical)}`,
    );
  }
  if (warnings.length > 0 || canonical === value) return warnings;
  return [
    `${field}: IPv6 CIDR value ${goQuote(value)} should be in RFC 5952 canonical format (${goQuote(canonical)})`,
  ];
}

function oldCidrWarnings(field: string, value: string, canonical: string): string[] {
  if (parseCidr(value) === undefined) {
    const address = goQuote(value.slice(0, value.indexOf('/')));
    return [
      `${field}: IP prefix ${OLD} netip.ParsePrefix(${goQuote(value)}): ParseAddr(${address}): ${OCTET}`,
    ];
  }
  const host = addressOf(value);
  const own = host === undefined ? value : `${formatAddr(host)}${value.slice(value.indexOf('/'))}`;
  if (typeof host !== 'bigint' || own === value) return [];
  return [
    `${field}: IPv6 prefix ${goQuote(value)} is not in RFC 5952 canonical format (${goQuote(canonical)}), ${APPLY_LOOPS}`,
  ];
}

function addressOf(range: string): Addr | undefined {
  return parseLegacyIP(range.slice(0, range.indexOf('/')));
}
