// Why the DNS server that a client asks is not there: the Service that has its address has no endpoint to send anybody to.
// Only reads; who is an endpoint was decided by the endpoint controllers.
import { keyOf, matchesLabels, type Service } from '../api/types.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { parseAddr } from '../net/addr.ts';
import { endpointsDetail, notReady } from './blame-endpoints.ts';
import { clusterIPOwner, endpointsOf, objectOf, type Spot } from './blame-finding.ts';

export interface NoServer {
  readonly object: string;
  readonly path: string;
  readonly detail: string;
  readonly at?: Spot | undefined;
  /** What would change it. */
  readonly fix: string;
}

/** `server` is who was asked: "10.96.0.10:53". Null: the cause is another. */
export function noServerAt(cluster: Cluster, server: string | undefined): NoServer | null {
  const asked = parseAddr((server ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, ''));
  const service = asked === undefined ? undefined : clusterIPOwner(cluster, asked);
  if (service?.spec.selector === undefined) return null;
  const isThere = endpointsOf(cluster, service).some(
    ({ conditions = {} }) => conditions.ready !== false || conditions.serving === true,
  );
  if (isThere) return null;
  const { detail, ...found } = scaledDown(cluster, service) ?? whyNone(cluster, service);
  const about = `Service ${keyOf(service)} has no ready endpoints: ${detail}`;
  return { object: objectOf(service), path: 'spec.selector', detail: about, ...found };
}

type Why = Partial<NoServer> & Pick<NoServer, 'detail' | 'fix'>;

/** A Deployment or StatefulSet whose Pods it would be. */
function scaledDown(cluster: Cluster, { metadata, spec }: Service): Why | null {
  const namespace = metadata.namespace ?? 'default';
  for (const kind of ['Deployment', 'StatefulSet'] as const) {
    const idle = cluster.objects
      .list(kind, namespace)
      .find(
        (one) =>
          one.spec.replicas === 0 &&
          matchesLabels(spec.selector ?? {}, one.spec.template.metadata?.labels),
      );
    if (idle === undefined) continue;
    const { name } = idle.metadata;
    return {
      object: `${kind}/${namespace}/${name}`,
      path: 'spec.replicas',
      detail: `${kind} ${name} has 0 replicas`,
      fix: `give ${kind} ${namespace}/${name} at least 1 replica`,
    };
  }
  return null;
}

function whyNone(cluster: Cluster, service: Service): Why {
  const { namespace = 'default' } = service.metadata;
  const pods = cluster.objects
    .list('Pod', namespace)
    .filter((pod) => matchesLabels(service.spec.selector ?? {}, pod.metadata.labels));
  const why = pods.map((pod) => notReady(cluster, pod)).find((found) => found !== null);
  if (why === undefined || why === null) {
    const fix =
      pods.length === 0
        ? 'let a Deployment make Pods with these labels'
        : `see "kubectl describe pods -n ${namespace}" for what its Pods wait for`;
    return { ...endpointsDetail(cluster, service), fix };
  }
  const fix = /\/ready|:8181/.test(why.detail)
    ? 'write ready into a server block of its Corefile, or correct the readinessProbe'
    : 'correct what keeps its Pods from being ready';
  return { detail: `its Pods are not ready: ${why.detail}`, at: why.at, fix };
}
