// The objects behind cluster IPs since 1.33: an IPAddress for each one that is held, the ServiceCIDR "kubernetes" of the
// cluster's own ranges, and further ServiceCIDRs, which are Ready at once and go when no address needs them.
// Models createIPAddress of ipallocator, pkg/controlplane/controller/defaultservicecidr and pkg/controller/servicecidrs;
// that controller's ten seconds of grace are not kept.
import type { ServiceCIDR } from '../api/service-cidr/rules.ts';
import type { AnyObject, Service } from '../api/types.ts';
import { parseAddr } from '../net/addr.ts';
import { type Cidr, contains, formatCidr, parseCidr } from '../net/cidr.ts';
import { held } from './service-allocation.ts';

export const CIDR_OBJECTS_SINCE = 33;
const OWN = 'kubernetes';
const apiVersion = 'networking.k8s.io/v1';
const finalizers = ['networking.k8s.io/service-cidr-finalizer'];
const MANAGER = 'ipallocator.k8s.io';

/** The IPAddress that says which Service has an address. */
export function addressObject(ip: string, { metadata }: Service): AnyObject {
  const { name, namespace } = metadata;
  return {
    apiVersion,
    kind: 'IPAddress',
    metadata: {
      name: ip,
      labels: {
        'ipaddress.kubernetes.io/ip-family': ip.includes(':') ? 'IPv6' : 'IPv4',
        'ipaddress.kubernetes.io/managed-by': MANAGER,
      },
    },
    spec: { parentRef: { resource: 'services', namespace, name } },
  };
}

/** Addresses that `now` holds and `old` does not. */
export function newAddresses(now: Service | undefined, old: Service | undefined): string[] {
  const before = old === undefined ? new Set() : held(old).addresses;
  return now === undefined ? [] : [...held(now).addresses].filter((ip) => !before.has(ip));
}

function condition(status: 'True' | 'False', more: object, now: string): object {
  return { conditions: [{ type: 'Ready', status, ...more, lastTransitionTime: now }] };
}

/** A new ServiceCIDR as its controller has it: protected, and Ready. */
export function readyRange(cidr: AnyObject, now: string): AnyObject {
  const given = cidr.metadata.finalizers ?? [];
  const what = cidr.metadata.name === OWN ? 'default Service CIDR' : 'Service CIDR';
  return {
    ...cidr,
    metadata: { ...cidr.metadata, finalizers: [...new Set([...given, ...finalizers])] },
    status: condition('True', { reason: '', message: `Kubernetes ${what} is ready` }, now),
  };
}

/** The ServiceCIDR of the cluster's own ranges. */
export function ownRange(subnets: readonly Cidr[]): AnyObject {
  const cidrs = subnets.map(formatCidr);
  return { apiVersion, kind: 'ServiceCIDR', metadata: { name: OWN }, spec: { cidrs } };
}

function subnetsOf(cidr: AnyObject): readonly Cidr[] {
  const { cidrs = [] } = (cidr as unknown as ServiceCIDR).spec ?? {};
  return cidrs.flatMap((text) => parseCidr(text) ?? []);
}

/** What may be given out beside the cluster's own ranges, sorted by name. */
export function furtherRanges(cidrs: readonly AnyObject[]): readonly Cidr[] {
  return cidrs
    .filter(({ metadata }) => metadata.name !== OWN && metadata.deletionTimestamp === undefined)
    .flatMap(subnetsOf);
}

/** Whether some address would be in no range without this one. */
export function isNeeded(
  cidr: AnyObject,
  all: readonly AnyObject[],
  addresses: readonly AnyObject[],
): boolean {
  const others = all.filter((one) => one.metadata.name !== cidr.metadata.name).flatMap(subnetsOf);
  const own = subnetsOf(cidr);
  return addresses.some(({ metadata }) => {
    const value = parseAddr(metadata.name);
    if (value === undefined || !own.some((range) => contains(range, value))) return false;
    return !others.some((range) => contains(range, value));
  });
}

/** A ServiceCIDR that cannot go yet. */
export function waitingRange(cidr: AnyObject, now: string): AnyObject {
  const message =
    'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR';
  return { ...cidr, status: condition('False', { reason: 'Terminating', message }, now) };
}

export function withoutProtection(cidr: AnyObject): AnyObject {
  const rest = (cidr.metadata.finalizers ?? []).filter((one) => !finalizers.includes(one));
  return { ...cidr, metadata: { ...cidr.metadata, finalizers: rest } };
}
