// Checks of clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy among themselves. They run before allocation and,
// when they fail there, hide every other error. Models ValidateServiceClusterIPsRelatedFields (A6.9).
import type { Cause } from '../error.ts';
import {
  duplicate,
  invalid,
  invalidShown,
  required,
  shownList,
  shownPointer,
  unsupported,
} from '../field/errors.ts';
import { parseLegacyIP, validIP } from '../field/ips.ts';
import type { RuleContext } from '../kind-rules.ts';
import type { Service, ServiceSpec } from '../types.ts';
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

function addressCauses(
  spec: ServiceSpec,
  known: readonly string[] | undefined,
  minor: number,
): { causes: Cause[]; usable: boolean } {
  const ips = spec.clusterIPs ?? [];
  const causes: Cause[] = [];
  let usable = true;
  for (const [i, ip] of ips.entries()) {
    if (i === 0 && ip === 'None') {
      if (ips.length === 1) continue;
      usable = false;
      const detail = "'None' must be the first and only value";
      causes.push(invalidShown(LIST, shownList(ips, minor), detail));
      continue;
    }
    const found = validIP(`${LIST}[${i}]`, ip, { minor, known });
    if (found.length > 0) usable = false;
    causes.push(...found);
  }
  if (ips.length > 2) {
    causes.push(invalidShown(LIST, shownList(ips, minor), 'may only hold up to 2 values'));
  }
  return { causes, usable };
}

/** The addresses against their families; only for addresses that are well-formed. */
function matchCauses(spec: ServiceSpec, minor: number): Cause[] {
  const ips = spec.clusterIPs ?? [];
  const causes: Cause[] = [];
  if (ips.length > 1 && new Set(ips.map(familyName)).size < 2) {
    causes.push(
      invalidShown(
        LIST,
        shownList(ips, minor),
        'may specify no more than one IP for each IP family',
      ),
    );
  }
  if (isHeadless(spec)) return causes;
  for (const [i, family] of (spec.ipFamilies ?? []).entries()) {
    const ip = ips[i];
    if (ip === undefined || !families.includes(family) || familyName(ip) === family) continue;
    const detail = `expected an ${family} value as indicated by \`ipFamilies[${i}]\``;
    causes.push(invalid(`${LIST}[${i}]`, ip, detail));
  }
  return causes;
}

/** ValidateServiceClusterIPsRelatedFields without what is about a change. */
export function clusterIPCauses(
  { spec }: Service,
  { minor }: RuleContext,
  old: Service | undefined,
): Cause[] {
  if (spec.type === 'ExternalName') return [];
  const causes = firstMatches(spec, minor);
  causes.push(...familyCauses(spec.ipFamilies ?? []));
  if (spec.ipFamilyPolicy !== undefined && !policies.includes(spec.ipFamilyPolicy)) {
    causes.push(unsupported('spec.ipFamilyPolicy', spec.ipFamilyPolicy, policies));
  }
  const addresses = addressCauses(spec, old?.spec.clusterIPs, minor);
  causes.push(...addresses.causes);
  if (!addresses.usable) return causes;
  causes.push(...matchCauses(spec, minor));
  return causes;
}

const FIXED = 'may not change once set';

/** validateUpgradeDowngradeClusterIPs, then ...IPFamilies (update extras of A6). */
export function clusterIPChangeCauses(
  { spec }: Service,
  { spec: old }: Service,
  { minor }: RuleContext,
): Cause[] {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return [];
  const [headless, wasHeadless] = [isHeadless(spec), isHeadless(old)];
  if (headless && wasHeadless) return [];
  const causes = addressChanges(spec, old, minor);
  if (headless === wasHeadless) causes.push(...familyChanges(spec, old, minor));
  return causes;
}

function released(what: string, spec: ServiceSpec, minor: number): Cause[] {
  if (spec.ipFamilyPolicy === 'SingleStack') return [];
  const detail = `must be set to 'SingleStack' when releasing the secondary ${what}`;
  const value = shownPointer(spec.ipFamilyPolicy, minor);
  return [invalidShown('spec.ipFamilyPolicy', value, detail)];
}

function addressChanges(spec: ServiceSpec, old: ServiceSpec, minor: number): Cause[] {
  const ips = spec.clusterIPs ?? [];
  const before = old.clusterIPs ?? [];
  const list = shownList(ips, minor);
  const changed = (i: number) => invalidShown(`${LIST}[${i}]`, list, FIXED);
  if (before.length === ips.length) {
    return before.flatMap((ip, i) => (ip === ips[i] ? [] : [changed(i)]));
  }
  const causes: Cause[] = [];
  const downgrade = before.length > ips.length;
  if (downgrade && ips.length === 0) {
    causes.push(invalidShown(`${LIST}[0]`, list, 'primary clusterIP can not be unset'));
  }
  if (before.length > 0 && ips.length > 0 && ips[0] !== before[0]) causes.push(changed(0));
  if (downgrade && ips.length === 1) causes.push(...released('clusterIP', spec, minor));
  return causes;
}

/** Upstream names index 0 whichever family changed, and shows clusterIPs when the lengths differ. */
function familyChanges(spec: ServiceSpec, old: ServiceSpec, minor: number): Cause[] {
  const now = spec.ipFamilies ?? [];
  const before = old.ipFamilies ?? [];
  const at = 'spec.ipFamilies[0]';
  const list = shownList(now, minor, 'core.IPFamily');
  if (before.length === now.length) {
    return before.flatMap((family, i) =>
      family === now[i] ? [] : [invalidShown(at, list, FIXED)],
    );
  }
  const causes: Cause[] = [];
  const downgrade = before.length > now.length;
  if (downgrade && (spec.clusterIPs ?? []).length === 0) {
    causes.push(invalidShown(at, list, 'primary ipFamily can not be unset'));
  }
  if (before.length > 0 && now.length > 0 && now[0] !== before[0]) {
    causes.push(invalidShown(at, shownList(spec.clusterIPs ?? [], minor), FIXED));
  }
  if (downgrade && now.length === 1) causes.push(...released('ipFamily', spec, minor));
  return causes;
}
