// The IP families of a Service: which ones it gets when the manifest does not say, and which demands a cluster
// refuses (A3). Models initIPFamilyFields of pkg/registry/core/service/storage/alloc.go and normalizeClusterIPs of
// storage.go. Addresses are given out in service-allocation.ts.
import type { Cause } from '../api/error.ts';
import { invalid, invalidShown, shownList } from '../api/field/errors.ts';
import { clusterIPCauses, familyName } from '../api/service/cluster-ips.ts';
import { needsClusterIP } from '../api/service/defaults.ts';
import type { Service, ServiceSpec } from '../api/types.ts';
import { type Draft, isUnset, sameValue } from '../api/values.ts';

export interface FamilyContext {
  readonly minor: number;
  /** Families of the service ranges, primary first: ["IPv4"], ["IPv6", "IPv4"]. */
  readonly families: readonly string[];
}

type Result = { readonly service: Service } | { readonly causes: readonly Cause[] };

const POLICY = 'spec.ipFamilyPolicy';

/** clusterIP and clusterIPs in step with each other (normalizeClusterIPs). */
export function syncClusterIPs(spec: ServiceSpec, old: ServiceSpec | undefined): ServiceSpec {
  const ips = spec.clusterIPs ?? [];
  if (old === undefined) {
    return !isUnset(spec.clusterIP) && ips.length === 0
      ? { ...spec, clusterIPs: [spec.clusterIP] }
      : spec;
  }
  const next: Draft<ServiceSpec> = { ...spec };
  const same = (spec.clusterIP ?? '') === (old.clusterIP ?? '');
  if (same) {
    if (ips.length === 0 && old.clusterIPs !== undefined) next.clusterIPs = old.clusterIPs;
    return next;
  }
  if (!sameValue(ips, old.clusterIPs ?? [])) return next;
  if (isUnset(spec.clusterIP)) delete next.clusterIPs;
  else next.clusterIPs = [spec.clusterIP];
  return next;
}

function selectorlessHeadless(spec: ServiceSpec): boolean {
  return spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0;
}

function defaultPolicy(spec: ServiceSpec, old: ServiceSpec | undefined): string {
  if (old?.ipFamilyPolicy !== undefined) return old.ipFamilyPolicy;
  return selectorlessHeadless(spec) ? 'RequireDualStack' : 'SingleStack';
}

/** PreferDualStack as before, with the same lists: such a Service is left as it is. */
export function keepsPreference(spec: ServiceSpec, old: ServiceSpec | undefined): boolean {
  return (
    old !== undefined &&
    old.type === spec.type &&
    needsClusterIP(spec) &&
    spec.ipFamilyPolicy === 'PreferDualStack' &&
    (old.ipFamilyPolicy ?? 'PreferDualStack') === 'PreferDualStack' &&
    sameValue(spec.clusterIPs ?? [], old.clusterIPs ?? []) &&
    sameValue(spec.ipFamilies ?? [], old.ipFamilies ?? [])
  );
}

function reduced(now: readonly string[] | undefined, before: readonly string[] | undefined) {
  const count = now?.length ?? 0;
  return count > 0 && count < (before?.length ?? 0);
}

/** SingleStack with unchanged lists releases the second address and family; other policies may not lose them. */
function downgrade(spec: Draft<ServiceSpec>, old: ServiceSpec): Cause[] {
  if (spec.ipFamilyPolicy === 'SingleStack') {
    if (sameValue(spec.clusterIPs, old.clusterIPs)) {
      if (spec.clusterIPs !== undefined) spec.clusterIPs = spec.clusterIPs.slice(0, 1);
    }
    if (sameValue(spec.ipFamilies, old.ipFamilies)) {
      if (spec.ipFamilies !== undefined) spec.ipFamilies = spec.ipFamilies.slice(0, 1);
    }
    return [];
  }
  const causes: Cause[] = [];
  const text = (what: string) => `must be 'SingleStack' to release the secondary ${what}`;
  if (reduced(spec.clusterIPs, old.clusterIPs)) {
    causes.push(invalid(POLICY, spec.ipFamilyPolicy, text('cluster IP')));
  }
  if (reduced(spec.ipFamilies, old.ipFamilies)) {
    causes.push(invalid(POLICY, spec.ipFamilyPolicy, text('IP family')));
  }
  return causes;
}

function singleStackCauses(spec: ServiceSpec): Cause[] {
  if (spec.ipFamilyPolicy !== 'SingleStack') return [];
  const text = (what: string) =>
    `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`;
  const causes: Cause[] = [];
  if (spec.clusterIPs?.length === 2) {
    causes.push(invalid(POLICY, spec.ipFamilyPolicy, text('cluster IPs')));
  }
  if (spec.ipFamilies?.length === 2) {
    causes.push(invalid(POLICY, spec.ipFamilyPolicy, text('IP families')));
  }
  return causes;
}

/** Families told from given addresses; a cause for an address of a family the cluster lacks. */
function inferFamilies(spec: Draft<ServiceSpec>, { families, minor }: FamilyContext): Cause[] {
  const causes: Cause[] = [];
  const list = [...(spec.ipFamilies ?? [])];
  const ips = spec.clusterIPs ?? [];
  for (const [i, ip] of ips.entries()) {
    if (ip === 'None') break;
    if (i < list.length) continue;
    const family = familyName(ip);
    if (families.includes(family)) list.push(family);
    else {
      const detail = `${family} is not configured on this cluster`;
      causes.push(invalidShown(`spec.clusterIPs[${i}]`, shownList(ips, minor), detail));
    }
  }
  if (list.length > 0) spec.ipFamilies = list;
  return causes;
}

function other(family: string | undefined): string {
  return family === 'IPv4' ? 'IPv6' : 'IPv4';
}

/** Families and policy of a Service that has or gets cluster IPs; on refusal the only causes reported. */
export function initFamilies(
  service: Service,
  old: Service | undefined,
  context: FamilyContext,
): Result {
  if (!needsClusterIP(service.spec)) return { service };
  if (keepsPreference(service.spec, old?.spec)) return { service };
  const spec: Draft<ServiceSpec> = { ...service.spec };
  spec.ipFamilyPolicy ??= defaultPolicy(spec, old?.spec);
  const draft = { ...service, spec };
  const first = clusterIPCauses(draft, { minor: context.minor }, old);
  if (first.length > 0) return { causes: first };
  const second = old === undefined ? [] : downgrade(spec, old.spec);
  second.push(...singleStackCauses(spec), ...inferFamilies(spec, context));
  if (second.length > 0) return { causes: second };
  const either = spec.ipFamilyPolicy !== 'SingleStack';
  const [primary = 'IPv4'] = context.families;
  if (selectorlessHeadless(spec)) {
    // Whatever the cluster has: nobody knows which endpoints the user will give it.
    const list = spec.ipFamilies ?? [primary];
    spec.ipFamilies = either && list.length < 2 ? [...list, other(list[0])] : list;
    return { service: draft };
  }
  const third = clusterCauses(spec, context);
  if (third.length > 0) return { causes: third };
  const list = spec.ipFamilies ?? [primary];
  const both = either && list.length === 1 && context.families.length === 2;
  spec.ipFamilies = both ? [...list, other(list[0])] : list;
  return { service: draft };
}

/** Demands that a cluster without the family, or without a second one, cannot meet. */
function clusterCauses(spec: ServiceSpec, { families }: FamilyContext): Cause[] {
  const causes: Cause[] = [];
  if (spec.ipFamilyPolicy === 'RequireDualStack' && families.length < 2) {
    const detail = 'this cluster is not configured for dual-stack services';
    causes.push(invalid(POLICY, spec.ipFamilyPolicy, detail));
  }
  for (const [i, family] of (spec.ipFamilies ?? []).entries()) {
    if (families.includes(family)) continue;
    causes.push(invalid(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster'));
  }
  return causes;
}
