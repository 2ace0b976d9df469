// `kubectl describe` of Services, Endpoints, EndpointSlices, Ingresses and IngressClasses. What differs by version is
// told by `minor`. Models the describers of the same names in kubectl/pkg/describe/describe.go (1.27 to 1.36).
import type {
  AnyObject,
  EndpointSlice,
  EndpointSlicePort,
  Endpoints,
  Ingress,
  IngressBackend,
  IngressClass,
  Service,
} from '../../../api/types.ts';
import { labelsText } from '../cells.ts';
import { ownEvents } from './events.ts';
import {
  annotationLines,
  as,
  type DescribeContext,
  labelAndAnnotationLines,
  labelLines,
  metaLines,
} from './fields.ts';
import type { DescribeWriter } from './writer.ts';

const sinceFamilies = 20;
/** kubectl 1.31 took addresses from EndpointSlices, and reworded lines of Services. */
const sinceSlices = 31;
const sinceReadyOnly = 32;
const sinceDistribution = 34;
const sinceAppProtocol = 36;
const shownMax = 3;

export function describeService(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { metadata, spec, status } = as<Service>(object);
  const { minor } = context;
  metaLines(w, metadata);
  labelAndAnnotationLines(w, metadata);
  w.line(0, 'Selector:', labelsText(spec.selector));
  w.line(0, 'Type:', spec.type ?? '');
  if (minor >= sinceFamilies) {
    if (spec.ipFamilyPolicy !== undefined) w.line(0, 'IP Family Policy:', spec.ipFamilyPolicy);
    w.line(0, 'IP Families:', (spec.ipFamilies ?? []).join(',') || '<none>');
  }
  w.line(0, 'IP:', spec.clusterIP ?? '');
  if (minor >= sinceFamilies) {
    w.line(0, 'IPs:', (spec.clusterIPs ?? []).join(',') || '<none>');
  }
  const external = spec.externalIPs ?? [];
  if (external.length > 0) w.line(0, 'External IPs:', external.join(','));
  if ((spec.loadBalancerIP ?? '') !== '') {
    const title = minor >= sinceSlices ? 'Desired LoadBalancer IP:' : 'IP:';
    w.line(0, title, spec.loadBalancerIP ?? '');
  }
  if ((spec.externalName ?? '') !== '') w.line(0, 'External Name:', spec.externalName ?? '');
  const ingress = status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0) {
    const list = ingress.map(({ ip, hostname, ipMode }) => {
      if (ip === undefined || ip === '') return hostname ?? '';
      return ipMode === undefined || minor < sinceSlices ? ip : `${ip} (${ipMode})`;
    });
    w.line(0, 'LoadBalancer Ingress:', list.join(', '));
  }
  portLines(w, object, context);
  w.line(0, 'Session Affinity:', spec.sessionAffinity ?? '');
  policyLines(w, spec, minor);
  ownEvents(w, object, context);
}

function portLines(w: DescribeWriter, object: AnyObject, context: DescribeContext): void {
  const { spec } = as<Service>(object);
  const addresses = addressLister(object, context);
  for (const port of spec.ports ?? []) {
    const name = port.name || '<unset>';
    const protocol = port.protocol ?? '';
    w.line(0, 'Port:', name, `${port.port}/${protocol}`);
    w.line(0, 'TargetPort:', `${port.targetPort ?? 0}/${protocol}`);
    if ((port.nodePort ?? 0) !== 0) w.line(0, 'NodePort:', name, `${port.nodePort}/${protocol}`);
    w.line(0, 'Endpoints:', addresses(port.name ?? ''));
    if (context.minor >= sinceAppProtocol && port.appProtocol !== undefined) {
      w.line(0, 'AppProtocol:', port.appProtocol);
    }
  }
}

function policyLines(w: DescribeWriter, spec: Service['spec'], minor: number): void {
  const { externalTrafficPolicy: outer = '', internalTrafficPolicy: inner } = spec;
  if (outer !== '') w.line(0, 'External Traffic Policy:', outer);
  if (minor >= sinceSlices && inner !== undefined) w.line(0, 'Internal Traffic Policy:', inner);
  if ((spec.healthCheckNodePort ?? 0) !== 0) {
    w.line(0, 'HealthCheck NodePort:', spec.healthCheckNodePort ?? 0);
  }
  const ranges = spec.loadBalancerSourceRanges ?? [];
  if (ranges.length > 0) w.line(0, 'LoadBalancer Source Ranges:', ranges.join(','));
  if (minor >= sinceDistribution && spec.trafficDistribution !== undefined) {
    w.line(0, 'Traffic Distribution:', spec.trafficDistribution);
  }
}

/** From a Service port's name to its endpoints as describe prints them. */
function addressLister(
  service: Pick<AnyObject, 'metadata'>,
  { lookup, minor }: DescribeContext,
): (port: string) => string {
  const { namespace, name } = service.metadata;
  if (minor < sinceSlices) {
    const endpoints = lookup.get('Endpoints', namespace, name);
    return (port) =>
      ofEndpoints(endpoints === undefined ? undefined : as<Endpoints>(endpoints), port);
  }
  const slices = lookup
    .list('EndpointSlice', namespace)
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === name)
    .map((slice) => as<EndpointSlice>(slice));
  return (port) => ofSlices(slices, port, minor);
}

function joined(ip: string, port: number | undefined): string {
  if (port === undefined) return ip;
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

function ofEndpoints(endpoints: Endpoints | undefined, name: string): string {
  const subsets = endpoints?.subsets ?? [];
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) => {
    if (ports.length === 0) return addresses.map(({ ip }) => ip);
    const named = ports.filter((port) => (port.name ?? '') === name);
    return named.flatMap((port) => addresses.map(({ ip }) => joined(ip, port.port)));
  });
  const shown = all.slice(0, shownMax).join(',');
  return all.length > shownMax ? `${shown} + ${all.length - shownMax} more...` : shown;
}

/** An endpoint that is not ready and comes fourth or later makes " + 0 more..." as upstream's loop does. */
function ofSlices(slices: readonly EndpointSlice[], name: string, minor: number): string {
  if (slices.length === 0) return '<none>';
  const list: string[] = [];
  let more = false;
  let count = 0;
  for (const { endpoints, ports = [] } of slices) {
    const named: readonly (EndpointSlicePort | undefined)[] =
      ports.length === 0 ? [undefined] : ports.filter((port) => (port.name ?? '') === name);
    for (const port of named) {
      for (const { addresses, conditions } of endpoints ?? []) {
        if (list.length === shownMax) more = true;
        if (minor >= sinceReadyOnly && conditions?.ready === false) continue;
        if (!more) list.push(joined(addresses[0] ?? '', port?.port));
        count++;
      }
    }
  }
  return more ? `${list.join(',')} + ${count - shownMax} more...` : list.join(',');
}

export function describeEndpoints(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { metadata, subsets = [] } = as<Endpoints>(object);
  metaLines(w, metadata);
  labelAndAnnotationLines(w, metadata);
  w.line(0, 'Subsets:');
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    w.line(1, 'Addresses:', addresses.map(({ ip }) => ip).join(',') || '<none>');
    w.line(1, 'NotReadyAddresses:', notReadyAddresses.map(({ ip }) => ip).join(',') || '<none>');
    if (ports.length > 0) {
      w.line(1, 'Ports:');
      w.line(2, 'Name', 'Port', 'Protocol');
      w.line(2, '----', '----', '--------');
      for (const port of ports) w.line(2, port.name || '<unset>', port.port, port.protocol ?? '');
    }
    w.line(0, '');
  }
  ownEvents(w, object, context);
}

export function describeEndpointSlice(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { metadata, addressType, ports = [], endpoints } = as<EndpointSlice>(object);
  metaLines(w, metadata);
  labelAndAnnotationLines(w, metadata);
  w.line(0, 'AddressType:', addressType ?? '');
  if (ports.length === 0) w.line(0, 'Ports: <unset>');
  else {
    w.line(0, 'Ports:');
    w.line(1, 'Name', 'Port', 'Protocol');
    w.line(1, '----', '----', '--------');
    for (const port of ports) {
      w.line(1, port.name || '<unset>', port.port ?? '<unset>', port.protocol ?? '');
    }
  }
  if ((endpoints ?? []).length === 0) w.line(0, 'Endpoints: <none>');
  else w.line(0, 'Endpoints:');
  for (const endpoint of endpoints ?? []) {
    w.line(1, '- Addresses:', endpoint.addresses.join(', ') || '<none>');
    w.line(2, 'Conditions:');
    w.line(3, 'Ready:', endpoint.conditions?.ready ?? '<unset>');
    w.line(2, 'Hostname:', endpoint.hostname ?? '<unset>');
    const target = endpoint.targetRef;
    if (target !== undefined) w.line(2, 'TargetRef:', `${target.kind}/${target.name}`);
    w.line(2, 'NodeName:', endpoint.nodeName ?? '<unset>');
    w.line(2, 'Zone:', endpoint.zone ?? '<unset>');
  }
  ownEvents(w, object, context);
}

export function describeIngress(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { metadata, spec, status } = as<Ingress>(object);
  w.line(0, 'Name:', metadata.name);
  labelLines(w, 'Labels', metadata.labels);
  w.line(0, 'Namespace:', metadata.namespace ?? '');
  const list = (status?.loadBalancer?.ingress ?? []).map((one) => one.ip || one.hostname || '');
  const addresses = [...new Set(list.filter((one) => one !== ''))].sort();
  w.line(0, 'Address:', addresses.join(','));
  w.line(0, 'Ingress Class:', spec?.ingressClassName ?? '<none>');
  const backend = (of: IngressBackend): string => backendText(of, metadata.namespace, context);
  const byDefault = spec?.defaultBackend === undefined ? '<default>' : backend(spec.defaultBackend);
  w.line(0, 'Default backend:', byDefault);
  const tls = spec?.tls ?? [];
  if (tls.length > 0) w.line(0, 'TLS:');
  for (const { secretName = '', hosts = [] } of tls) {
    if (secretName === '') w.line(1, `SNI routes ${hosts.join(',')}`);
    else w.line(1, `${secretName} terminates ${hosts.join(',')}`);
  }
  w.line(0, 'Rules:');
  w.line(1, 'Host', 'Path', 'Backends');
  w.line(1, '----', '----', '--------');
  const rules = (spec?.rules ?? []).filter((rule) => rule.http !== undefined);
  for (const { host, http } of rules) {
    w.line(1, host || '*', '');
    for (const path of http?.paths ?? []) {
      w.line(2, '', `${path.path ?? ''} `, backend(path.backend));
    }
  }
  if (rules.length === 0) w.line(1, '*', '*', byDefault);
  annotationLines(w, 'Annotations', metadata.annotations);
  ownEvents(w, object, context);
}

function backendText(
  { service, resource }: IngressBackend,
  namespace: string | undefined,
  context: DescribeContext,
): string {
  if (service !== undefined) {
    const { port, name } = service;
    const head = `${name}:${port?.number ?? port?.name ?? ''}`;
    const old = context.minor < sinceSlices;
    const endpoints = old ? context.lookup.get('Endpoints', namespace, name) : null;
    if (endpoints === undefined) return `${head} (<error: endpoints "${name}" not found>)`;
    const found = context.lookup.get('Service', namespace, name);
    if (found === undefined) return `${head} (<error: services "${name}" not found>)`;
    const match = (as<Service>(found).spec.ports ?? []).findLast(
      (one) => one.port === port?.number || (port?.name !== undefined && one.name === port.name),
    );
    return `${head} (${addressLister(found, context)(match?.name ?? '')})`;
  }
  if (resource === undefined) return '';
  const group = resource.apiGroup ?? '<none>';
  return `APIGroup: ${group}, Kind: ${resource.kind}, Name: ${resource.name}`;
}

export function describeIngressClass(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { metadata, spec } = as<IngressClass>(object);
  w.line(0, 'Name:', metadata.name);
  labelAndAnnotationLines(w, metadata);
  w.line(0, 'Controller:', spec?.controller ?? '');
  const parameters = spec?.parameters;
  if (parameters !== undefined) {
    w.line(0, 'Parameters:');
    if (parameters.apiGroup !== undefined) w.line(1, 'APIGroup:', parameters.apiGroup);
    w.line(1, 'Kind:', parameters.kind);
    w.line(1, 'Name:', parameters.name);
  }
  ownEvents(w, object, context);
}
