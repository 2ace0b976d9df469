// What is to blame when a traffic policy Local finds nobody on a node: where the endpoints are instead, and what the
// node's health check says. Reads the stored objects.
import type { Service } from '../api/types.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { endpointsOf, type Finding, listed, objectOf } from './blame-finding.ts';

/** `path` is the policy's, "spec.externalTrafficPolicy"; absent: unknown. `more` goes before the rest. */
export function localFinding(
  cluster: Cluster,
  service: Service,
  where: string,
  path: string | undefined,
  more?: string,
): Finding {
  const details = [more, endpointsText(cluster, service), healthText(service, path)];
  return {
    reason: 'noLocalEndpoints',
    object: objectOf(service),
    where,
    path,
    detail: details.filter((detail) => detail !== undefined).join('; '),
  };
}

function endpointsText(cluster: Cluster, service: Service): string {
  const ready = endpointsOf(cluster, service).filter(
    ({ conditions }) => conditions?.ready !== false,
  );
  const nodes = ready.flatMap(({ nodeName }) => nodeName ?? []);
  if (nodes.length === 0) return 'no ready endpoint says on which node it is';
  return `ready endpoints are on ${listed([...new Set(nodes)].sort())} only`;
}

/** What balancers go by; it is there for the external policy alone. */
function healthText({ spec }: Service, path: string | undefined): string | undefined {
  const port = spec.healthCheckNodePort ?? 0;
  if (path !== 'spec.externalTrafficPolicy' || port === 0) return undefined;
  return `healthCheckNodePort ${port} returns 503 here`;
}
