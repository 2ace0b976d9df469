// What `kubectl logs` reads of a container: the lines of its running or last instance, or the refusals of the API server
// and the kubelet. pkg/registry/core/pod LogLocation, pkg/kubelet validateContainerLogStatus.
import { ApiError } from '../api/error.ts';
import type { Pod } from '../api/types.ts';
import { keyOf } from '../api/types.ts';
import { type ContainerRun, type KubeletState, logOf } from './state.ts';

/** The whole log. `container` "": the only one. `previous`: of the instance before. Throws ApiError BadRequest. */
export function logsOf(
  pod: Pod,
  container: string,
  previous: boolean,
  state: KubeletState,
): string {
  const name = containerIn(pod, container);
  const run = state.pods.get(keyOf(pod));
  const found = run?.uid === pod.metadata.uid ? run : undefined;
  const one = found?.containers.find((candidate) => candidate.name === name);
  const about = `container "${name}" in pod "${pod.metadata.name}"`;
  if (one === undefined) {
    // Not bound: the API server answers with nothing; bound: the kubelet has no status yet.
    if ((pod.spec.nodeName ?? '') === '') return '';
    throw badRequest(pod, `${about} is not available`);
  }
  if (previous) {
    const text = previousLog(one, state);
    if (text === null) throw badRequest(pod, `previous terminated ${about} not found`);
    return text;
  }
  if (one.id === '' && one.state.kind === 'waiting') {
    throw badRequest(pod, `${about} is waiting to start: ${one.state.reason}`);
  }
  return logOf(state, one);
}

/** Of a container that waits for its restart, the last instance is also the previous one. */
function previousLog(run: ContainerRun, state: KubeletState): string | null {
  if (run.state.kind === 'waiting') return run.last === null ? null : logOf(state, run);
  return run.last === null ? null : run.lastLog;
}

function containerIn(pod: Pod, asked: string): string {
  const { containers, initContainers = [] } = pod.spec;
  const names = [...initContainers, ...containers].map((one) => one.name);
  const { name } = pod.metadata;
  if (asked !== '') {
    if (names.includes(asked)) return asked;
    throw badRequest(pod, `container ${asked} is not valid for pod ${name}`);
  }
  const [only] = containers;
  if (containers.length === 1 && only !== undefined) return only.name;
  const choice = names.length === 0 ? '' : `, choose one of: [${names.join(' ')}]`;
  throw badRequest(pod, `a container name must be specified for pod ${name}${choice}`);
}

function badRequest(pod: Pod, message: string): ApiError {
  return new ApiError('BadRequest', message, { kind: 'Pod', group: '', name: pod.metadata.name });
}
