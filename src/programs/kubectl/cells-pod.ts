// Cells of Pods: READY, STATUS and RESTARTS are computed from the container statuses. Models printPod of
// pkg/printers/internalversion/printers.go.
import type { AnyObject, ContainerStatus, Pod } from '../../api/types.ts';
import { humanDuration, unixSeconds } from './age.ts';
import type { CellContext, Cells } from './cells.ts';

/** What printPod calls reason: the STATUS column. */
export function podStatus(pod: Pod): string {
  const { status } = pod;
  let reason = status?.reason ?? status?.phase ?? 'Unknown';
  const init = initReason(pod);
  if (init !== null) reason = init;
  else reason = containersReason(pod, reason);
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (status?.reason === 'NodeLost') return 'Unknown';
    if (status?.phase !== 'Succeeded' && status?.phase !== 'Failed') return 'Terminating';
  }
  return reason;
}

/** "Init:0/1" and the like while an init container is not done; null afterwards. */
function initReason(pod: Pod): string | null {
  const inits = pod.spec.initContainers ?? [];
  const statuses = pod.status?.initContainerStatuses ?? [];
  for (const [i, status] of statuses.entries()) {
    const sidecar = inits.find((c) => c.name === status.name)?.restartPolicy === 'Always';
    const terminated = status.state?.terminated;
    if (terminated !== undefined && terminated.exitCode === 0) continue;
    if (sidecar && status.started === true) continue;
    if (terminated !== undefined) return `Init:${endedText(terminated)}`;
    const waiting = status.state?.waiting?.reason ?? '';
    if (waiting !== '' && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${i}/${inits.length}`;
  }
  return null;
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
  const sidecars = (spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
  const sidecarsReady = (status?.initContainerStatuses ?? []).filter(
    (s) => s.ready && sidecars.some((c) => c.name === s.name),
  );
  const ready = statuses.filter((s) => s.ready).length + sidecarsReady.length;
  const gates = spec.readinessGates ?? [];
  const passed = gates.filter((gate) =>
    (status?.conditions ?? []).some((c) => c.type === gate.conditionType && c.status === 'True'),
  );
  return [
    metadata.name,
    `${ready}/${spec.containers.length + sidecars.length}`,
    podStatus(pod),
    restarts(statuses, context.nowSeconds),
    context.age,
    status?.podIP ?? '<none>',
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
