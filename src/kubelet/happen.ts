// What steps do to pods and nodes from outside the API: a crash, a probe that fails, a machine that goes down. Each
// changes the kubelets' state only; the caller then syncs the pod's key.
import type { Pod } from '../api/types.ts';
import { keyOf } from '../api/types.ts';
import { endContainer, keyOfPod } from './containers.ts';
import type { KubeletContext } from './context.ts';
import { merged } from './environment.ts';
import type { ContainerRun, KubeletState, PodRun } from './state.ts';

export type PodHappening = 'becomes ready' | 'stops being ready' | 'crashes' | 'restarts';

/** Applies it and asks for a sync; false when the pod does not run. `container`: it alone crashes; absent: all do. */
export function happenToPod(
  pod: Pod,
  what: PodHappening,
  context: KubeletContext,
  container?: string,
): boolean {
  const key = keyOf(pod);
  const run = context.state.pods.get(key);
  if (run === undefined) return false;
  context.state.pods.set(key, changed(pod, run, what, context, container));
  context.again(key, 0);
  return true;
}

function changed(
  pod: Pod,
  run: PodRun,
  what: PodHappening,
  context: KubeletContext,
  container: string | undefined,
): PodRun {
  const isMeant = ({ name }: ContainerRun) => container === undefined || name === container;
  switch (what) {
    case 'becomes ready':
      return { ...run, forced: true };
    case 'stops being ready':
      return { ...run, forced: false };
    case 'crashes':
      return {
        ...run,
        containers: run.containers.map((one) => (isMeant(one) ? end(pod, one, 1, context) : one)),
      };
    case 'restarts':
      return { ...run, containers: run.containers.map((one) => restarted(pod, one, context)) };
  }
}

function end(pod: Pod, run: ContainerRun, code: number, context: KubeletContext): ContainerRun {
  return run.role === 'main' ? endContainer(pod, run, code, context) : run;
}

/** A restart from outside (crictl stop, a liveness failure): the container starts again in the next sync. */
function restarted(pod: Pod, run: ContainerRun, context: KubeletContext): ContainerRun {
  const stopped = end(pod, run, 0, context);
  if (stopped.state.kind !== 'terminated') return stopped;
  const { ended } = stopped.state;
  return {
    ...stopped,
    last: ended,
    state: { kind: 'waiting', reason: ended.reason, message: '', untilMs: context.nowMs },
  };
}

/** Ends the back-offs of a Pod's containers: they start in the next sync. */
export function endBackOff(pod: Pod, context: KubeletContext): void {
  const key = keyOf(pod);
  const run = context.state.pods.get(key);
  if (run === undefined) return;
  const { nowMs } = context;
  const containers = run.containers.map((one) =>
    one.state.kind === 'waiting' ? { ...one, state: { ...one.state, untilMs: nowMs } } : one,
  );
  context.state.pods.set(key, { ...run, containers });
  context.again(key, 0);
}

/** Stops a node's kubelet: its pods are left alone until it starts again. */
export function stopKubelet(node: string, nowMs: number, state: KubeletState): void {
  state.stopped.set(node, nowMs);
}

/** Starts it and asks for a sync of every pod that is bound to the node or still runs there without an object. */
export function startKubelet(node: string, context: KubeletContext): void {
  const { client, state } = context;
  state.stopped.delete(node);
  for (const pod of client.list('Pod')) {
    if (pod.spec.nodeName === node) context.again(keyOfPod(pod), 0);
  }
  for (const [key, run] of state.pods.entries()) {
    if (run.node === node && client.get('Pod', key)?.metadata.uid !== run.uid)
      context.again(key, 0);
  }
}

/** The environment of a container as of its last start; the first main container when none is named. */
export function environmentOf(
  key: string,
  container: string | undefined,
  state: KubeletState,
): Readonly<Record<string, string>> | undefined {
  const runs = state.pods.get(key)?.containers ?? [];
  const run = runs.find((one) =>
    container === undefined ? one.role === 'main' : one.name === container,
  );
  return run?.environment == null ? undefined : merged(run.environment);
}

/** The words of the first main container's process, `$(VAR)` replaced as of its start. Undefined: it does not run, or
 * the image brings the program and only its args are known. */
export function commandLineOf(pod: Pod, state: KubeletState): readonly string[] | undefined {
  const run = state.pods.get(keyOfPod(pod))?.containers.find((one) => one.role === 'main');
  const spec = pod.spec.containers.find((one) => one.name === run?.name);
  return (spec?.command ?? []).length === 0 ? undefined : run?.start?.argv;
}
