// What is to blame when no rule stopped a packet, and yet nobody answered: nobody listens, nobody has the address, nothing
// leads there, or the reply was lost. Told from the finished trace and the stored objects.
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { formatAddr, formatEndpoint } from '../net/addr.ts';
import type { NoteEffect } from '../netfilter/trace.ts';
import { endpointsDetail } from './blame-endpoints.ts';
import {
  clusterIPOwner,
  endpointsOf,
  type Finding,
  objectOf,
  serviceOf,
  slicesOf,
} from './blame-finding.ts';
import { ipvsFinding } from './blame-ipvs.ts';
import { serviceMeant } from './blame-lookup.ts';
import { policyFinding } from './blame-policy.ts';
import { portFinding } from './blame-port.ts';
import { ruleFinding, sentBy, servedBy } from './blame-rules.ts';
import { type RuleHop, ruleHopsOf } from './hops.ts';

/** What is to blame for a connection that was not answered; null when it was. */
export function dialFinding(cluster: Cluster, attempt: Attempt): Finding | null {
  const { dial } = attempt;
  if (dial === null || dial.outcome === 'answered') return null;
  const rules = ruleHopsOf(dial.trace.steps(), attempt.from);
  const stopped = rules.findLast((hop) => hop.effect === 'drop' || hop.effect === 'reject');
  const far = dial.destination ?? dial.dialled;
  const name = formatEndpoint(far.addr, far.port);
  const virtual = ipvsFinding(cluster, attempt, stopped);
  if (virtual !== null) return virtual;
  switch (dial.via) {
    case 'policy':
      return (
        policyFinding(cluster, rules, stopped, attempt) ??
        ruleFinding(cluster, rules, stopped, 'networkPolicy', attempt)
      );
    case 'drop':
      if (stopped === undefined) {
        return tableFinding(attempt, name) ?? { reason: 'dropped', where: attempt.from };
      }
      return ruleFinding(cluster, rules, stopped, 'dropped', attempt);
    case 'icmp':
      if (stopped !== undefined) return ruleFinding(cluster, rules, stopped, 'rejected', attempt);
      return errorFinding(cluster, attempt, rules, name);
    case 'rst':
      return dial.phase === 'reply' && cluster.proxyMode === 'userspace'
        ? passedOnFinding(cluster, attempt, rules, name)
        : listenerFinding(cluster, attempt, rules, name);
    case 'nolistener':
      return listenerFinding(cluster, attempt, rules, name);
    case 'noroute':
      return routeFinding(cluster, attempt);
    case 'noreply':
    case null:
      // The error that a rule sent was held back.
      if (stopped?.effect === 'reject') {
        return ruleFinding(cluster, rules, stopped, 'rejected', attempt);
      }
      return (
        lostFinding(cluster, attempt, rules) ?? {
          reason: 'noReply',
          name,
          ...servedBy(cluster, rules, attempt),
        }
      );
  }
}

/** No rule dropped it: the connection table had no room, or the kernel takes no such packet. */
function tableFinding({ dial }: Attempt, name: string): Finding | null {
  const note = dial?.trace
    .steps()
    .findLast((step) => step.kind === 'note' && step.stage === 'conntrack');
  if (note?.kind !== 'note') return null;
  return { reason: 'lost', name, where: note.at, detail: note.detail };
}

/** The packet never arrived: nobody owns the address, a machine is down, a link is cut. */
function lostFinding(
  cluster: Cluster,
  attempt: Attempt,
  rules: readonly RuleHop[],
): Finding | null {
  const { dial } = attempt;
  const note = dial?.trace
    .steps()
    .findLast((step) => step.kind === 'note' && step.effect === 'lost');
  if (dial === null || note?.kind !== 'note') return null;
  const owner = clusterIPOwner(cluster, dial.dialled.addr);
  if (owner !== undefined && dial.source === null) return routeFinding(cluster, attempt);
  const far = dial.destination ?? dial.dialled;
  const name = formatEndpoint(far.addr, far.port);
  const gone = goneFinding(cluster, attempt, rules) ?? { detail: note.detail };
  return { reason: 'lost', name, where: note.at, ...gone };
}

/** Taken, and reset before it was answered: kube-proxy of userspace mode found nobody to pass it on to. */
function passedOnFinding(
  cluster: Cluster,
  attempt: Attempt,
  rules: readonly RuleHop[],
  name: string,
): Finding {
  const by = servedBy(cluster, rules, attempt);
  const service = serviceOf(cluster, by.object);
  if (service === undefined) return { reason: 'noReply', name, ...by };
  const ready = slicesOf(cluster, service)
    .filter((slice) => (slice.ports ?? []).length > 0)
    .flatMap((slice) => slice.endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false);
  if (ready.length > 0) return { reason: 'noReply', name, ...by };
  const { detail, at } = endpointsDetail(cluster, service);
  const where = attempt.dial?.backend ?? name;
  const object = objectOf(service);
  return { reason: 'noEndpoints', object, at, where, ...(detail === '' ? {} : { detail }) };
}

/** An ICMP error that no rule asked for: by whom, says the trace. A datagram's sender is only told of closed ports. */
function errorFinding(
  cluster: Cluster,
  attempt: Attempt,
  rules: readonly RuleHop[],
  name: string,
): Finding {
  const steps = attempt.dial?.trace.steps() ?? [];
  const note = steps.findLast((step) => step.kind === 'note' && errorEffects.has(step.effect));
  const effect = note?.kind === 'note' ? note.effect : 'closed';
  const lost = effect === 'lost' ? lostFinding(cluster, attempt, rules) : null;
  if (lost !== null) return lost;
  return effect === 'unreachable'
    ? neighbourFinding(cluster, attempt, rules, name)
    : listenerFinding(cluster, attempt, rules, name);
}

const errorEffects: ReadonlySet<NoteEffect> = new Set(['unreachable', 'lost', 'closed']);

function listenerFinding(
  cluster: Cluster,
  attempt: Attempt,
  rules: readonly RuleHop[],
  name: string,
): Finding {
  const open = openPorts(attempt);
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

/** What the machine that refused listens on, as the trace noted it; empty when nothing. */
function openPorts({ dial }: Attempt): readonly string[] {
  const note = dial?.trace
    .steps()
    .findLast((step) => step.kind === 'note' && step.effect === 'closed');
  const ports =
    note?.kind === 'note' ? /the machine listens on (.*)$/.exec(note.detail)?.[1] : undefined;
  return note?.kind !== 'note' || ports === undefined ? [] : [`${note.at} listens on ${ports}`];
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
    const [detail] = open;
    return { reason: 'noListener', name, ...(detail === undefined ? {} : { detail }) };
  }
  const object = objectOf(service);
  const detail = [`headless ${object} does not map ports`, ...open].join('; ');
  const i = (service.spec.ports ?? []).findIndex((one) => one.port === dial?.dialled.port);
  const path = i < 0 ? 'spec.ports' : `spec.ports[${i}]`;
  return { reason: 'noListener', name, object, path, detail };
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
  const { object } = servedBy(cluster, rules, attempt);
  const gone = goneFinding(cluster, attempt, rules);
  if (gone !== null) return { reason: 'noRoute', where, name, ...gone };
  return { reason: 'noRoute', where, name, object, ...(detail === '' ? {} : { detail }) };
}

/** A rule of a Service sent the packet to an address that no Pod has: what still names it. */
function goneFinding(
  cluster: Cluster,
  attempt: Attempt,
  rules: readonly RuleHop[],
): Pick<Finding, 'object' | 'path' | 'detail'> | null {
  const { dial, from } = attempt;
  const sent = sentBy(cluster, rules, attempt);
  const service = serviceOf(cluster, servedBy(cluster, rules, attempt).object);
  const far = dial?.destination ?? null;
  if (sent === undefined || service === undefined || far === null) return null;
  const addr = formatAddr(far.addr);
  const pods = cluster.objects.list('Pod');
  if (pods.some(({ status }) => status?.podIPs?.some(({ ip }) => ip === addr))) return null;
  const object = objectOf(service);
  const endpoint = endpointsOf(cluster, service).find(({ addresses }) => addresses?.includes(addr));
  if (endpoint === undefined) {
    const where = sent === from && !from.startsWith('node/') ? 'a node' : sent;
    const detail = `${where} still has a rule for ${addr}, which no Pod has now; its kube-proxy is stopped or behind`;
    return { object, path: 'metadata.name', detail };
  }
  if (endpoint.targetRef?.kind !== 'Pod') return null;
  const detail = `an EndpointSlice still has ${addr}, which no Pod has now; the endpoint controllers are stopped or behind`;
  return { object, path: 'metadata.name', detail };
}

function routeFinding(cluster: Cluster, attempt: Attempt): Finding {
  const to = attempt.dial?.dialled;
  if (to === undefined) return { reason: 'noRoute', where: attempt.from };
  const name = formatEndpoint(to.addr, to.port);
  const service = clusterIPOwner(cluster, to.addr);
  if (service === undefined) return { reason: 'noRoute', where: attempt.from, name };
  const port = portFinding(cluster, attempt, 'no rule matches anything else');
  if (port !== null) return port;
  return {
    reason: 'noRoute',
    where: attempt.from,
    name,
    object: objectOf(service),
    path: 'spec.type',
    detail: 'a cluster IP exists only in the rules of the nodes; use a NodePort or LoadBalancer',
  };
}
