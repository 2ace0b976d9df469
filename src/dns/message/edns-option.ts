// EDNS options as miekg/dns reads and writes them back (edns.go): which octets of an option it takes, and which come out
// again. An option without a row is any octets, and stays as it is.
import { atLeast, type CoreDnsVersion } from '../kubeadm/version.ts';
import type { EdnsOption } from './message.ts';
import { Malformed, Reader } from './reader.ts';

interface OptionRule {
  readonly code: number;
  /** First CoreDNS release whose miekg/dns looks into it; absent: all. */
  readonly since?: CoreDnsVersion;
  takes(bytes: Uint8Array): boolean;
  /** What is written back; absent: the same. */
  back?(bytes: Uint8Array): Uint8Array;
}

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

const OPTION_RULES: readonly OptionRule[] = [
  // LLQ
  { code: 1, takes: ({ length }) => length >= 18, back: (bytes) => bytes.slice(0, 18) },
  // Update lease: the second number is left out when it is 0.
  {
    code: 2,
    takes: ({ length }) => length === 4 || length === 8,
    back: (bytes) => (isZero(bytes.subarray(4)) ? bytes.slice(0, 4) : bytes),
  },
  // Client subnet: family, source and scope prefix; 0 is dig's way to say "none".
  { code: 8, takes: (bytes) => isSubnet(bytes), back: subnetBack },
  // Expire
  {
    code: 9,
    takes: ({ length }) => length === 0 || length >= 4,
    back: (bytes) => bytes.slice(0, 4),
  },
  // TCP keep-alive: no time-out is said by leaving it out.
  {
    code: 11,
    takes: ({ length }) => length === 0 || length === 2,
    back: (bytes) => (isZero(bytes) ? bytes.slice(0, 0) : bytes),
  },
  // Extended error
  { code: 15, takes: ({ length }) => length >= 2 },
  // Report channel (RFC 9567)
  { code: 18, since: '1.14.2', takes: isName },
  // Zone version (RFC 9660)
  { code: 19, since: '1.14.2', takes: ({ length }) => length >= 2 },
];

const maskMax: Readonly<Record<number, number>> = { 1: 32, 2: 128 };

function isSubnet(bytes: Uint8Array): boolean {
  const [high = 0, family = 0, source = 0, scope = 0] = bytes;
  if (bytes.length < 4 || high !== 0) return false;
  if (family === 0) return source === 0;
  const max = maskMax[family];
  return max !== undefined && source <= max && scope <= max;
}

/** The address masked, and cut to the octets that the prefix needs. */
function subnetBack(bytes: Uint8Array): Uint8Array {
  const source = bytes[2] ?? 0;
  const out = new Uint8Array(4 + Math.ceil(source / 8));
  out.set(bytes.subarray(0, out.length));
  const rest = source % 8;
  if (rest > 0) out[out.length - 1] = (out[out.length - 1] ?? 0) & (0xff00 >> rest);
  return out;
}

function isName(bytes: Uint8Array): boolean {
  try {
    new Reader(bytes, 0).name();
    return true;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return false;
  }
}

/** By code. */
export type OptionRules = ReadonlyMap<number, OptionRule>;

/** What one release's library knows of EDNS options; absent: the newest. */
export function optionRulesOf(version?: CoreDnsVersion): OptionRules {
  const known = OPTION_RULES.filter(
    ({ since }) => since === undefined || version === undefined || atLeast(version, since),
  );
  return new Map(known.map((rule) => [rule.code, rule]));
}

const none: readonly EdnsOption[] = [];

/** Options up to the reader's end, as they will be written back. `rules`: by code. */
export function readOptions(r: Reader, rules: OptionRules): readonly EdnsOption[] {
  if (r.at === r.end) return none;
  const options: EdnsOption[] = [];
  while (r.at < r.end) {
    const code = r.u16();
    const bytes = r.take(r.u16());
    const rule = rules.get(code);
    if (rule !== undefined && !rule.takes(bytes)) throw new Malformed('bad EDNS option');
    options.push({ code, bytes: rule?.back?.(bytes) ?? bytes });
  }
  return options;
}
