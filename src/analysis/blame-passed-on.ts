// What is to blame where kube-proxy of userspace mode took a connection and its client got no answer: the connections that
// the process opened of its own, or that it had nobody to open one to. Told from the trace's notes of the stage socket.
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { formatEndpoint } from '../net/addr.ts';
import type { Onward } from '../netfilter/trace.ts';
import { endpointsDetail } from './blame-endpoints.ts';
import { type Finding, listed, objectOf, serviceOf, slicesOf } from './blame-finding.ts';
import { goneFinding } from './blame-gone.ts';
import { listeningDetails } from './blame-listening.ts';
import { policyFinding } from './blame-policy.ts';
import { ruleFinding, servedBy } from './blame-rules.ts';
import type { RuleHop } from './hops.ts';

/** A connection of the proxy's own that failed, and the machine that opened it. */
interface Leg extends Onward {
  readonly at: string;
}

/** Null: no kube-proxy passed it on, or not for its want of an answer. `stopped`: the last rule that dropped or refused. */
export function passedOnFinding(
  cluster: Cluster,
  attempt: Attempt,
  rules: readonly RuleHop[],
  stopped: RuleHop | undefined,
  name: string,
): Finding | null {
  if (cluster.proxyMode !== 'userspace') return null;
  const legs = failedLegs(attempt);
  if (legs.length > 0) return legsFinding(cluster, attempt, rules, stopped, legs);
  return attempt.dial?.via === 'rst' ? nobodyFinding(cluster, attempt, rules, name) : null;
}

function failedLegs({ dial }: Attempt): readonly Leg[] {
  return (dial?.trace.steps() ?? []).flatMap((step) =>
    step.kind === 'note' && step.onward !== undefined && step.onward.ended !== 'answered'
      ? [{ ...step.onward, at: step.at }]
      : [],
  );
}

function legsFinding(
  cluster: Cluster,
  attempt: Attempt,
  rules: readonly RuleHop[],
  stopped: RuleHop | undefined,
  legs: readonly Leg[],
): Finding {
  const last = legs.at(-1) as Leg;
  const where = last.at;
  const dial = attempt.dial === null ? null : { ...attempt.dial, destination: last };
  const own = { ...attempt, dial, from: where };
  if (stopped !== undefined) {
    return (
      policyFinding(cluster, rules, stopped, own) ??
      ruleFinding(cluster, rules, stopped, 'dropped', own)
    );
  }
  const by = servedBy(cluster, rules, attempt);
  const ends = [...new Set(legs.map(({ addr, port }) => formatEndpoint(addr, port)))];
  const name = listed(ends);
  const tries = legs.length === 1 ? 'once' : `${legs.length} times`;
  if (legs.every(({ ended }) => ended === 'refused')) {
    const tried = `kube-proxy on ${where} tried ${tries}, and ${ends.length === 1 ? 'it' : 'each'} refused`;
    const detail = [
      tried,
      `targetPort of ${by.object}`,
      ...listeningDetails(cluster, attempt),
    ].join('; ');
    return { reason: 'noListener', name, object: by.object, path: `${by.path}.targetPort`, detail };
  }
  const tried = `kube-proxy on ${where} tried ${tries}`;
  const happened = [tried, ...lossOf(attempt)].join('; ');
  const gone = goneFinding(cluster, own, rules, happened) ?? { ...by, detail: happened };
  return { reason: 'lost', name, where, ...gone };
}

/** What the trace says of the last packet that got nowhere. */
function lossOf({ dial }: Attempt): readonly string[] {
  const note = dial?.trace
    .steps()
    .findLast(
      (step) =>
        step.kind === 'note' &&
        step.stage !== 'socket' &&
        (step.effect === 'lost' || step.effect === 'unreachable'),
    );
  return note?.kind === 'note' ? [note.detail] : [];
}

/** Taken, and reset before it was answered: there was nobody to pass it on to. */
function nobodyFinding(
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
