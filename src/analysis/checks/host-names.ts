// The audit of host names: each host that a Pod is configured with is resolved and dialled from that Pod, on a fork of the
// settled cluster, and what would fail is told with the name that would work. The outcome is the cluster's own; why it
// failed is blame's work (blame-lookup.ts and its neighbours). Names of the world outside are only noted.
import { nearest } from '../../api/decode-hint.ts';
import { type Container, keyOf, type Pod, type Service } from '../../api/types.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { TCP } from '../../net/packet.ts';
import { type Flow, runFlows } from '../flows.ts';
import type { AttemptDocument } from '../trace-document.ts';
import type { Check, CheckFinding, CheckInput } from './check.ts';
import { type Named, namedBy } from './host-settings.ts';

export const hostNames: Check = {
  name: 'host-names',
  run(input) {
    const { cluster } = input;
    return cluster === null ? [] : representatives(cluster).flatMap((pod) => auditOf(pod, input));
  },
};

/** One running Pod of each template: its siblings are configured alike. */
function representatives(cluster: Cluster): readonly Pod[] {
  const seen = new Set<string>();
  return cluster.objects.list('Pod').filter((pod) => {
    const owner = ownerOf(cluster, pod);
    const isNew = !seen.has(owner) && pod.status?.phase === 'Running';
    if (isNew) seen.add(owner);
    return isNew && cluster.locate(`Pod/${keyOf(pod)}`, 'spec') !== null;
  });
}

/** The workload that a Pod stands for: "Deployment/demo/web". */
function ownerOf(cluster: Cluster, pod: Pod): string {
  const namespace = pod.metadata.namespace ?? 'default';
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return `Pod/${keyOf(pod)}`;
  const above = cluster.objects
    .raw(owner.kind, `${namespace}/${owner.name}`)
    ?.metadata.ownerReferences?.find(({ controller }) => controller === true);
  return `${(above ?? owner).kind}/${namespace}/${(above ?? owner).name}`;
}

function auditOf(pod: Pod, input: CheckInput): readonly CheckFinding[] {
  const cluster = input.cluster as Cluster;
  const done = new Set<string>();
  return (pod.spec.containers ?? []).flatMap((container: Container, i) =>
    namedBy(cluster, pod, container, `spec.containers[${i}]`).flatMap((named) => {
      const own = `${named.object} ${named.path} ${named.host}:${named.port}`;
      if (done.has(own)) return [];
      done.add(own);
      return findingOn(cluster, pod, container, named, input);
    }),
  );
}

function findingOn(
  cluster: Cluster,
  pod: Pod,
  container: Container,
  named: Named,
  input: CheckInput,
): readonly CheckFinding[] {
  const from = `pod/${keyOf(pod)}`;
  const said = (id: string, severity: CheckFinding['severity'], more: Said): CheckFinding => {
    const position =
      cluster.locate(named.object, named.path) ?? cluster.locate(`Pod/${keyOf(pod)}`, '');
    const sourceLine = position === null ? null : lineAt(input, position.file, position.line);
    return { id, severity, object: ownerOf(cluster, pod), position, sourceLine, ...more };
  };
  const setting = `${named.key} of container ${container.name}: ${named.text}`;
  const attempt = attemptOf(cluster, from, named);
  if (attempt === null || attempt.outcome === 'answered') return [];
  const isLookup = attempt.phase === 'dns';
  if (isOutside(cluster, pod, named.host, input) && isLookup) {
    const fix = `say in spec.upstreamDNS of the Cluster document what the world answers for ${named.host}, if it matters`;
    const message = `${setting} is a name of the world outside, which no DNS server here knows`;
    return [said('host-outside', 'info', { message, effect: 'not judged', fix })];
  }
  const why = attempt.blame?.message ?? `${attempt.outcome} (${attempt.via ?? 'no answer'})`;
  const id = isLookup ? 'host-unresolved' : `host-${attempt.outcome}`;
  const message = `${setting}: ${why}`;
  const effect = effectOf(from, named, attempt);
  const fix = fixFor(cluster, pod, named, attempt);
  if (fix !== null) return [said(id, 'error', { message, effect, fix })];
  // Manifests are often a part: another part may create the Service.
  return [said(id, 'warning', { message, effect, fix: 'create the Service, or correct the name' })];
}

interface Said {
  readonly message: string;
  readonly effect: string;
  readonly fix: string;
}

/** What became of it; null: the name resolves, and no port is known to be dialled. */
function attemptOf(cluster: Cluster, from: string, named: Named): AttemptDocument | null {
  const port = named.port ?? 80;
  if (named.port === null && cluster.fork().resolve(from, named.host).outcome === 'answered') {
    return null;
  }
  const to = `${named.host}:${port}`;
  const flow: Flow = { id: '', from, to, proto: TCP, count: 1, sourcePort: null };
  const [document] = runFlows(cluster, [flow], { fresh: true });
  return document?.attempts[0] ?? null;
}

function lineAt({ manifests }: CheckInput, file: string, line: number): string | null {
  return manifests.find(({ source }) => source.file === file)?.source.line(line) ?? null;
}

/** Whether a name is none of the cluster: it has dots, and neither its end nor its second label is the cluster's. */
function isOutside(cluster: Cluster, pod: Pod, host: string, { spec }: CheckInput): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  const labels = name.split('.');
  if (labels.length === 1 || labels.includes('svc') || name.endsWith(`.${spec.dnsDomain}`)) {
    return false;
  }
  const [first = '', second = ''] = labels;
  const isNamespace = cluster.objects.get('Namespace', second) !== undefined;
  const own = `${pod.metadata.namespace ?? 'default'}/${second}`;
  const isService = cluster.objects.get('Service', own) !== undefined;
  const isNamed = labels.length === 2 && servicesNamed(cluster, first).length > 0;
  const isOrdinal = labels.length === 2 && /-\d+$/.test(first);
  return !(isNamespace || isService || isNamed || isOrdinal);
}

function servicesNamed(cluster: Cluster, name: string): readonly Service[] {
  return cluster.objects.list('Service').filter(({ metadata }) => metadata.name === name);
}

function effectOf(from: string, { host }: Named, { phase, outcome, dns }: AttemptDocument): string {
  const asked = dns?.queries.length ?? 0;
  if (phase === 'dns') {
    const times = `${asked} ${asked === 1 ? 'query' : 'queries'}`;
    return `${from} asks for ${host} (${times}) and hears ${outcome}: nothing is dialled`;
  }
  if (outcome === 'refused') return `${from} is refused at once`;
  return outcome === 'timeout' ? `${from} waits until it times out` : `${from}: ${outcome}`;
}

function fixFor(cluster: Cluster, pod: Pod, named: Named, attempt: AttemptDocument): string | null {
  const host = named.host.toLowerCase().replace(/\.$/, '');
  const alias = (pod.spec.hostAliases ?? []).find(({ hostnames = [] }) => hostnames.includes(host));
  if (alias !== undefined) {
    return `hostAliases of the Pod give ${host} the address ${alias.ip}, before any DNS: correct the address or leave the alias out`;
  }
  const [first = '', second = ''] = host.split('.');
  const namespace = pod.metadata.namespace ?? 'default';
  if (attempt.phase !== 'dns') return portFix(cluster, host, namespace, named.port);
  const policy = pod.spec.dnsPolicy;
  if (policy === 'Default' || policy === 'None' || pod.spec.hostNetwork === true) {
    const wanted = pod.spec.hostNetwork === true ? 'ClusterFirstWithHostNet' : 'ClusterFirst';
    if (policy !== wanted && servicesNamed(cluster, first).length > 0)
      return `dnsPolicy: ${wanted}`;
  }
  const set = cluster.objects
    .list('StatefulSet', namespace)
    .find(({ metadata }) => first.replace(/-\d+$/, '') === metadata.name);
  const governing = set?.spec.serviceName ?? '';
  if (set !== undefined && governing !== '' && second !== governing) {
    return `write ${first}.${governing}: serviceName of StatefulSet ${keyOf(set)} is ${governing}`;
  }
  const own = servicesNamed(cluster, first);
  const literal = own.find(
    ({ spec }) => spec.type === 'ExternalName' && /^[0-9.]+$|:/.test(spec.externalName ?? ''),
  );
  if (literal !== undefined) {
    return `externalName of Service ${keyOf(literal)} is an IP address, which DNS takes for a name: make it a Service without selector, with an EndpointSlice of that address`;
  }
  const [there] = own.filter(({ metadata }) => metadata.namespace !== namespace);
  if (there !== undefined && second !== there.metadata.namespace) {
    return `write ${first}.${there.metadata.namespace}`;
  }
  const place = second === '' ? namespace : second;
  const names = cluster.objects.list('Service', place).map(({ metadata }) => metadata.name);
  const [near] = nearest(first, names);
  if (near !== undefined) return `write ${second === '' ? near : `${near}.${second}`}`;
  return own.length > 0 ? 'see the reason: the Service itself is there' : null;
}

function portFix(cluster: Cluster, host: string, namespace: string, port: number | null): string {
  const [first = '', second] = host.split('.');
  const service = cluster.objects.get('Service', `${second ?? namespace}/${first}`);
  const ports = (service?.spec.ports ?? []).map((one) => one.port);
  if (service === undefined || port === null || ports.length === 0 || ports.includes(port)) {
    return 'see the reason; svcspec trace from this Pod shows every hop';
  }
  return `write ${host}:${ports.join(` or ${host}:`)}: Service ${keyOf(service)} has no port ${port}`;
}
