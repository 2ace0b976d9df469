// Volumes of ConfigMaps and Secrets that must be there before a Pod gets its network: what is missing, and when the kubelet
// tries again. Keys that a volume names are not looked for. pkg/volume/configmap, secret, projected; goroutinemap's
// exponential back-off.
import { isInstant } from '../api/timing.table.ts';
import { keyOf, type Pod } from '../api/types.ts';
import type { KubeletContext } from './context.ts';
import { forget, type PodRun, remember } from './state.ts';

interface Source {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly optional: boolean;
}

const first = 500;
const most = 122_000;

function sourcesOf(volume: NonNullable<Pod['spec']['volumes']>[number]): readonly Source[] {
  const { configMap, secret, projected } = volume;
  const all: Source[] = [];
  const add = (kind: Source['kind'], name: string | undefined, optional: boolean | undefined) => {
    if (name !== undefined) all.push({ kind, name, optional: optional === true });
  };
  add('ConfigMap', configMap?.name, configMap?.optional);
  add('Secret', secret?.secretName, secret?.optional);
  for (const one of projected?.sources ?? []) {
    add('ConfigMap', one.configMap?.name, one.configMap?.optional);
    add('Secret', one.secret?.name, one.secret?.optional);
  }
  return all;
}

/** One message for each volume that cannot be set up. */
function failuresOf(pod: Pod, { client }: KubeletContext): readonly string[] {
  const { namespace } = pod.metadata;
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    const missing = sourcesOf(volume).find(
      ({ kind, name, optional }) =>
        !optional && client.get(kind, `${namespace}/${name}`) === undefined,
    );
    if (missing === undefined) return [];
    const what = missing.kind === 'Secret' ? 'secret' : 'configmap';
    return [
      `MountVolume.SetUp failed for volume "${volume.name}" : ${what} "${missing.name}" not found`,
    ];
  });
}

/** Whether the Pod's volumes are there; if not, it is tried again. A try is due at its own time only, but in instant timing
 * the volume is found as soon as it appears. */
export function isMounted(pod: Pod, run: PodRun, context: KubeletContext): boolean {
  const { client, nowMs, state, spec } = context;
  let dueMs = run.sinceMs;
  let delayMs = first;
  while (dueMs < nowMs) {
    dueMs += delayMs;
    delayMs = Math.min(delayMs * 2, most);
  }
  const failures = failuresOf(pod, context);
  const isDue = dueMs === nowMs && run.triedMs !== nowMs;
  const hasFailed = state.starving.get(pod.metadata.namespace ?? '')?.includes(keyOf(pod)) === true;
  if (failures.length === 0 && (isDue || !hasFailed || isInstant(spec.timing))) {
    forget(state.starving, keyOf(pod));
    return true;
  }
  if (isDue) for (const text of failures) client.event(pod, 'Warning', 'FailedMount', text);
  remember(state.starving, keyOf(pod));
  context.again(keyOf(pod), dueMs === nowMs ? delayMs : dueMs - nowMs, true);
  return false;
}
