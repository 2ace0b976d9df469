// Who writes the rules of policies on the nodes, as one component: it hears of policies and of what they select, and the
// nodes load new rules. Its rules are src/cni/policy's.
import type { Pod, WatchEvent } from '../api/types.ts';
import { holdsLabels, type Policy } from '../cni/policy/policy.ts';
import { type PolicyPicture, policyKinds } from '../cni/policy/world.ts';
import { profileNamed } from '../cni/profiles.ts';
import type { State } from './state.ts';

/** The component's name. */
export const policyAgents = 'network-policy';

/** Called with each write: the first policy wakes them, where somebody enforces any. */
export function awaitPolicies({ parts }: State, { kind }: WatchEvent): void {
  if (!policyKinds.includes(kind) || parts.policies.listens) return;
  if (profileNamed(parts.spec.cniProfile).enforcesPolicy) parts.policies.expect();
}

/** Whether they read watch events: not as long as there is no policy. */
export function policiesListen({ parts }: State): boolean {
  return parts.policies.listens;
}

export function receiveByPolicies({ parts }: State, events: readonly WatchEvent[]): void {
  const changed = parts.policies.receive(events, (kind) => parts.api.rawList(kind));
  if (changed) parts.proxies.stale = true;
}

/** Says of each policy once what is odd about it, as long as that is so when somebody asks. */
export function notePolicies(state: State): void {
  const { parts, notices } = state;
  const { picture } = parts.policies;
  if (picture === null || picture === state.policiesNoted) return;
  state.policiesNoted = picture;
  for (const text of [...idlePolicies(state, picture), ...equalPriorities(picture)]) {
    if (!notices.includes(text)) notices.push(text);
  }
}

/** Which of two policies of one priority is asked first the API leaves open. */
function equalPriorities(picture: PolicyPicture): readonly string[] {
  const groups = new Map<string, Policy[]>();
  for (const policy of picture.policies.values()) {
    if (policy.tier === 'namespaced') continue;
    const group = groups.get(`${policy.tier} ${policy.priority}`) ?? [];
    group.push(policy);
    groups.set(`${policy.tier} ${policy.priority}`, group);
  }
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = group;
    if (first === undefined || others.length === 0) return [];
    const names = group.map(({ object }) => nameOf(object)).join(', ');
    return [
      `${names} have priority ${first.priority} in one tier: the API leaves open which is asked first; here they are asked in this order`,
    ];
  });
}

/** `NetworkPolicy "demo/db"`. */
function nameOf(object: string): string {
  const slash = object.indexOf('/');
  return `${object.slice(0, slash)} "${object.slice(slash + 1)}"`;
}

function idlePolicies({ parts }: State, picture: PolicyPicture): readonly string[] {
  const byNamespace = new Map<string, readonly Pod[]>();
  return [...picture.policies.values()].flatMap(({ object, subject }) => {
    const where = subject.namespace ?? '';
    const pods = byNamespace.get(where) ?? parts.api.list('Pod', subject.namespace ?? undefined);
    byNamespace.set(where, pods);
    const text = idleText(
      pods.filter(({ metadata }) => {
        const labels = picture.namespaces.get(metadata.namespace ?? '');
        return holdsLabels(subject, metadata.namespace ?? '', metadata.labels ?? {}, labels);
      }),
    );
    if (text === null) return [];
    const at = parts.api.locate(
      object,
      object.startsWith('Network') ? 'spec.podSelector' : 'spec.subject',
    );
    return [`${at === null ? '' : `${at.file}:${at.line}: `}${nameOf(object)} ${text}`];
  });
}

function idleText(pods: readonly Pod[]): string | null {
  if (pods.length === 0) return 'selects no Pod: it changes nothing';
  if (!pods.every(({ spec }) => spec.hostNetwork === true)) return null;
  return 'selects only Pods on the network of their node: it changes nothing';
}
