// Cluster IPs of a Service, one per family: explicit ones checked against the ranges, the others drawn; on update
// only what a new type or a second family asks for. Models allocClusterIPs, allocIPs and updateClusterIPs of
// pkg/registry/core/service/storage/alloc.go, and ipallocator's errors (A3).
import { serviceSubnets } from '../api/cluster-spec.ts';
import { invalidShown, shownList } from '../api/field/errors.ts';
import { parseLegacyIP } from '../api/field/ips.ts';
import { internalError, invalidObject } from '../api/refusals.ts';
import { rowOf } from '../api/scheme.ts';
import { isHeadless, needsClusterIP } from '../api/service/defaults.ts';
import type { Service } from '../api/types.ts';
import { type Addr, familyOf, formatAddr } from '../net/addr.ts';
import { type Cidr, contains, formatCidr } from '../net/cidr.ts';
import { type Plan, refusePinned } from './plan.ts';
import { addressRange, inRange } from './pools.ts';
import { keepsPreference } from './service-families.ts';

const EVERY_CIDR_SINCE = 33;

/** The ranges of one family: the cluster's own, then further ServiceCIDRs (1.33). */
function rangesOf(plan: Plan, family: string | undefined): readonly Cidr[] {
  const { spec } = plan.allocations;
  const all = spec.minor >= EVERY_CIDR_SINCE ? plan.ranges : [];
  const wanted = family === 'IPv6' ? 6 : 4;
  return [...serviceSubnets(spec), ...all].filter((range) => familyOf(range.low) === wanted);
}

/** Why this address cannot be had. */
function whyNot(plan: Plan, family: string | undefined, text: string): string | undefined {
  const { spec, addresses } = plan.allocations;
  const value: Addr | undefined = parseLegacyIP(text);
  const ranges = rangesOf(plan, family);
  const range = ranges.find((r) => value !== undefined && contains(r, value));
  const shown = value === undefined ? text : formatAddr(value);
  if (range === undefined && spec.minor >= EVERY_CIDR_SINCE) {
    return 'the provided network does not match the current range';
  }
  if (range === undefined || value === undefined || !inRange(addressRange(range), value)) {
    const own = range ?? ranges[0] ?? spec.serviceSubnet;
    const which = spec.minor >= 21 ? `the provided IP (${shown})` : 'provided IP';
    return `${which} is not in the valid range. The range of valid IPs is ${formatCidr(own)}`;
  }
  if (plan.dryRun) return undefined;
  if (addresses.ownerOf(shown) === undefined && !plan.addresses.has(shown)) return undefined;
  return 'provided IP is already allocated';
}

function explicitAddress(plan: Plan, service: Service, family: string, text: string): void {
  const why = whyNot(plan, family, text);
  if (why !== undefined) {
    const list = shownList(service.spec.clusterIPs ?? [], plan.allocations.spec.minor);
    const detail = `failed to allocate IP ${text}: ${why}`;
    throw invalidObject(rowOf(service), service.metadata.name ?? '', [
      invalidShown('spec.clusterIPs', list, detail),
    ]);
  }
  const name = formatAddr(parseLegacyIP(text) ?? 0);
  refusePinned(plan, plan.allocations.addresses, name, `cluster IP ${text}`);
  plan.addresses.add(name);
}

function pinnedAddress(plan: Plan, family: string): string | undefined {
  const pinned = plan.pin?.clusterIP ?? null;
  if (pinned === null || familyOf(pinned) !== (family === 'IPv6' ? 6 : 4)) return undefined;
  const name = formatAddr(pinned);
  return plan.allocations.addresses.ownerOf(name) === undefined ? name : undefined;
}

function automaticAddress(plan: Plan, service: Service, family: string): string {
  const { spec, addresses } = plan.allocations;
  const ranges = rangesOf(plan, family);
  const [first] = ranges;
  if (plan.dryRun && first !== undefined) return formatAddr(first.low);
  let name = pinnedAddress(plan, family);
  for (const range of ranges) {
    if (name !== undefined) break;
    const usable = addressRange(range);
    name = addresses.next(usable, plan.choices, 'allocate/clusterIP', plan.addresses);
  }
  if (name === undefined) {
    const about = spec.minor >= 36 ? ` for Service ${JSON.stringify(service.metadata.name)}` : '';
    const why = `failed to allocate a serviceIP${about}: range is full`;
    throw internalError(rowOf(service), service.metadata.name ?? '', why);
  }
  plan.addresses.add(name);
  return name;
}

/** One address per family from `from` on; given ones are kept as they are written. */
function fill(plan: Plan, service: Service, from: number): Service {
  const { spec } = service;
  const given = spec.clusterIPs ?? [];
  const ips = (spec.ipFamilies ?? []).map((family, i) => {
    const text = given[i] ?? '';
    if (i < from) return text;
    if (text === '') return automaticAddress(plan, service, family);
    explicitAddress(plan, service, family, text);
    return text;
  });
  const [clusterIP = ''] = ips;
  return { ...service, spec: { ...spec, clusterIP, clusterIPs: ips } };
}

/** Addresses of a new Service, or of one that ceases to be an ExternalName. */
export function createAddresses(plan: Plan, service: Service): Service {
  if (!needsClusterIP(service.spec) || isHeadless(service.spec)) return service;
  return fill(plan, service, 0);
}

/** Addresses of a changed Service. What it no longer has is released when it is stored. */
export function updateAddresses(plan: Plan, service: Service, { spec: old }: Service): Service {
  const { spec } = service;
  if (keepsPreference(spec, old)) return service;
  if (!needsClusterIP(old)) return createAddresses(plan, service);
  if (isHeadless(old) || !needsClusterIP(spec)) return service;
  const upgraded = old.ipFamilies?.length === 1 && spec.ipFamilies?.length === 2;
  return upgraded ? fill(plan, service, 1) : service;
}
