// Volumes of ConfigMaps and Secrets that must be there before a Pod gets its network: what is missing, and when the kubelet
// tries again. pkg/volume/configmap, secret, projected; goroutinemap's exponential back-off.
import { isInstant } from '../api/timing.table.ts';
import { keyOf, type Lister, type Pod } from '../api/types.ts';
import type { KubeletContext } from './context.ts';
import { forget, type PodRun, remember } from './state.ts';

interface Source {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly optional: boolean;
  /** Keys that the volume names. */
  readonly keys: readonly string[];
}

type Given = { readonly optional?: boolean; readonly items?: readonly { readonly key: string }[] };

const first = 500;
const most = 122_000;

function sourcesOf(volume: NonNullable<Pod['spec']['volumes']>[number]): readonly Source[] {
  const { configMap, secret, projected } = volume;
  const all: Source[] = [];
  const add = (kind: Source['kind'], name: string | undefined, given: Given | undefined) => {
    if (name === undefined) return;
    const keys = (given?.items ?? []).map(({ key }) => key);
    all.push({ kind, name, optional: given?.optional === true, keys });
  };
  add('ConfigMap', configMap?.name, configMap);
  add('Secret', secret?.secretName, secret);
  for (const one of projected?.sources ?? []) {
    add('ConfigMap', one.configMap?.name, one.configMap);
    add('Secret', one.secret?.name, one.secret);
  }
  return all;
}

/** What a source lacks; undefined: nothing. */
function lack({ kind, name, optional, keys }: Source, namespace: string, client: Lister) {
  if (optional) return undefined;
  const isSecret = kind === 'Secret';
  const found = client.get(kind, `${namespace}/${name}`);
  if (found === undefined) return `${isSecret ? 'secret' : 'configmap'} "${name}" not found`;
  const binary = 'binaryData' in found ? found.binaryData : undefined;
  const key = keys.find((one) => found.data?.[one] === undefined && binary?.[one] === undefined);
  if (key === undefined) return undefined;
  const what = isSecret ? 'references non-existent secret key' : configMapLacks;
  return `${what}: ${key}`;
}

const configMapLacks = 'configmap references non-existent config key';

/** One message for each volume that cannot be set up. */
function failuresOf(pod: Pod, { client }: KubeletContext): readonly string[] {
  const { namespace = 'default' } = pod.metadata;
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    const lacks = sourcesOf(volume).flatMap((source) => lack(source, namespace, client) ?? []);
    const [first] = lacks;
    return first === undefined
      ? []
      : [`MountVolume.SetUp failed for volume "${volume.name}" : ${first}`];
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
