// What is to blame where a packet arrived and no socket took it: the port that it was sent to, and what is open instead.
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { type Finding, objectOf } from './blame-finding.ts';
import { listeningDetails } from './blame-listening.ts';
import { serviceMeant } from './blame-lookup.ts';
import { servedBy } from './blame-rules.ts';
import type { RuleHop } from './hops.ts';

/** `name` is the end that was reached: "10.244.1.5:8080". */
export function listenerFinding(
  cluster: Cluster,
  attempt: Attempt,
  rules: readonly RuleHop[],
  name: string,
): Finding {
  const open = listeningDetails(cluster, attempt);
  const by = servedBy(cluster, rules, attempt);
  if (by.object === undefined) return direct(cluster, attempt, name, open);
  if (cluster.proxyMode === 'userspace') {
    const detail = `the proxy's port of ${by.object}: its kube-proxy is stopped`;
    return { reason: 'noListener', name, object: by.object, path: by.path, detail };
  }
  const path = by.path?.startsWith('spec.ports') ? `${by.path}.targetPort` : 'spec.ports';
  const detail = [`targetPort of ${by.object}`, ...open].join('; ');
  return { reason: 'noListener', name, object: by.object, path, detail };
}

/** Dialled without a Service's rules: a headless Service hands out Pod addresses and leaves the port alone. */
function direct(
  cluster: Cluster,
  { lookup, from, dial }: Attempt,
  name: string,
  open: readonly string[],
): Finding {
  const service = lookup === null ? undefined : serviceMeant(cluster, lookup, from);
  if (service === undefined || service.spec.clusterIP !== 'None') {
    return {
      reason: 'noListener',
      name,
      ...(open.length === 0 ? {} : { detail: open.join('; ') }),
    };
  }
  const object = objectOf(service);
  const detail = [`headless ${object} does not map ports`, ...open].join('; ');
  const i = (service.spec.ports ?? []).findIndex((one) => one.port === dial?.dialled.port);
  const path = i < 0 ? 'spec.ports' : `spec.ports[${i}]`;
  return { reason: 'noListener', name, object, path, detail };
}
