// Why a Service has no endpoints to send anybody to, told from its selector, the Pods and their Events. Only reads;
// which Pods are endpoints was decided by the endpoint controllers.
import {
  type AnyObject,
  type Container,
  keyOf,
  matchesLabels,
  type Pod,
  type Service,
} from '../api/types.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { listed, objectOf, type Spot } from './blame-finding.ts';

export interface NoEndpoints {
  /** Empty when the Service has endpoints. */
  readonly detail: string;
  /** Where to look; absent: at the selector. */
  readonly at?: Spot;
}

type Labels = Readonly<Record<string, string>>;

/** Why a Service has no endpoints. */
export function endpointsDetail(cluster: Cluster, service: Service): NoEndpoints {
  const { namespace = 'default', name } = service.metadata;
  const selector = service.spec?.selector;
  if (service.spec?.type === 'ExternalName') return { detail: '' };
  if (selector === undefined) {
    const nobody = `nobody made Endpoints or an EndpointSlice for "${name}"`;
    return { detail: `it has no selector, and ${nobody}` };
  }
  const all = cluster.objects.list('Pod', namespace);
  const pods = all.filter((pod) => matchesLabels(selector, pod.metadata.labels));
  if (pods.length === 0) {
    const nobody = `no Pod in namespace ${namespace} has the labels ${labelsText(selector)}`;
    return { detail: `${nobody}${labelsThere(all, selector)}` };
  }
  const ready = pods.filter(isReady);
  if (ready.length > 0) return missingPort(service, ready);
  const names = listed(pods.map((pod) => pod.metadata.name));
  const matches = `the selector ${labelsText(selector)} matches ${pods.length} Pods, none of them ready (${names})`;
  const why = pods.map((pod) => notReady(cluster, pod)).find((found) => found !== null);
  return why === undefined || why === null
    ? { detail: matches }
    : { detail: `${matches}; ${why.detail}`, at: why.at };
}

function labelsText(labels: Labels): string {
  return Object.keys(labels)
    .map((key) => `${key}=${labels[key]}`)
    .join(',');
}

/** "; Pods there have app=backend, app=frontend": by the selector's keys, by all labels when nobody has those. */
function labelsThere(pods: readonly Pod[], selector: Labels): string {
  const labels = pods.map((pod) => pod.metadata.labels ?? {});
  const chosen = labels.map((all) =>
    Object.fromEntries(Object.entries(all).filter(([key]) => Object.hasOwn(selector, key))),
  );
  const texts = (some: readonly Labels[]): readonly string[] =>
    [...new Set(some.map(labelsText))].filter((text) => text !== '').sort();
  const found = texts(chosen).length > 0 ? texts(chosen) : texts(labels);
  if (found.length > 0) return `; Pods there have ${listed(found)}`;
  return pods.length === 0 ? '; there is no Pod at all' : '; Pods there have no labels';
}

/** Ready Pods make no endpoints when a targetPort names a container port that none of them has. */
function missingPort(service: Service, pods: readonly Pod[]): NoEndpoints {
  for (const [i, { targetPort, protocol = 'TCP' }] of (service.spec.ports ?? []).entries()) {
    if (typeof targetPort !== 'string') continue;
    const declared = pods.flatMap((pod) => pod.spec.containers).flatMap((c) => c.ports ?? []);
    if (declared.some((p) => p.name === targetPort && (p.protocol ?? 'TCP') === protocol)) continue;
    const names = declared.flatMap((p) => (p.name === undefined ? [] : [p.name]));
    const has =
      names.length === 0 ? 'they name none' : `they name ${[...new Set(names)].join(', ')}`;
    return {
      detail: `no ready Pod has a container port named "${targetPort}" (${protocol}): ${has}`,
      at: { object: objectOf(service), path: `spec.ports[${i}].targetPort` },
    };
  }
  return { detail: '' };
}

export function isReady(pod: Pod): boolean {
  return (pod.status?.conditions ?? []).some((c) => c.type === 'Ready' && c.status === 'True');
}

/** What keeps a Pod from being ready, in the words of the scheduler or the kubelet. */
export function notReady(
  cluster: Cluster,
  pod: Pod,
): { readonly detail: string; readonly at: Spot } | null {
  const { name } = pod.metadata;
  const object = `Pod/${keyOf(pod)}`;
  if (pod.spec?.nodeName === undefined) {
    const event = lastEvent(cluster, pod, 'FailedScheduling');
    if (event === null) return null;
    return { detail: `${name} is Pending: ${event}`, at: { object, path: placementPath(pod) } };
  }
  const event = lastEvent(cluster, pod, 'Unhealthy');
  if (event === null) return null;
  const [, which = 'Readiness'] = /^(Readiness|Startup|Liveness) probe/.exec(event) ?? [];
  const probe = `${which.toLowerCase()}Probe` as 'readinessProbe' | 'startupProbe';
  const has = (container: Container): boolean => container[probe] !== undefined;
  const i = (pod.spec.containers ?? []).findIndex(has);
  const path = `spec.containers[${Math.max(i, 0)}]${i < 0 ? '' : `.${probe}`}`;
  return { detail: `${name}: ${event}`, at: { object, path } };
}

/** The part of a Pod that says where it may run. */
function placementPath({ spec }: Pod): string {
  if (spec.nodeSelector !== undefined) return 'spec.nodeSelector';
  return spec.affinity === undefined ? 'spec' : 'spec.affinity';
}

/** The message of the latest Event of a reason about a Pod; null when there is none. */
function lastEvent(cluster: Cluster, pod: Pod, reason: string): string | null {
  const { namespace = 'default', name, uid } = pod.metadata;
  const events = cluster.objects.rawList('Event', namespace).filter((event) => {
    const about = event['involvedObject'] as { kind?: string; name?: string; uid?: string };
    const own = about.uid === undefined || uid === undefined || about.uid === uid;
    return event['reason'] === reason && about.kind === 'Pod' && about.name === name && own;
  });
  const at = (event: AnyObject): string => String(event['lastTimestamp'] ?? '');
  const last = events.reduce<AnyObject | null>(
    (best, event) => (best === null || at(event) >= at(best) ? event : best),
    null,
  );
  return last === null ? null : String(last['message']);
}
