// When the serial of CoreDNS's zones goes up: with what changes a record, and not with everything that is written (coredns
// plugin/kubernetes/controller.go detectChanges, serviceModified, endpointsEquivalent). Namespaces never count. Simplified:
// changes of Pods, which count with `pods verified`, do not; releases before 1.9.0 count every write to a Service.
import type { Endpoint, EndpointSlice, Service, WatchEvent } from '../api/types.ts';
import type { State } from './state.ts';

/** CoreDNS hears of a write. */
export function noteDnsChange(state: State, { kind, type, object, previous }: WatchEvent): void {
  const isNews = type !== 'MODIFIED' || previous === undefined;
  if (kind === 'Service') {
    const [now, before] = [object, previous] as unknown as readonly [Service, Service];
    const ports = !isNews && !samePorts(now.spec.ports, before.spec.ports);
    if (isNews || ports || now.spec.externalName !== before.spec.externalName) bump(state);
    if (ports || (!isNews && !sameTexts(outside(now), outside(before)))) {
      state.dnsExternalMs = state.nowMs;
    }
    return;
  }
  if ((kind as string) === 'ServiceImport') {
    const [now, before] = [object, previous] as unknown as readonly [Import, Import];
    if (isNews) bump(state);
    else if (!sameImport(now.spec, before.spec)) state.dnsImportsMs = state.nowMs;
    return;
  }
  if (kind !== 'EndpointSlice') return;
  const [now, before] = [object, previous] as unknown as readonly [EndpointSlice, EndpointSlice];
  if (!isNews && isEquivalent(now, before)) return;
  bump(state);
  if (!isNews && now.metadata.labels?.[importLabel] !== undefined) {
    state.dnsImportsMs = state.nowMs;
  }
}

/** Its slices are watched apart (object.MultiClusterEndpoints). */
const importLabel = 'multicluster.kubernetes.io/service-name';

interface Import {
  readonly spec?: { readonly type?: string; readonly ports?: readonly Port[] };
}

function sameImport(a: Import['spec'], b: Import['spec']): boolean {
  return a?.type === b?.type && samePorts(a?.ports, b?.ports);
}

function bump(state: State): void {
  state.dnsChangeMs = state.nowMs;
}

/** Of the load balancer first (object.ToService). */
function outside({ spec, status }: Service): readonly string[] {
  const ingress = status?.loadBalancer?.ingress ?? [];
  return [...(spec.externalIPs ?? []), ...ingress.map(({ ip, hostname }) => ip ?? hostname ?? '')];
}

function isEquivalent(a: EndpointSlice, b: EndpointSlice): boolean {
  return sameTexts(addressesOf(a), addressesOf(b)) && samePorts(a.ports, b.ports);
}

/** Ready ones with their host names. */
function addressesOf({ endpoints }: EndpointSlice): readonly string[] {
  const isReady = ({ conditions }: Endpoint) => conditions?.ready !== false;
  return (endpoints ?? [])
    .filter(isReady)
    .flatMap(({ addresses, hostname = '' }) => addresses.map((ip) => `${ip} ${hostname}`));
}

type Port = {
  readonly name?: string | undefined;
  readonly port?: number | undefined;
  readonly protocol?: string | undefined;
};

function samePorts(a: readonly Port[] = [], b: readonly Port[] = []): boolean {
  const text = ({ name = '', port, protocol = 'TCP' }: Port) => `${name} ${port} ${protocol}`;
  return sameTexts(a.map(text), b.map(text));
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}
