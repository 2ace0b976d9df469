// What one node makes of a service port's endpoints, and when two nodes must come to the same: the
// keys under which modes keep rules that many nodes share.
import type { Addr } from '../net/addr.ts';
import { contains } from '../net/cidr.ts';
import { type Categories, categorizeEndpoints, type Locality } from './categorize.ts';
import { distinctFor } from './endpoints.ts';
import { type ServicePort, usesLocalEndpoints } from './service-port.ts';
import type { ProxyPort } from './snapshot.ts';

/** Whether two nodes with the same settings can get different rules for the service port. */
export function dependsOnNode({ service, endpoints }: ProxyPort): boolean {
  return (
    usesLocalEndpoints(service) ||
    endpoints.hasHints ||
    endpoints.hasDuplicates ||
    service.sourceRanges.length > 0
  );
}

export function chooseEndpoints({ service, endpoints }: ProxyPort, locality: Locality): Categories {
  return categorizeEndpoints(distinctFor(endpoints, locality), service, locality);
}

/** Equal signatures mean equal choices: indexes into the port's list, and whether the node is let
 * in. */
export function choiceSignature(
  { service, endpoints }: ProxyPort,
  chosen: Categories,
  nodeIP: Addr | undefined,
): string {
  const at = new Map(endpoints.list.map((endpoint, i) => [endpoint, i]));
  const lists = [chosen.cluster, chosen.local, chosen.reachable];
  const indexes = lists.map((list) => (list ?? []).map((endpoint) => at.get(endpoint)).join());
  return [...indexes, chosen.hasAny, allowsFrom(service, nodeIP)].join(';');
}

/** Whether the node itself is inside a source range. */
export function allowsFrom(port: ServicePort, nodeIP: Addr | undefined): boolean {
  return nodeIP !== undefined && port.sourceRanges.some(({ value }) => contains(value, nodeIP));
}
