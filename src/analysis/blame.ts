// Names the first thing that kept a connection from being answered: a closed id, one sentence, the object and the
// line of the manifest. Reads the finished trace and the stored objects; decides nothing about the outcome.
import type { Position } from '../api/input-error.ts';
import { keyOf, matchesLabels, type Pod, type Service, type ServicePort } from '../api/types.ts';
import type { Attempt, Cluster, Resolution } from '../cluster/cluster.ts';
import { type Addr, formatAddr, formatEndpoint } from '../net/addr.ts';
import { type Proto, parseProto, protoName } from '../net/packet.ts';
import { type BlameReason, type BlameRow, blameTable } from './blame.table.ts';
import { commentOf, type RuleHop, ruleHopsOf } from './hops.ts';

export interface Blame {
  readonly id: string;
  readonly message: string;
  /** "Service/demo/web"; null when no object is to blame. */
  readonly object: string | null;
  readonly file: string | null;
  readonly line: number | null;
}

interface Finding {
  readonly reason: BlameReason;
  readonly object?: string | undefined;
  /** Replaces the row's path. */
  readonly path?: string | undefined;
  readonly where?: string;
  readonly name?: string;
  readonly detail?: string;
}

/** What is to blame for an attempt that was not answered; null when it was. */
export function blameOf(cluster: Cluster, attempt: Attempt): Blame | null {
  const finding =
    attempt.dial === null ? lookupFinding(cluster, attempt) : dialFinding(cluster, attempt);
  if (finding === null) return null;
  const row: BlameRow = blameTable[finding.reason];
  const path = finding.path ?? row.path;
  const object = finding.object ?? null;
  const position: Position | null = object === null ? null : cluster.locate(object, path);
  return {
    id: row.id,
    message: worded(row.message, finding),
    object,
    file: position?.file ?? null,
    line: position?.line ?? null,
  };
}

function worded(message: string, finding: Finding): string {
  const values: Readonly<Record<string, string>> = {
    object: finding.object ?? 'the cluster',
    where: finding.where ?? 'the way',
    name: finding.name ?? 'the destination',
    detail: finding.detail === undefined ? '' : `: ${finding.detail}`,
  };
  return message.replaceAll(/\{(\w+)\}/g, (_all, key: string) => values[key] ?? '');
}

const lookupReasons: Readonly<Record<Resolution['outcome'], BlameReason | null>> = {
  answered: null,
  nxdomain: 'nxdomain',
  nodata: 'nodata',
  servfail: 'servfail',
  refused: 'dnsRefused',
  timeout: 'dnsTimeout',
};

function lookupFinding(cluster: Cluster, attempt: Attempt): Finding | null {
  const { lookup } = attempt;
  const reason = lookup === null ? null : lookupReasons[lookup.outcome];
  if (lookup === null || reason === null) return null;
  const name = `"${lookup.name}"`;
  const service = serviceNamed(cluster, lookup.name, attempt.from);
  if (service !== undefined) {
    const object = `Service/${keyOf(service)}`;
    const own = namespaceOf(attempt.from);
    const { name: short, namespace = 'default' } = service.metadata;
    const detail =
      own !== null && own !== namespace && lookup.name === short
        ? `${object} is in another namespace; ask for "${short}.${namespace}"`
        : endpointsDetail(cluster, service);
    return { reason, name, object, path: 'metadata.name', ...(detail === '' ? {} : { detail }) };
  }
  const server = lookup.queries[0]?.server;
  const asked = lookup.queries.length;
  const detail =
    asked > 1
      ? `${asked} queries through the search list ${lookup.search.join(' ')}`
      : server === undefined
        ? undefined
        : `asked ${server}`;
  return { reason, name, ...(detail === undefined ? {} : { detail }) };
}

/** The Service a failed name was most likely meant for. */
function serviceNamed(cluster: Cluster, name: string, from: string): Service | undefined {
  const [short = '', namespace] = name.split('.');
  const own = namespaceOf(from) ?? 'default';
  const exact = cluster.objects.get('Service', `${namespace ?? own}/${short}`);
  if (exact !== undefined || namespace !== undefined) return exact;
  return cluster.objects.list('Service').find((service) => service.metadata.name === short);
}

function namespaceOf(machine: string): string | null {
  const [kind, namespace, name] = machine.split('/');
  return kind === 'pod' && name !== undefined ? (namespace ?? null) : null;
}

function dialFinding(cluster: Cluster, attempt: Attempt): Finding | null {
  const { dial } = attempt;
  if (dial === null || dial.outcome === 'answered') return null;
  const rules = ruleHopsOf(dial.trace.steps(), attempt.from);
  const stopped = rules.findLast((hop) => hop.effect === 'drop' || hop.effect === 'reject');
  const far = dial.destination ?? dial.dialled;
  const name = formatEndpoint(far.addr, far.port);
  switch (dial.via) {
    case 'policy':
      return ruleFinding(cluster, stopped, 'networkPolicy', attempt);
    case 'drop':
      return ruleFinding(cluster, stopped, 'dropped', attempt);
    case 'icmp':
      if (stopped !== undefined) return ruleFinding(cluster, stopped, 'rejected', attempt);
      if (dial.outcome === 'unreachable') return neighbourFinding(cluster, attempt, rules, name);
      return listenerFinding(cluster, rules, name);
    case 'rst':
    case 'nolistener':
      return listenerFinding(cluster, rules, name);
    case 'noroute':
      return routeFinding(cluster, attempt);
    case 'noreply':
    case null:
      return (
        lostFinding(cluster, attempt) ?? { reason: 'noReply', name, ...servedBy(cluster, rules) }
      );
  }
}

/** The packet never arrived: nobody owns the address, a machine is down, a link is cut. */
function lostFinding(cluster: Cluster, attempt: Attempt): Finding | null {
  const { dial } = attempt;
  const note = dial?.trace
    .steps()
    .findLast((step) => step.kind === 'note' && step.effect === 'lost');
  if (dial === null || note?.kind !== 'note') return null;
  const owner = clusterIPOwner(cluster, dial.dialled.addr);
  if (owner !== undefined && dial.source === null) return routeFinding(cluster, attempt);
  const far = dial.destination ?? dial.dialled;
  const name = formatEndpoint(far.addr, far.port);
  return { reason: 'lost', name, where: note.at, detail: note.detail };
}

/** The Service that has this cluster IP. */
function clusterIPOwner(cluster: Cluster, addr: Addr): Service | undefined {
  const text = formatAddr(addr);
  return cluster.objects
    .list('Service')
    .find((candidate) => (candidate.spec?.clusterIPs ?? []).includes(text));
}

/** A rule dropped or rejected the packet: kube-proxy's say why by where they stand. */
function ruleFinding(
  cluster: Cluster,
  hop: RuleHop | undefined,
  otherwise: BlameReason,
  attempt: Attempt,
): Finding {
  if (hop === undefined || hop.rule === null) {
    return { reason: otherwise, where: hop?.at ?? attempt.from };
  }
  const cause = cluster.cause(hop.rule.origin);
  const object = cause?.object === '' ? undefined : cause?.object;
  const where = hop.at;
  const service = serviceOf(cluster, object);
  if (service === undefined || object === undefined) {
    const detail = commentOf(hop.rule) || `rule of ${hop.chain.owner} in chain ${hop.chain.name}`;
    return { reason: otherwise, object, path: cause?.path, where, detail };
  }
  if (hop.chain.name === 'KUBE-PROXY-FIREWALL') return { reason: 'sourceRanges', object, where };
  if (hop.effect === 'reject') {
    const detail = endpointsDetail(cluster, service);
    return { reason: 'noEndpoints', object, where, ...(detail === '' ? {} : { detail }) };
  }
  return { reason: 'noLocalEndpoints', object, where, path: policyPath(hop, service) };
}

/** Rules for traffic from outside stand in KUBE-EXTERNAL-SERVICES, those for cluster IPs in KUBE-SERVICES. */
function policyPath(hop: RuleHop, service: Service): string {
  if (hop.chain.name === 'KUBE-EXTERNAL-SERVICES') return 'spec.externalTrafficPolicy';
  return service.spec?.internalTrafficPolicy === 'Local'
    ? 'spec.internalTrafficPolicy'
    : 'spec.externalTrafficPolicy';
}

/** Why a Service has no endpoints, told from its selector and the pods; empty when it has some. */
function endpointsDetail(cluster: Cluster, service: Service): string {
  const { namespace = 'default', name } = service.metadata;
  const selector = service.spec?.selector;
  if (service.spec?.type === 'ExternalName') return '';
  if (selector === undefined) {
    return `it has no selector, and nobody made Endpoints or an EndpointSlice for "${name}"`;
  }
  const text = Object.keys(selector)
    .map((key) => `${key}=${selector[key]}`)
    .join(',');
  const pods = cluster.objects
    .list('Pod', namespace)
    .filter((pod) => matchesLabels(selector, pod.metadata.labels));
  if (pods.length === 0) return `no Pod in namespace ${namespace} has the labels ${text}`;
  const ready = pods.filter(isReady);
  if (ready.length > 0) return missingPortDetail(service, ready);
  const names = pods.slice(0, 3).map((pod) => pod.metadata.name);
  return `the selector ${text} matches ${pods.length} Pods, none of them ready (${names.join(', ')})`;
}

/** Ready Pods make no endpoints when a targetPort names a container port that none of them has. */
function missingPortDetail(service: Service, pods: readonly Pod[]): string {
  for (const { targetPort, protocol = 'TCP' } of service.spec.ports ?? []) {
    if (typeof targetPort !== 'string') continue;
    const declared = pods.flatMap((pod) => pod.spec.containers).flatMap((c) => c.ports ?? []);
    if (declared.some((p) => p.name === targetPort && (p.protocol ?? 'TCP') === protocol)) continue;
    const names = declared.flatMap((p) => (p.name === undefined ? [] : [p.name]));
    const has =
      names.length === 0 ? 'they name none' : `they name ${[...new Set(names)].join(', ')}`;
    return `no ready Pod has a container port named "${targetPort}" (${protocol}): ${has}`;
  }
  return '';
}

function isReady(pod: Pod): boolean {
  return (pod.status?.conditions ?? []).some((c) => c.type === 'Ready' && c.status === 'True');
}

function serviceOf(cluster: Cluster, object: string | undefined): Service | undefined {
  return object?.startsWith('Service/')
    ? cluster.objects.get('Service', object.slice('Service/'.length))
    : undefined;
}

/** The Service whose rules sent the packet where it went: the last of them before the address was rewritten. */
function servedBy(
  cluster: Cluster,
  rules: readonly RuleHop[],
): { readonly object?: string; readonly path?: string } {
  const dnat = rules.findLastIndex((hop) => hop.effect === 'dnat');
  for (const { rule } of rules.slice(0, dnat + 1).reverse()) {
    const cause = rule === null ? undefined : cluster.cause(rule.origin);
    if (cause?.object.startsWith('Service/')) return { object: cause.object, path: cause.path };
  }
  return {};
}

function listenerFinding(cluster: Cluster, rules: readonly RuleHop[], name: string): Finding {
  const by = servedBy(cluster, rules);
  if (by.object === undefined) return { reason: 'noListener', name };
  const path = by.path?.startsWith('spec.ports') ? `${by.path}.targetPort` : 'spec.ports';
  return {
    reason: 'noListener',
    name,
    object: by.object,
    path,
    detail: `targetPort of ${by.object}`,
  };
}

/** A machine on the way found nobody with the address: an endpoint that is gone, or was never there. */
function neighbourFinding(
  cluster: Cluster,
  attempt: Attempt,
  rules: readonly RuleHop[],
  name: string,
): Finding {
  const steps = attempt.dial?.trace.steps() ?? [];
  const note = steps.findLast((step) => step.kind === 'note' && step.effect === 'unreachable');
  const where = note?.kind === 'note' ? note.at : attempt.from;
  const detail = note?.kind === 'note' ? note.detail : '';
  const { object } = servedBy(cluster, rules);
  return { reason: 'noRoute', where, name, object, ...(detail === '' ? {} : { detail }) };
}

function routeFinding(cluster: Cluster, attempt: Attempt): Finding {
  const to = attempt.dial?.dialled;
  if (to === undefined) return { reason: 'noRoute', where: attempt.from };
  const name = formatEndpoint(to.addr, to.port);
  const service = clusterIPOwner(cluster, to.addr);
  if (service === undefined) return { reason: 'noRoute', where: attempt.from, name };
  if (!attempt.from.startsWith('host/') && !hasPort(service, to.port, attempt.proto)) {
    const ports = (service.spec.ports ?? []).map(portText).join(', ');
    return {
      reason: 'noSuchPort',
      object: `Service/${keyOf(service)}`,
      name: `${to.port}/${protoName(attempt.proto).toUpperCase()}`,
      detail: `it has ${ports}, and no rule matches anything else`,
    };
  }
  return {
    reason: 'noRoute',
    where: attempt.from,
    name,
    object: `Service/${keyOf(service)}`,
    path: 'spec.type',
    detail: 'a cluster IP exists only in the rules of the nodes; use a NodePort or LoadBalancer',
  };
}

function hasPort(service: Service, port: number, proto: Proto): boolean {
  const ports = service.spec.ports ?? [];
  return ports.some((p) => p.port === port && parseProto(p.protocol ?? 'TCP') === proto);
}

function portText({ name, port, protocol = 'TCP' }: ServicePort): string {
  return `${name === undefined || name === '' ? '' : `${name} `}${port}/${protocol}`;
}
