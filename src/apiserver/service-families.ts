// The IP families of a Service: which ones it gets when the manifest does not say, and which demands a cluster
// with one service range refuses (A3). Models initIPFamilyFields and the normalizations around it in
// pkg/registry/core/service/storage/alloc.go.
import type { Cause } from '../api/error.ts';
import { invalid, invalidShown, shownList } from '../api/field/errors.ts';
import { clusterIPCauses, clusterIPChangeCauses, familyName } from '../api/service/cluster-ips.ts';
import { isHeadless, needsClusterIP } from '../api/service/defaults.ts';
import type { Service, ServiceSpec } from '../api/types.ts';
import { type Draft, isUnset, sameValue } from '../api/values.ts';

export interface FamilyContext {
  readonly minor: number;
  /** Family of the service range: "IPv4" or "IPv6". */
  readonly family: string;
}

type Result = { readonly service: Service } | { readonly causes: readonly Cause[] };

/** clusterIP and clusterIPs in step with each other (normalizeClusterIPs). */
export function syncClusterIPs(spec: ServiceSpec, old: ServiceSpec | undefined): ServiceSpec {
  const ips = spec.clusterIPs ?? [];
  if (old === undefined) {
    return !isUnset(spec.clusterIP) && ips.length === 0
      ? { ...spec, clusterIPs: [spec.clusterIP] }
      : spec;
  }
  const sameList = sameValue(ips, old.clusterIPs ?? []);
  if (!sameList || (spec.clusterIP ?? '') === (old.clusterIP ?? '')) return spec;
  const next: Draft<ServiceSpec> = { ...spec };
  if (isUnset(spec.clusterIP)) delete next.clusterIPs;
  else next.clusterIPs = [spec.clusterIP];
  return next;
}

function defaultPolicy(spec: ServiceSpec, old: ServiceSpec | undefined): string {
  if (old?.ipFamilyPolicy !== undefined) return old.ipFamilyPolicy;
  const selectorless = Object.keys(spec.selector ?? {}).length === 0;
  return isHeadless(spec) && selectorless ? 'RequireDualStack' : 'SingleStack';
}

/** SingleStack with unchanged lists releases the second address and family. */
function downgrade(spec: Draft<ServiceSpec>, old: ServiceSpec | undefined): void {
  if (old === undefined || spec.ipFamilyPolicy !== 'SingleStack') return;
  if (old.ipFamilyPolicy === 'SingleStack') return;
  if (spec.clusterIPs !== undefined && sameValue(spec.clusterIPs, old.clusterIPs)) {
    spec.clusterIPs = spec.clusterIPs.slice(0, 1);
  }
  if (spec.ipFamilies !== undefined && sameValue(spec.ipFamilies, old.ipFamilies)) {
    spec.ipFamilies = spec.ipFamilies.slice(0, 1);
  }
}

function policyCauses(spec: ServiceSpec, old: ServiceSpec | undefined): Cause[] {
  if (spec.ipFamilyPolicy !== 'SingleStack') return [];
  const at = 'spec.ipFamilyPolicy';
  const released = (old?.clusterIPs ?? []).length > 1;
  const text = (what: string) => `must be 'RequireDualStack' or 'PreferDualStack' when ${what}`;
  const causes: Cause[] = [];
  if ((spec.clusterIPs ?? []).length > 1) {
    const detail = released
      ? "must be 'SingleStack' to release the secondary cluster IP"
      : text('multiple cluster IPs are specified');
    causes.push(invalid(at, spec.ipFamilyPolicy, detail));
  }
  if ((spec.ipFamilies ?? []).length > 1) {
    causes.push(invalid(at, spec.ipFamilyPolicy, text('multiple IP families are specified')));
  }
  return causes;
}

/** Families told from given addresses; a cause for an address of a family the cluster lacks. */
function inferFamilies(spec: Draft<ServiceSpec>, { family, minor }: FamilyContext): Cause[] {
  const causes: Cause[] = [];
  const list = [...(spec.ipFamilies ?? [])];
  const ips = spec.clusterIPs ?? [];
  for (const [i, ip] of ips.entries()) {
    if (ip === 'None') break;
    if (i < list.length) continue;
    const wanted = familyName(ip);
    if (wanted === family) list.push(wanted);
    else {
      causes.push(
        invalidShown(
          `spec.clusterIPs[${i}]`,
          shownList(ips, minor),
          `${wanted} is not configured on this cluster`,
        ),
      );
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
  const spec: Draft<ServiceSpec> = { ...service.spec };
  const before = old !== undefined && needsClusterIP(old.spec) ? old.spec : undefined;
  spec.ipFamilyPolicy ??= defaultPolicy(spec, before);
  downgrade(spec, before);
  const draft = { ...service, spec };
  const rules = { minor: context.minor };
  const first = old === undefined ? [] : clusterIPChangeCauses(draft, old, rules);
  first.push(...clusterIPCauses(draft, rules));
  if (first.length > 0) return { causes: first };
  const second = policyCauses(spec, before);
  second.push(...inferFamilies(spec, context));
  if (second.length > 0) return { causes: second };
  if (isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0) {
    const list = spec.ipFamilies ?? [context.family];
    const single = spec.ipFamilyPolicy === 'SingleStack' || list.length > 1;
    spec.ipFamilies = single ? list : [...list, other(list[0])];
    return { service: draft };
  }
  const third = clusterCauses(spec, context);
  if (third.length > 0) return { causes: third };
  spec.ipFamilies ??= [context.family];
  return { service: draft };
}

/** Demands that a cluster with a single service range cannot meet. */
function clusterCauses(spec: ServiceSpec, { family }: FamilyContext): Cause[] {
  const causes: Cause[] = [];
  if (spec.ipFamilyPolicy === 'RequireDualStack') {
    const detail = 'this cluster is not configured for dual-stack services';
    causes.push(invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, detail));
  }
  for (const [i, wanted] of (spec.ipFamilies ?? []).entries()) {
    if (wanted === family) continue;
    causes.push(invalid(`spec.ipFamilies[${i}]`, wanted, 'not configured on this cluster'));
  }
  return causes;
}
