// kube-proxy as kubeadm runs it: a container of a Pod on the node's network. Where a cluster has such Pods, the node's
// process lives and dies with its container, and reads the configuration in its Pod's ConfigMap as it starts.
// Without them every node has the process all the same: the objects are not among those a cluster begins with.
import type { ClusterSpec } from '../api/cluster-spec.ts';
import { InputError } from '../api/input-error.ts';
import type { ConfigMap, Pod } from '../api/types.ts';
import { sameValue } from '../api/values.ts';
import type { Started } from '../kubelet/runtime.ts';
import { type ProxyConfig, proxyConfig } from '../proxy/config.ts';
import { failureLog, refusedLog, startLog } from '../proxy/log.ts';
import { familiesOf, proxyNodeOn, writtenOn } from './dialling.ts';
import { restartProxy } from './proxy-restart.ts';
import { obstacleOn, stopProxy } from './proxy-sync.ts';
import type { State } from './state.ts';

/** What a KubeProxyConfiguration says, from its text; throws InputError. Reading YAML is the caller's. */
export type ReadProxyConfiguration = (
  config: ConfigMap,
  spec: ClusterSpec,
) => Pick<ClusterSpec, 'proxyMode' | 'kubeProxyConfiguration'> | null;

export function runsKubeProxy(image: string | undefined): boolean {
  return /(^|\/)kube-proxy(-[a-z0-9]+)?(:|@|$)/.test(image ?? '');
}

/** The container starts: so does the node's kube-proxy, or it says why not. */
export function startContainer(state: State, pod: Pod): Started {
  const node = pod.spec.nodeName ?? '';
  try {
    const { config, isModeWritten } = configuration(state, pod, node);
    restartProxy(state, node, config);
    const families = familiesOf(state.parts.spec);
    const seen = proxyNodeOn(state, node);
    const { nowMs } = state;
    const obstacle = obstacleOn(state, node, config);
    const about = { config, isModeWritten, node: seen, families, nowMs, obstacle };
    const refused = families.flatMap((family) => {
      const lines = writtenOn(state, node, family)?.refused;
      return lines === undefined ? [] : [refusedLog(config, family, lines, nowMs)];
    });
    const log = `${startLog(about)}${refused.join('')}`;
    return { log, exitCode: obstacle === null || obstacle.fallsBack ? null : 1 };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    stopProxy(state, node);
    return { log: failureLog(failureOf(error), state.nowMs), exitCode: 1 };
  }
}

/** As Complete, Validate and createProxier fail, each with its own words before the reason. */
function failureOf({ message }: InputError): string {
  if (message.startsWith('no kind ')) return `failed complete: failed to decode: ${message}`;
  if (/feature gate|depends on features/.test(message)) return `failed complete: ${message}`;
  return message.startsWith('KubeProxyConfiguration.') ? `failed validate: ${message}` : message;
}

export function stopContainer(state: State, node: string): void {
  if (state.parts.api.get('Node', node) !== undefined) stopProxy(state, node);
}

/** That of the first ConfigMap among the Pod's volumes that holds one, else what the node's process had. */
function configuration(
  state: State,
  pod: Pod,
  node: string,
): { readonly config: ProxyConfig; readonly isModeWritten: boolean } {
  const { api, spec, proxies, readProxyConfiguration } = state.parts;
  const names = (pod.spec.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
  const maps = [...names, 'kube-proxy'].flatMap(
    (name) => api.get('ConfigMap', `${pod.metadata.namespace}/${name}`) ?? [],
  );
  let read: ReturnType<ReadProxyConfiguration> = null;
  for (const map of maps) read ??= readProxyConfiguration?.(map, spec) ?? null;
  const written = read ?? spec;
  const isModeWritten = (written.kubeProxyConfiguration?.['mode'] ?? '') !== '';
  const before = proxies.configOf(node);
  const config = read === null ? before : proxyConfig({ ...spec, ...read });
  // The same text gives an equal value: only another one changes anything.
  return { config: sameValue(config, before) ? before : config, isModeWritten };
}
