// Checks of clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy among themselves. They run before allocation and,
// when they fail there, hide every other error. Models ValidateServiceClusterIPsRelatedFields (A6.9).
import type { Cause } from '../error.ts';
import {
  duplicate,
  invalid,
  invalidShown,
  required,
  shownList,
  unsupported,
} from '../field/errors.ts';
import { parseLegacyIP, validIP } from '../field/ips.ts';
import type { RuleContext } from '../kind-rules.ts';
import type { Service, ServiceSpec } from '../types.ts';
import { sameValue } from '../values.ts';
import { isHeadless } from './defaults.ts';

const LIST = 'spec.clusterIPs';
export const families: readonly string[] = ['IPv4', 'IPv6'];
const policies: readonly string[] = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

/** "IPv4" or "IPv6" of a text that is an address. */
export function familyName(ip: string): string {
  return typeof parseLegacyIP(ip) === 'bigint' ? 'IPv6' : 'IPv4';
}

function firstMatches(spec: ServiceSpec, minor: number): Cause[] {
  const ips = spec.clusterIPs ?? [];
  const list = shownList(ips, minor);
  if (spec.clusterIP === undefined || spec.clusterIP === '') {
    if (ips.length === 0) return [];
    return [invalidShown(LIST, list, 'must be empty when `clusterIP` is not specified')];
  }
  if (ips.length === 0) return [required(LIST)];
  if (ips[0] === spec.clusterIP) return [];
  return [invalidShown(LIST, list, 'first value must match `clusterIP`')];
}

function familyCauses(list: readonly string[]): Cause[] {
  const causes: Cause[] = [];
  for (const [i, family] of list.entries()) {
    const at = `spec.ipFamilies[${i}]`;
    if (!families.includes(family)) causes.push(unsupported(at, family, families));
    if (list.indexOf(family) < i) causes.push(duplicate(at, family));
  }
  return causes;
}

function addressCauses(spec: ServiceSpec, minor: number): { causes: Cause[]; usable: boolean } {
  const ips = spec.clusterIPs ?? [];
  const causes: Cause[] = [];
  let usable = true;
  if (ips[0] === 'None') {
    if (ips.length > 1) {
      usable = false;
      causes.push(
        invalidShown(LIST, shownList(ips, minor), "'None' must be the first and only value"),
      );
    }
  } else {
    for (const [i, ip] of ips.entries()) {
      const found = validIP(`${LIST}[${i}]`, ip);
      if (found.length > 0) usable = false;
      causes.push(...found);
    }
  }
  if (ips.length > 2) {
    causes.push(invalidShown(LIST, shownList(ips, minor), 'may only hold up to 2 values'));
  }
  return { causes, usable };
}

/** The addresses against their families; only for addresses that are well-formed. */
function matchCauses(spec: ServiceSpec, minor: number, familiesUsable: boolean): Cause[] {
  const ips = spec.clusterIPs ?? [];
  const causes: Cause[] = [];
  if (ips.length > 1 && ips.length !== new Set(ips.map(familyName)).size) {
    causes.push(
      invalidShown(
        LIST,
        shownList(ips, minor),
        'may specify no more than one IP for each IP family',
      ),
    );
  }
  if (isHeadless(spec) || !familiesUsable) return causes;
  for (const [i, family] of (spec.ipFamilies ?? []).entries()) {
    const ip = ips[i];
    if (ip === undefined || familyName(ip) === family) continue;
    const detail = `expected an ${family} value as indicated by \`ipFamilies[${i}]\``;
    causes.push(invalid(`${LIST}[${i}]`, ip, detail));
  }
  return causes;
}

/** ValidateServiceClusterIPsRelatedFields without what is about a change. */
export function clusterIPCauses({ spec }: Service, { minor }: RuleContext): Cause[] {
  if (spec.type === 'ExternalName') return [];
  const causes = firstMatches(spec, minor);
  const badFamilies = familyCauses(spec.ipFamilies ?? []);
  causes.push(...badFamilies);
  if (spec.ipFamilyPolicy !== undefined && !policies.includes(spec.ipFamilyPolicy)) {
    causes.push(unsupported('spec.ipFamilyPolicy', spec.ipFamilyPolicy, policies));
  }
  const addresses = addressCauses(spec, minor);
  causes.push(...addresses.causes);
  if (!addresses.usable) return causes;
  causes.push(...matchCauses(spec, minor, badFamilies.length === 0));
  return causes;
}

/** What of the addresses and families may not change (update extras of A6). */
export function clusterIPChangeCauses(
  { spec }: Service,
  { spec: old }: Service,
  { minor }: RuleContext,
): Cause[] {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return [];
  const ips = spec.clusterIPs ?? [];
  const oldIPs = old.clusterIPs ?? [];
  const causes: Cause[] = [];
  const list = shownList(ips, minor);
  if (oldIPs.length > 0 && oldIPs[0] !== '') {
    if (ips.length === 0) {
      causes.push(invalidShown(`${LIST}[0]`, list, 'primary clusterIP can not be unset'));
    } else if (ips[0] !== oldIPs[0]) {
      causes.push(invalidShown(`${LIST}[0]`, list, 'may not change once set'));
    }
  }
  if (oldIPs.length > 1) {
    if (ips.length === 1 && spec.ipFamilyPolicy !== 'SingleStack') {
      const detail = "must be set to 'SingleStack' when releasing the secondary clusterIP";
      causes.push(invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, detail));
    } else if (ips.length > 1 && ips[1] !== oldIPs[1]) {
      causes.push(invalidShown(`${LIST}[1]`, list, 'may not change once set'));
    }
  }
  causes.push(...familyChangeCauses(spec, old));
  return causes;
}

function familyChangeCauses(spec: ServiceSpec, old: ServiceSpec): Cause[] {
  const now = spec.ipFamilies ?? [];
  const before = old.ipFamilies ?? [];
  if (isHeadless(spec) || isHeadless(old) || before.length === 0) return [];
  const causes: Cause[] = [];
  if (now.length === 0) {
    causes.push(invalid('spec.ipFamilies[0]', now, 'primary ipFamily can not be unset'));
  } else if (now[0] !== before[0]) {
    causes.push(invalid('spec.ipFamilies[0]', now, 'may not change once set'));
  }
  if (before.length > 1 && now.length === 1 && spec.ipFamilyPolicy !== 'SingleStack') {
    const detail = "must be set to 'SingleStack' when releasing the secondary ipFamily";
    causes.push(invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, detail));
  } else if (before.length > 1 && now.length > 1 && !sameValue(now[1], before[1])) {
    causes.push(invalid('spec.ipFamilies[1]', now, 'may not change once set'));
  }
  return causes;
}
