// What still names an address that nobody answers at: a rule of a kube-proxy that is behind, an EndpointSlice that the
// controllers have not changed yet, or one that was made by hand. Reads the stored objects; the way was walked before.
import { type EndpointSlice, keyOf, type Service } from '../api/types.ts';
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { formatAddr } from '../net/addr.ts';
import { type Finding, objectOf, type Spot, serviceOf, slicesOf } from './blame-finding.ts';
import { sentBy, servedBy } from './blame-rules.ts';
import type { RuleHop } from './hops.ts';

/** Null: no Service's rule sent it there, or a Pod has the address. `happened`: what the trace says of the packet. */
export function goneFinding(
  cluster: Cluster,
  attempt: Attempt,
  rules: readonly RuleHop[],
  happened: string,
): Pick<Finding, 'object' | 'path' | 'detail'> | null {
  const { dial, from } = attempt;
  const sent = sentBy(cluster, rules, attempt);
  const service = serviceOf(cluster, servedBy(cluster, rules, attempt).object);
  const far = dial?.destination ?? null;
  if (sent === undefined || service === undefined || far === null) return null;
  const addr = formatAddr(far.addr);
  const pods = cluster.objects.list('Pod');
  if (pods.some(({ status }) => status?.podIPs?.some(({ ip }) => ip === addr))) return null;
  const named = namedIn(cluster, service, addr);
  if (named === undefined) {
    const where = sent === from && !from.startsWith('node/') ? 'a node' : sent;
    const why = leftBehind(cluster, sent, rules) ?? 'its kube-proxy is stopped or behind';
    const detail = `${where} still has a rule for ${addr}, which no Pod has now; ${why}`;
    return { object: objectOf(service), path: 'metadata.name', detail };
  }
  if (named.isPod) {
    const detail = `an EndpointSlice still has ${addr}, which no Pod has now; the endpoint controllers are stopped or behind`;
    return { object: objectOf(service), path: 'metadata.name', detail };
  }
  const { object, path } = writtenAs(cluster, service, named.slice, named.path, addr);
  const said = happened === '' ? '' : `${happened}; `;
  return { object, path, detail: `${said}${object} names ${addr} for ${objectOf(service)}` };
}

/** The rule is of a mode that the node's kube-proxy has left: iptables and ipvs mode leave each other's rules (the function
 * platformCleanup of cmd/kube-proxy/app/server_linux.go). Null: it is of the mode that it runs in. */
function leftBehind(cluster: Cluster, sent: string, rules: readonly RuleHop[]): string | null {
  const now = cluster.proxyModeOn(sent.replace(/^node\//, ''));
  const chain = rules.findLast(({ effect }) => effect === 'dnat')?.chain;
  const of = chain === undefined ? 'ipvs' : 'iptables';
  if (now === of || (of === 'iptables' && now !== 'ipvs')) return null;
  return `its kube-proxy wrote that in ${of} mode, runs in ${now} mode now, and does not clean up after the other: kube-proxy --cleanup or a restart of the node does`;
}

interface Named {
  readonly slice: EndpointSlice;
  /** Of the address: "endpoints[0].addresses[1]". */
  readonly path: string;
  readonly isPod: boolean;
}

function namedIn(cluster: Cluster, service: Service, addr: string): Named | undefined {
  for (const slice of slicesOf(cluster, service)) {
    for (const [i, { addresses = [], targetRef }] of (slice.endpoints ?? []).entries()) {
      const j = addresses.indexOf(addr);
      if (j < 0) continue;
      return { slice, path: `endpoints[${i}].addresses[${j}]`, isPod: targetRef?.kind === 'Pod' };
    }
  }
  return undefined;
}

/** The slice itself, or the Endpoints that it mirrors: those were written by hand. */
function writtenAs(
  cluster: Cluster,
  service: Service,
  slice: EndpointSlice,
  path: string,
  addr: string,
): Spot {
  const object = `EndpointSlice/${keyOf(slice)}`;
  const by = slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'];
  if (by !== 'endpointslicemirroring-controller.k8s.io') return { object, path };
  const key = keyOf(service);
  for (const [i, { addresses = [] }] of (
    cluster.objects.get('Endpoints', key)?.subsets ?? []
  ).entries()) {
    const j = addresses.findIndex(({ ip }) => ip === addr);
    if (j >= 0) return { object: `Endpoints/${key}`, path: `subsets[${i}].addresses[${j}].ip` };
  }
  return { object, path };
}
