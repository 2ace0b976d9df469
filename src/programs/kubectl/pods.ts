// The Pod that `exec` and `logs` go to: of a workload the most active one, of a Pod its default container. Models
// kubectl/pkg/polymorphichelpers (attachable and log-from objects), cmd/util/podcmd and util/podutils ActivePods.
import type { AnyObject, LabelSelector, Pod } from '../../api/types.ts';
import { isRecord } from '../../api/values.ts';
import { byCodeUnit } from '../../sim/table.ts';
import { build, type Info, infosOf } from './builder.ts';
import { selectorText } from './cells.ts';
import { CommandError, prefixed } from './errors.ts';
import type { Call } from './verb.ts';

export const podRunningTimeoutMs = 60_000;

/** The object of POD or TYPE/NAME. */
export function podOrOwner(call: Call, text: string): Info {
  const args = [text.includes('/') ? text : `pods/${text}`];
  const [info] = infosOf(build(call, { args }));
  if (info === undefined) throw new CommandError('resource name may not be empty');
  return info;
}

const selecting = ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Deployment', 'Job'];

/** The label selector of what owns or selects Pods, as `-l` takes it. */
export function podSelectorOf(object: AnyObject): string {
  const spec = isRecord(object['spec']) ? object['spec'] : {};
  if (selecting.includes(object.kind)) return selectorOf(spec['selector'] as LabelSelector);
  if (object.kind === 'Service' || object.kind === 'ReplicationController') {
    const labels = (spec['selector'] ?? {}) as Readonly<Record<string, string>>;
    if (object.kind === 'Service' && Object.keys(labels).length === 0) {
      throw new CommandError(
        `invalid service '${object.metadata.name}': Service is defined without a selector`,
      );
    }
    return selectorOf({ matchLabels: labels });
  }
  throw new CommandError(`selector for ${goTypeOf(object)} not implemented`);
}

/** "*v1.ConfigMap": what Go's %T prints. */
function goTypeOf({ apiVersion, kind }: AnyObject): string {
  const [group = '', version = ''] = apiVersion.includes('/')
    ? apiVersion.split('/')
    : ['', apiVersion];
  return `*${group.split('.')[0]}${version}.${kind}`;
}

/** What a verb cannot do to the Pods of an object that selects none. */
type Doing = 'get the logs from' | 'attach to';

function selectorFor(object: AnyObject, doing: Doing): string {
  try {
    return podSelectorOf(object);
  } catch (error) {
    throw prefixed(error, `cannot ${doing} ${goTypeOf(object)}: `);
  }
}

function selectorOf(selector: LabelSelector): string {
  const text = selectorText(selector);
  return text === '<none>' ? '' : text;
}

/** The Pods that an object stands for, most active first. */
export function podsOf(call: Call, { object, namespace = '' }: Info, doing: Doing): readonly Pod[] {
  if (object.kind === 'Pod') return [object as unknown as Pod];
  const row = call.names.row('pods');
  const { items } = call.host.requests.list(row, {
    namespace,
    labelSelector: selectorFor(object, doing),
  });
  return [...(items as unknown as readonly Pod[])].sort(moreActive);
}

/** The first of them; waits for one as kubectl does. */
export function firstPod(call: Call, info: Info, timeoutMs: number, doing: Doing): Pod {
  const untilMs = call.host.nowMs + timeoutMs;
  for (;;) {
    const [pod] = podsOf(call, info, doing);
    if (pod !== undefined) return pod;
    if (!call.host.step(untilMs)) throw new CommandError('timed out waiting for the condition');
  }
}

const phases = ['Pending', 'Unknown', 'Running'];

function moreActive(a: Pod, b: Pod): number {
  const by = (of: (pod: Pod) => number): number => of(b) - of(a);
  return (
    by((pod) => Number((pod.spec.nodeName ?? '') !== '')) ||
    by((pod) => phases.indexOf(pod.status?.phase ?? '')) ||
    by((pod) => Number(isReady(pod))) ||
    by((pod) => Number(pod.metadata.deletionTimestamp === undefined)) ||
    byCodeUnit(readySince(a), readySince(b)) ||
    by((pod) => -restartsOf(pod)) ||
    byCodeUnit(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
    byCodeUnit(a.metadata.name ?? '', b.metadata.name ?? '')
  );
}

function readyCondition(pod: Pod) {
  return (pod.status?.conditions ?? []).find((condition) => condition.type === 'Ready');
}

export function isReady(pod: Pod): boolean {
  return readyCondition(pod)?.status === 'True';
}

function readySince(pod: Pod): string {
  return isReady(pod) ? (readyCondition(pod)?.lastTransitionTime ?? '') : '';
}

function restartsOf(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map((one) => one.restartCount));
}

const defaultContainer = 'kubectl.kubernetes.io/default-container';

/** The container that is meant when none is named; says so when there was a choice. */
export function defaultContainerOf(call: Call, pod: Pod, quiet: boolean): string {
  const { containers, initContainers = [] } = pod.spec;
  const [first] = containers;
  if (first === undefined) {
    throw new CommandError(
      `pod ${pod.metadata.namespace}/${pod.metadata.name} does not have any containers`,
    );
  }
  const annotated = pod.metadata.annotations?.[defaultContainer];
  if ([...containers, ...initContainers].some(({ name }) => name === annotated)) {
    return annotated ?? first.name;
  }
  if (!quiet && containers.length + initContainers.length > 1) {
    const names = [
      ...containers.map(({ name }) => name),
      ...initContainers.map(({ name }) => `${name} (init)`),
    ];
    call.err(`Defaulted container "${first.name}" out of: ${names.join(', ')}\n`);
  }
  return first.name;
}
