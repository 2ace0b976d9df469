// What is stored but does not act here, said once when it is written: kinds that nothing simulates, annotations that
// cannot be read, features of Services and Pods that this version leaves out. Never an error: the API server accepts it.
import type { ClusterSpec } from '../api/cluster-spec.ts';
import type { ClusterPolicy } from '../api/clusterpolicy/types.ts';
import type { Position } from '../api/input-error.ts';
import { builtinRow, schemeOf } from '../api/scheme.ts';
import type {
  AnyObject,
  Container,
  Pod,
  PodSpec,
  PodTemplateSpec,
  Service,
  WatchEvent,
} from '../api/types.ts';
import { policyKinds } from '../cni/policy/world.ts';
import type { CniProfile } from '../cni/profile.ts';
import { profileNamed } from '../cni/profiles.ts';
import { annotationPrefix } from '../kubelet/annotations.table.ts';
import { annotationOf, noticesFor } from '../kubelet/annotations.ts';
import { listenersOf, proxyToOf } from '../kubelet/listeners.ts';
import { protoName, TCP } from '../net/packet.ts';
import { unreadFlags } from '../proxy/flags.ts';
import { claimNotices } from './claims.ts';
import { runnable } from './command.ts';
import { type Remark, remarksOnService } from './notices-services.ts';
import { runsKubeProxy } from './proxy-container.ts';
import type { State } from './state.ts';

/** What a kind that is only stored would have done. */
const effects: Readonly<Record<string, string>> = {
  CronJob: 'it makes no Jobs',
  ReplicationController: 'it makes no Pods',
  HorizontalPodAutoscaler: 'nothing is scaled',
  Ingress: 'no controller listens for it',
  PersistentVolumeClaim: 'nothing binds it, and Pods start without',
  LimitRange: 'it adds no defaults',
  ResourceQuota: 'it refuses nothing',
  PriorityClass: 'Pods get its number, but none is preempted',
  CustomResourceDefinition: 'objects of its kinds are stored as they are',
};

const templated = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job']);

type Locate = (object: string, path: string) => Position | null;

/** Says what is to be said of a write, each sentence once. */
export function reportNotices(state: State, event: WatchEvent): void {
  const { api, spec } = state.parts;
  const locate: Locate = (object, path) => api.locate(object, path);
  const services = () => api.list('Service');
  for (const notice of [
    ...noticesOn(event, spec, locate),
    ...claimNotices(event, services, locate),
  ]) {
    if (!state.notices.includes(notice)) state.notices.push(notice);
  }
}

/** One line for everything in the object that is not modelled; `locate` says where a path of it was written. */
function noticesOn(event: WatchEvent, spec: ClusterSpec, locate: Locate): readonly string[] {
  const { type, kind, key, object } = event;
  if (type === 'DELETED') return [];
  if (policyKinds.includes(kind)) {
    return [...unenforced(profileNamed(spec.cniProfile)), ...unresolved(event, locate)];
  }
  const name = `${object.kind} "${key}"`;
  // Claims that a StatefulSet made were reported with it.
  if (kind === 'PersistentVolumeClaim' && locate(`${kind}/${key}`, 'kind') === null) return [];
  return remarksOn(event, spec).map(({ path, text }) => {
    const at = locate(`${kind}/${key}`, path);
    const where = at === null ? '' : `${at.file}:${at.line}: `;
    return `${where}${name}${schemeOf(kind) === undefined ? ` (${object.apiVersion})` : ''} ${text}`;
  });
}

/** Who resolves domain names for policies is nobody here. */
function unresolved({ kind, key, object }: WatchEvent, locate: Locate): readonly string[] {
  const { egress = [] } = (object as unknown as ClusterPolicy).spec;
  return egress.flatMap(({ to = [] }, i) =>
    to.flatMap(({ domainNames }, j) => {
      if (domainNames === undefined) return [];
      const at = locate(`${kind}/${key}`, `spec.egress[${i}].to[${j}].domainNames`);
      const where = at === null ? '' : `${at.file}:${at.line}: `;
      return [
        `${where}${kind} "${key}" names domains, which are not looked up: they match nothing`,
      ];
    }),
  );
}

/** Said once for all policies. */
export function unenforced({
  name,
  enforcesPolicy,
}: Pick<CniProfile, 'name' | 'enforcesPolicy'>): readonly string[] {
  return enforcesPolicy ? [] : [`CNI profile "${name}" ${blocksNothing}`];
}

const blocksNothing = 'enforces no NetworkPolicy: those given block nothing';

/** Whether a notice is too important for --quiet: whoever misses it believes that policies were tried. */
export function isSaidAlways(notice: string): boolean {
  return notice.endsWith(blocksNothing);
}

function remarksOn(event: WatchEvent, spec: ClusterSpec): readonly Remark[] {
  const { kind, object, type } = event;
  if (kind === 'Pod') return remarksOnPod(event, spec);
  if (kind === 'Service') return remarksOnService(object as unknown as Service, spec);
  if (templated.has(kind)) return remarksOnWorkload(object, spec);
  if (type !== 'ADDED') return [];
  if (schemeOf(kind)?.simulated === true || isSystemClass(object)) return [];
  if (kind === 'CustomResourceDefinition' && isServed(object)) return [];
  const effect = effects[kind];
  const text = `is stored, but not simulated${effect === undefined ? '' : `: ${effect}`}`;
  return [{ path: 'kind', text }];
}

/** A definition of a kind whose objects act here all the same. */
function isServed({ spec }: AnyObject): boolean {
  const { group = '', names } = (spec ?? {}) as {
    readonly group?: string;
    readonly names?: { readonly kind?: string };
  };
  return builtinRow(names?.kind ?? '', group)?.simulated === true;
}

/** Made by the API server itself; no user may take this prefix. */
function isSystemClass({ kind, metadata }: AnyObject): boolean {
  return kind === 'PriorityClass' && metadata.name?.startsWith('system-') === true;
}

/** Pods of a workload were reported with its template. */
function remarksOnPod(
  { type, object, previous }: WatchEvent,
  cluster: ClusterSpec,
): readonly Remark[] {
  const { metadata } = object;
  if (type === 'MODIFIED' && metadata.annotations === previous?.metadata.annotations) return [];
  if (metadata.ownerReferences?.some((owner) => owner.controller === true)) return [];
  const pod = object as unknown as Pod;
  return [
    ...remarksOnAnnotations(pod, 'metadata.annotations'),
    ...(type === 'ADDED' ? remarksOnPodSpec(pod.spec, 'spec', cluster) : []),
  ];
}

function remarksOnWorkload(object: AnyObject, cluster: ClusterSpec): readonly Remark[] {
  if (object.metadata.ownerReferences?.some((owner) => owner.controller === true)) return [];
  const { template, volumeClaimTemplates = [] } = object['spec'] as {
    readonly template?: PodTemplateSpec;
    readonly volumeClaimTemplates?: readonly unknown[];
  };
  const { metadata, spec } = template ?? {};
  if (spec === undefined) return [];
  const claims = 'makes PersistentVolumeClaims that nothing binds: its Pods start without';
  const pod = { metadata: { name: '', ...metadata }, spec } as unknown as Pod;
  return [
    ...remarksOnAnnotations(pod, 'spec.template.metadata.annotations'),
    ...remarksOnPodSpec(spec, 'spec.template.spec', cluster),
    ...(volumeClaimTemplates.length === 0
      ? []
      : [{ path: 'spec.volumeClaimTemplates', text: claims }]),
  ];
}

function remarksOnAnnotations(pod: Pod, path: string): readonly Remark[] {
  return [
    ...noticesFor(pod).map(({ key, text }) => ({ path: `${path}[${key}]`, text })),
    ...pod.spec.containers.flatMap((container) => remarksOnProxyTo(pod, container, path)),
  ];
}

/** What a container that passes requests on cannot do besides. */
function remarksOnProxyTo(pod: Pod, container: Container, path: string): readonly Remark[] {
  if (proxyToOf(pod, container) === undefined) return [];
  const { name } = container;
  const others = listenersOf(pod, container, []).filter(({ proto }) => proto !== TCP);
  const remarks = others.map(({ port, proto }) => ({
    path: keyFor(pod, 'proxy-to', name, path),
    text: `passes on HTTP over TCP alone: its port ${port}/${protoName(proto).toUpperCase()} answers by itself`,
  }));
  if (others.length > 0 || annotationOf(pod, 'reply', name) === undefined) return remarks;
  const text = `never says its svcspec.dev/reply: container "${name}" passes requests on`;
  return [...remarks, { path: keyFor(pod, 'reply', name, path), text }];
}

/** Where the annotation that holds for a container is written. */
function keyFor({ metadata }: Pod, name: string, container: string, path: string): string {
  const own = `${annotationPrefix}${name}.${container}`;
  const isOwn = metadata.annotations?.[own] !== undefined;
  return `${path}[${isOwn ? own : `${annotationPrefix}${name}`}]`;
}

function remarksOnPodSpec(
  spec: PodSpec,
  path: string,
  { cniProfile }: ClusterSpec,
): readonly Remark[] {
  const { portmap } = profileNamed(cniProfile);
  const remarks: Remark[] = [];
  for (const [i, container] of spec.containers.entries()) {
    const at = `${path}.containers[${i}]`;
    for (const [k, port] of (container.ports ?? []).entries()) {
      const isMapped = portmap !== null || spec.hostNetwork === true;
      if ((port.hostPort ?? 0) === 0 || isMapped) continue;
      const text = `asks for host port ${port.hostPort}: the scheduler keeps it free, but no node forwards it`;
      remarks.push({ path: `${at}.ports[${k}].hostPort`, text });
    }
    const flags = runsKubeProxy(container.image)
      ? unreadFlags([...(container.command ?? []), ...(container.args ?? [])])
      : [];
    if (flags.length > 0) {
      const text = `starts kube-proxy with flags, which nobody reads: say it in a KubeProxyConfiguration: ${flags.join(', ')}`;
      remarks.push({ path: `${at}.command`, text });
    }
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'] as const) {
      const command = container[probe]?.exec?.command;
      if (command === undefined || runnable(command) !== undefined) continue;
      const text = `has a ${probe} that runs a command that is not built in: the probe succeeds`;
      remarks.push({ path: `${at}.${probe}.exec`, text });
    }
  }
  return remarks;
}
