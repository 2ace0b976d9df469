// Cells of Pods: READY, STATUS and RESTARTS are computed from the container statuses. Models printPod of
// pkg/printers/internalversion/printers.go.
import type { AnyObject, ContainerStatus, Pod } from '../../api/types.ts';
import { humanDuration, unixSeconds } from './age.ts';
import type { CellContext, Cells } from './cells.ts';

/** What printPod calls reason: the STATUS column. */
export function podStatus(pod: Pod): string {
  const { metadata, status } = pod;
  const phase = status?.phase ?? 'Unknown';
  if (metadata.deletionTimestamp !== undefined) {
    if (status?.reason === 'NodeLost') return 'Unknown';
    if (phase !== 'Succeeded' && phase !== 'Failed') return 'Terminating';
  }
  const reason = isGated(pod) ? 'SchedulingGated' : (status?.reason ?? phase);
  const init = initReason(pod);
  if (init !== null && !isInitialized(pod)) return init;
  return containersReason(pod, init ?? reason);
}

function isGated({ status }: Pod): boolean {
  return (status?.conditions ?? []).some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
}

function isInitialized({ status }: Pod): boolean {
  return (status?.conditions ?? []).some(
    (condition) => condition.type === 'Initialized' && condition.status === 'True',
  );
}

/** "Init:0/1" and the like while an init container is not done; null afterwards. */
function initReason(pod: Pod): string | null {
  const inits = pod.spec.initContainers ?? [];
  const statuses = pod.status?.initContainerStatuses ?? [];
  for (const [i, status] of statuses.entries()) {
    const terminated = status.state?.terminated;
    if (terminated !== undefined && terminated.exitCode === 0) continue;
    if (isSidecar(pod, status) && status.started === true) continue;
    if (terminated !== undefined) return `Init:${endedText(terminated)}`;
    const waiting = status.state?.waiting?.reason ?? '';
    if (waiting !== '' && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${i}/${inits.length}`;
  }
  return null;
}

function isSidecar({ spec }: Pod, { name }: ContainerStatus): boolean {
  return (spec.initContainers ?? []).find((c) => c.name === name)?.restartPolicy === 'Always';
}

function containersReason(pod: Pod, phase: string): string {
  let reason = phase;
  let running = false;
  for (const { state, ready } of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    const waiting = state?.waiting?.reason ?? '';
    if (waiting !== '') reason = waiting;
    else if (state?.terminated !== undefined) reason = endedText(state.terminated);
    else if (ready && state?.running !== undefined) running = true;
  }
  if (reason !== 'Completed' || !running) return reason;
  const isReady = (pod.status?.conditions ?? []).some(
    (condition) => condition.type === 'Ready' && condition.status === 'True',
  );
  return isReady ? 'Running' : 'NotReady';
}

function endedText(terminated: {
  readonly exitCode: number;
  readonly reason?: string;
  readonly signal?: number;
}): string {
  if ((terminated.reason ?? '') !== '') return terminated.reason ?? '';
  return terminated.signal === undefined
    ? `ExitCode:${terminated.exitCode}`
    : `Signal:${terminated.signal}`;
}

function restarts(statuses: readonly ContainerStatus[], nowSeconds: number): string {
  let count = 0;
  let last: number | undefined;
  for (const status of statuses) {
    count += status.restartCount;
    const ended = unixSeconds(status.lastState?.terminated?.finishedAt ?? '');
    if (ended !== undefined) last = Math.max(last ?? ended, ended);
  }
  if (count === 0 || last === undefined) return String(count);
  return `${count} (${humanDuration(nowSeconds - last)} ago)`;
}

function podRow(object: AnyObject, context: CellContext): readonly string[] {
  const pod = object as unknown as Pod;
  const { metadata, spec, status } = pod;
  const statuses = status?.containerStatuses ?? [];
  const inits = status?.initContainerStatuses ?? [];
  const sidecars = inits.filter((one) => isSidecar(pod, one));
  const begun = initReason(pod) === null || isInitialized(pod);
  const total = (spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').length;
  const ready =
    (begun ? statuses.filter((s) => s.ready && s.state?.running !== undefined).length : 0) +
    sidecars.filter((s) => s.ready && s.started === true).length;
  const gates = spec.readinessGates ?? [];
  const passed = gates.filter((gate) =>
    (status?.conditions ?? []).some((c) => c.type === gate.conditionType && c.status === 'True'),
  );
  return [
    metadata.name,
    `${ready}/${spec.containers.length + total}`,
    podStatus(pod),
    restarts(begun ? [...sidecars, ...statuses] : inits, context.nowSeconds),
    context.age,
    status?.podIPs?.[0]?.ip ?? status?.podIP ?? '<none>',
    spec.nodeName ?? '<none>',
    status?.nominatedNodeName ?? '<none>',
    gates.length === 0 ? '<none>' : `${passed.length}/${gates.length}`,
  ];
}

export const podCells: Cells = {
  columns: ['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE'],
  wide: ['IP', 'NODE', 'NOMINATED NODE', 'READINESS GATES'],
  cells: podRow,
};
