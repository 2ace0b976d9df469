// What is to blame when no rule stopped a packet, and yet nobody answered: nobody listens, nobody has the address, nothing
// leads there, or the reply was lost. Told from the finished trace and the stored objects.
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { formatEndpoint } from '../net/addr.ts';
import type { NoteEffect } from '../netfilter/trace.ts';
import { directorFinding } from './blame-director.ts';
import { clusterIPOwner, type Finding, objectOf } from './blame-finding.ts';
import { goneFinding } from './blame-gone.ts';
import { ipvsFinding, sharedAddressFinding } from './blame-ipvs.ts';
import { listenerFinding } from './blame-listener.ts';
import { outsideFinding } from './blame-outside.ts';
import { passedOnFinding } from './blame-passed-on.ts';
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
  const byDirector = directorFinding(cluster, attempt);
  if (byDirector !== null) return byDirector;
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
        return (
          tableFinding(attempt, name) ??
          lostFinding(cluster, attempt, rules) ?? { reason: 'dropped', where: attempt.from }
        );
      }
      return ruleFinding(cluster, rules, stopped, 'dropped', attempt);
    case 'icmp':
      if (stopped !== undefined) return ruleFinding(cluster, rules, stopped, 'rejected', attempt);
      return errorFinding(cluster, attempt, rules, name);
    case 'rst':
      return (
        (dial.phase === 'reply' ? passedOnFinding(cluster, attempt, rules, stopped, name) : null) ??
        listenerFinding(cluster, attempt, rules, name)
      );
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
        passedOnFinding(cluster, attempt, rules, stopped, name) ??
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
  const untouched = dial.source === null && sentBy(cluster, rules, attempt) === undefined;
  if (owner !== undefined && untouched) return routeFinding(cluster, attempt);
  const outside = note.at === attempt.from ? outsideFinding(cluster, attempt) : null;
  if (outside !== null) return outside;
  const far = dial.destination ?? dial.dialled;
  const name = formatEndpoint(far.addr, far.port);
  const why =
    (dial.via === 'drop' ? sharedAddressFinding(cluster, attempt, note.at) : null) ??
    goneFinding(cluster, attempt, rules, note.detail);
  return { reason: 'lost', name, where: note.at, ...(why ?? { detail: note.detail }) };
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
  const gone = goneFinding(cluster, attempt, rules, detail);
  if (gone !== null) return { reason: 'noRoute', where, name, ...gone };
  return { reason: 'noRoute', where, name, object, ...(detail === '' ? {} : { detail }) };
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
