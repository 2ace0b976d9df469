// Fields of manifests that name a Service or a host and that no Pod is configured with: serviceName of StatefulSets,
// backends of Ingresses, externalName. Services and selectors are compared; names are looked up in the settled cluster.
import { nearest } from '../../api/decode-hint.ts';
import type { Manifest } from '../../api/manifest.ts';
import type {
  Ingress,
  IngressBackend,
  Service,
  ServicePort,
  StatefulSet,
} from '../../api/types.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { type Check, type CheckFinding, type CheckInput, objectName, placeOf } from './check.ts';

export const serviceReferences: Check = {
  name: 'service-references',
  run(input) {
    const { cluster } = input;
    if (cluster === null) return [];
    return input.manifests.flatMap((manifest) => {
      const given = { manifest, cluster, input };
      const { kind, apiVersion } = manifest.object;
      if (kind === 'StatefulSet') return governed(given);
      if (kind === 'Ingress' && apiVersion.startsWith('networking.k8s.io/')) return backends(given);
      return kind === 'Service' && apiVersion === 'v1' ? aliases(given) : [];
    });
  },
};

interface Given {
  readonly manifest: Manifest;
  readonly cluster: Cluster;
  readonly input: CheckInput;
}

type Said = Pick<CheckFinding, 'id' | 'severity' | 'message' | 'effect' | 'fix'>;

function at({ manifest }: Given, path: string, said: Said): CheckFinding {
  return { object: objectName(manifest), ...placeOf(manifest, path), ...said };
}

function namespaceOf({ manifest }: Given): string {
  return manifest.object.metadata.namespace ?? 'default';
}

function servicesOf(given: Given): readonly Service[] {
  return given.cluster.objects.list('Service', namespaceOf(given));
}

/** The names of a StatefulSet's Pods. */
function governed(given: Given): readonly CheckFinding[] {
  const set = given.manifest.object as unknown as StatefulSet;
  const { serviceName = '', template, ordinals } = set.spec;
  if (serviceName === '') return [];
  const namespace = namespaceOf(given);
  const services = servicesOf(given);
  const service = services.find(({ metadata }) => metadata.name === serviceName);
  const pod = `${set.metadata.name}-${ordinals?.start ?? 0}`;
  const labels = template.metadata?.labels ?? {};
  const fitting = services
    .filter(({ spec }) => spec.clusterIP === 'None' && selects(spec.selector, labels))
    .map(({ metadata }) => metadata.name);
  const effect = `${pod}.${serviceName} and its siblings do not resolve (NXDOMAIN)`;
  const said = (message: string, fix: string) => [
    at(given, 'spec.serviceName', {
      id: 'statefulset-service',
      severity: 'warning',
      message,
      effect,
      fix,
    }),
  ];
  const [other] = [...nearest(serviceName, fitting), ...fitting];
  const write = other === undefined || other === serviceName ? '' : `write serviceName: ${other}`;
  if (service === undefined) {
    const create = `create Service ${serviceName} with clusterIP: None and the Pods' labels as selector`;
    const message = `serviceName ${serviceName} names no Service of namespace ${namespace}`;
    return said(message, write === '' ? create : `${write}, which selects these Pods`);
  }
  if (service.spec.selector !== undefined && !selects(service.spec.selector, labels)) {
    const wanted = Object.entries(service.spec.selector).map(([key, value]) => `${key}=${value}`);
    const message = `serviceName ${serviceName} names a Service that does not select these Pods (${wanted.join(', ')})`;
    return said(message, write === '' ? "give the Pods' template these labels" : write);
  }
  if (service.spec.clusterIP === 'None') return [];
  return notHeadless(given, { service, pod });
}

/** CoreDNS answers for hostnames of endpoints whatever the Service's type; kube-dns did not. */
function notHeadless(given: Given, { service, pod }: { service: Service; pod: string }) {
  const { name } = service.metadata;
  const message = `serviceName ${name} names a Service that is not headless`;
  return [
    at(given, 'spec.serviceName', {
      id: 'statefulset-service',
      severity: 'info',
      message,
      effect: `CoreDNS knows ${pod}.${name} all the same; other DNS servers need not, and ${name} alone gives one address, not those of all Pods`,
      fix: `if the Pods are to be found one by one, make ${name} headless (clusterIP: None), or add a headless Service beside it`,
    }),
  ];
}

function selects(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  const entries = Object.entries(selector ?? {});
  return entries.length > 0 && entries.every(([key, value]) => labels[key] === value);
}

/** The Services that an Ingress sends requests to. */
function backends(given: Given): readonly CheckFinding[] {
  const { spec } = given.manifest.object as unknown as Ingress;
  const all = [
    { path: 'spec.defaultBackend', backend: spec?.defaultBackend },
    ...(spec?.rules ?? []).flatMap(({ http }, i) =>
      (http?.paths ?? []).map(({ backend }, j) => ({
        path: `spec.rules[${i}].http.paths[${j}].backend`,
        backend,
      })),
    ),
  ];
  return all.flatMap(({ path, backend }) => backendFinding(given, path, backend));
}

function backendFinding(
  given: Given,
  path: string,
  backend: IngressBackend | undefined,
): readonly CheckFinding[] {
  const named = backend?.service;
  if (named === undefined) return [];
  const namespace = namespaceOf(given);
  const effect = 'the Ingress controller has nowhere to send these requests: mostly 503';
  const services = servicesOf(given);
  const service = services.find(({ metadata }) => metadata.name === named.name);
  if (service === undefined) {
    const names = services.map(({ metadata }) => metadata.name);
    const [near] = nearest(named.name, names);
    const elsewhere = given.cluster.objects
      .list('Service')
      .find(({ metadata }) => metadata.name === named.name)?.metadata.namespace;
    const fix =
      near === undefined ? 'create the Service, or correct the name' : `did you mean ${near}?`;
    const message = `backend ${named.name} is no Service of namespace ${namespace}`;
    const moved = `Service ${elsewhere}/${named.name} is in another namespace, which a backend cannot name: put the Ingress there`;
    const said = { message, effect, fix: elsewhere === undefined ? fix : moved };
    return [
      at(given, `${path}.service.name`, { id: 'ingress-backend', severity: 'warning', ...said }),
    ];
  }
  const ports = service.spec.ports ?? [];
  const isExternal = service.spec.type === 'ExternalName';
  const { name = '', number } = named.port ?? {};
  const isThere = ports.some((port) => (name === '' ? port.port === number : port.name === name));
  if (isThere || (isExternal && ports.length === 0)) return [];
  const asked = name === '' ? `${number}` : `"${name}"`;
  const message = `Service ${namespace}/${named.name} has no port ${asked}`;
  const fix = `it has ${ports.map(portText).join(', ')}`;
  const field = name === '' ? 'number' : 'name';
  const said: Said = { id: 'ingress-backend', severity: 'error', message, effect, fix };
  return [at(given, `${path}.service.port.${field}`, said)];
}

function portText({ port, name = '', targetPort }: ServicePort): string {
  const called = name === '' ? '' : ` (name: ${name})`;
  const target = targetPort === undefined || targetPort === port ? '' : ` -> ${targetPort}`;
  return `${port}${called}${target}`;
}

/** What an ExternalName Service is an alias of: an address, or a name of the cluster that is written too short. */
function aliases(given: Given): readonly CheckFinding[] {
  const { spec, metadata } = given.manifest.object as unknown as Service;
  const target = (spec?.externalName ?? '').toLowerCase().replace(/\.$/, '');
  if (spec?.type !== 'ExternalName' || target === '') return [];
  const { dnsDomain: domain } = given.input.spec;
  const said = (more: Pick<Said, 'message' | 'effect' | 'fix'>) => [
    at(given, 'spec.externalName', { id: 'external-name', severity: 'error' as const, ...more }),
  ];
  if (/^[0-9.]+$|:/.test(target)) {
    return said({
      message: `externalName ${target} is an IP address, which DNS takes for a name`,
      effect: `${metadata.name} does not resolve (NXDOMAIN)`,
      fix: 'make it a Service without selector, with an EndpointSlice of that address',
    });
  }
  const inner = target.endsWith(`.svc.${domain}`)
    ? target.slice(0, -domain.length - '.svc.'.length)
    : target.replace(/\.svc$/, '');
  const isWhole = inner !== target && !target.endsWith('.svc');
  const labels = inner.split('.');
  const service = labels.at(-2) ?? labels[0] ?? '';
  const namespace = labels.length === 1 ? namespaceOf(given) : (labels.at(-1) ?? '');
  const found = given.cluster.objects.get('Service', `${namespace}/${service}`);
  if (found !== undefined) {
    if (isWhole) return [];
    const prefix = labels.slice(0, -2).join('.');
    const whole = `${prefix === '' ? '' : `${prefix}.`}${service}.${namespace}.svc.${domain}`;
    return said({
      message: `externalName ${target} is looked up as it is, without a search list`,
      effect: `${metadata.name} becomes an alias of "${target}.", which DNS servers outside are asked for`,
      fix: `write externalName: ${whole}`,
    });
  }
  if (!isWhole) return [];
  const names = given.cluster.objects.list('Service', namespace).map((one) => one.metadata.name);
  const [other] = given.cluster.objects
    .list('Service')
    .filter((one) => one.metadata.name === service)
    .map((one) => `${service}.${one.metadata.namespace}`);
  const [near] = nearest(service, names).map((name) => `${name}.${namespace}`);
  const closest = other ?? near;
  return said({
    message: `externalName ${target} names no Service: there is no ${namespace}/${service}`,
    effect: `${metadata.name} does not resolve (no address)`,
    fix:
      closest === undefined
        ? 'create the Service, or correct the name'
        : `write externalName: ${closest}.svc.${domain}`,
  });
}
