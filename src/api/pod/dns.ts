// Checks of what a Pod says about names (A11): dnsPolicy with dnsConfig, and hostAliases.
// Models validatePodDNSConfig and ValidateHostAliases of pkg/apis/core/validation.
import type { Cause } from '../error.ts';
import { invalid, invalids, required } from '../field/errors.ts';
import { validIP } from '../field/ips.ts';
import { dns1123Subdomain, dns1123SubdomainWithUnderscore } from '../field/names.ts';
import type { PodSpec } from '../types.ts';
import { isUnset } from '../values.ts';

const limits = { nameservers: 3, searches: 32, searchCharacters: 2048 } as const;
/** Since then "_" and a single dot may be searched (gate RelaxedDNSSearchValidation). */
const RELAXED_SINCE = 33;

function searchCauses(search: string, at: string, minor: number): Cause[] {
  const name = search.replace(/\.$/, '');
  if (minor < RELAXED_SINCE) return invalids(at, name, dns1123Subdomain(name));
  return search === '.' ? [] : invalids(at, name, dns1123SubdomainWithUnderscore(name));
}

/** dnsConfig at `at`. */
export function dnsConfigCauses(
  { dnsConfig, dnsPolicy }: PodSpec,
  at: string,
  minor: number,
): Cause[] {
  if (dnsPolicy === 'None') {
    const when = 'when `dnsPolicy` is None';
    if (dnsConfig === undefined) return [required(at, `must provide \`dnsConfig\` ${when}`)];
    if ((dnsConfig.nameservers ?? []).length === 0) {
      return [required(`${at}.nameservers`, `must provide at least one DNS nameserver ${when}`)];
    }
  }
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {};
  const causes: Cause[] = [];
  if (nameservers.length > limits.nameservers) {
    const detail = `must not have more than ${limits.nameservers} nameservers`;
    causes.push(invalid(`${at}.nameservers`, nameservers, detail));
  }
  for (const [i, ip] of nameservers.entries()) {
    causes.push(...validIP(`${at}.nameservers[${i}]`, ip, { minor }));
  }
  if (searches.length > limits.searches) {
    const detail = `must not have more than ${limits.searches} search paths`;
    causes.push(invalid(`${at}.searches`, searches, detail));
  }
  if (searches.join(' ').length > limits.searchCharacters) {
    const detail = `must not have more than ${limits.searchCharacters} characters (including spaces) in the search list`;
    causes.push(invalid(`${at}.searches`, searches, detail));
  }
  for (const [i, search] of searches.entries()) {
    causes.push(...searchCauses(search, `${at}.searches[${i}]`, minor));
  }
  for (const [i, { name }] of options.entries()) {
    if (isUnset(name)) causes.push(required(`${at}.options[${i}]`, 'must not be empty'));
  }
  return causes;
}

export function hostAliasCauses(spec: PodSpec, at: string, minor: number): Cause[] {
  return (spec.hostAliases ?? []).flatMap(({ ip, hostnames = [] }, i) => [
    ...validIP(`${at}[${i}].ip`, ip ?? '', { minor }),
    ...hostnames.flatMap((name, j) =>
      invalids(`${at}[${i}].hostnames[${j}]`, name, dns1123Subdomain(name)),
    ),
  ]);
}
