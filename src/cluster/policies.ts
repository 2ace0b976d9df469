// Who writes the rules of policies on the nodes, as one component: it hears of policies and of what they select, and the
// nodes load new rules. Its rules are src/cni/policy's.
import type { Pod, WatchEvent } from '../api/types.ts';
import { holdsLabels } from '../cni/policy/policy.ts';
import { policyKinds } from '../cni/policy/world.ts';
import { profileNamed } from '../cni/profiles.ts';
import type { State } from './state.ts';

/** The component's name. */
export const policyAgents = 'network-policy';

/** Whether they read watch events: not as long as there is no policy, nor where nobody enforces any. */
export function policiesListen({ parts }: State): boolean {
  if (!profileNamed(parts.spec.cniProfile).enforcesPolicy) return false;
  return parts.policies.isBusy || policyKinds.some((kind) => parts.api.rawList(kind).length > 0);
}

export function receiveByPolicies({ parts }: State, events: readonly WatchEvent[]): void {
  const changed = parts.policies.receive(events, (kind) => parts.api.rawList(kind));
  if (changed) parts.proxies.stale = true;
}

/** Says of each policy once that it means nobody, as long as that is so when somebody asks. */
export function noteIdlePolicies(state: State): void {
  const { parts, notices } = state;
  const { picture } = parts.policies;
  if (picture === null || picture === state.policiesNoted) return;
  state.policiesNoted = picture;
  const byNamespace = new Map<string, readonly Pod[]>();
  for (const { object, subject } of picture.policies.values()) {
    const where = subject.namespace ?? '';
    const pods = byNamespace.get(where) ?? parts.api.list('Pod', subject.namespace ?? undefined);
    byNamespace.set(where, pods);
    const text = idleText(
      pods.filter(({ metadata }) => {
        const labels = picture.namespaces.get(metadata.namespace ?? '');
        return holdsLabels(subject, metadata.namespace ?? '', metadata.labels ?? {}, labels);
      }),
    );
    if (text === null) continue;
    const at = parts.api.locate(object, 'spec.podSelector') ?? parts.api.locate(object, 'spec');
    const slash = object.indexOf('/');
    const name = `${object.slice(0, slash)} "${object.slice(slash + 1)}"`;
    const notice = `${at === null ? '' : `${at.file}:${at.line}: `}${name} ${text}`;
    if (!notices.includes(notice)) notices.push(notice);
  }
}

function idleText(pods: readonly Pod[]): string | null {
  if (pods.length === 0) return 'selects no Pod: it changes nothing';
  if (!pods.every(({ spec }) => spec.hostNetwork === true)) return null;
  return 'selects only Pods on the network of their node: it changes nothing';
}
