// Steps and tags about the mode that kube-proxy runs in, and what a run in one mode leaves out: scenarios whose tags or
// steps are about another one. The reason is attached to the scenario, so that every report shows it.
import { InputError } from '../api/input-error.ts';
import type { Component } from '../cluster/cluster.ts';
import {
  kubeProxyApiVersion,
  readKubeProxyConfiguration,
} from '../manifest/kube-proxy-configuration.ts';
import { modesOf, unknownMode } from '../manifest/kube-proxy-mode.ts';
import { parseManifests } from '../manifest/parse.ts';
import { inPlace } from './scenario.ts';
import type { ProxyMode, SvcWorld } from './world.ts';

const modes: readonly ProxyMode[] = ['iptables', 'ipvs', 'nftables', 'userspace'];

/** Why a scenario with these tags is not for a run in `mode`; null: it is. */
export function unfit(tags: readonly string[], mode: ProxyMode | undefined): string | null {
  const about = tags.flatMap((tag) => (tag.startsWith('@mode-') ? tag.slice('@mode-'.length) : []));
  if (mode === undefined || about.length === 0 || about.includes(mode)) return null;
  return `--proxy-mode ${mode}: the scenario is about ${about.join(' and ')} mode`;
}

/** `kube-proxy runs in ipvs mode`: the cluster as it is when all its kube-proxies start in that mode. */
export function runsIn(world: SvcWorld, word: string): 'skipped' | undefined {
  const mode = modeNamed(world, word);
  const wanted = world.parameters.proxyMode;
  if (wanted !== undefined && wanted !== mode) {
    world.log(`skipped: --proxy-mode ${wanted}: the scenario is about ${mode} mode`);
    return 'skipped';
  }
  if (world.beginAgain(mode)) return undefined;
  throw new InputError('usage', 'the cluster is already under way in another mode', {
    position: world.step,
    hint: 'say it right after the step that begins the cluster',
  });
}

/** `kube-proxy restarts in nftables mode`, on one node or on all. */
export function restartsIn(world: SvcWorld, component: Component, word: string): void {
  const proxyMode = modeNamed(world, word);
  const node = proxyNode(world, component);
  world.change(['restarts-in', node, proxyMode], (cluster) => {
    const known = modesOf(Number(cluster.kubernetesVersion.slice(2)), {});
    if (!known.includes(proxyMode)) {
      const message = unknownMode(proxyMode, known, Number(cluster.kubernetesVersion.slice(2)));
      throw new InputError('invalid-value', message, { position: world.step });
    }
    cluster.restartProxy(node, { proxyMode });
  });
}

/** `kube-proxy restarts`: the process ends and begins anew as it was. */
export function restarts(world: SvcWorld, component: Component): void {
  const node = proxyNode(world, component);
  world.change(['restarts', node], (cluster) => cluster.restartProxy(node));
}

/** `kube-proxy is configured with:` a KubeProxyConfiguration, of which apiVersion and kind may be left out; the processes
 * start with it. `CoreDNS is configured with:` a Corefile, which it reads as it reads changes of its ConfigMap. */
export function isConfigured(world: SvcWorld, component: Component, text: string): void {
  if (component.kind === 'coredns') {
    world.change(['configured', component, text], (cluster) => {
      cluster.set('ConfigMap', 'kube-system/coredns', 'data.Corefile', `${text}\n`);
      cluster.settle();
    });
    return;
  }
  const node = proxyNode(world, component);
  inPlace(world, text, (placed) => {
    const [manifest] = parseManifests(
      `${placed}${missingHead(text)}`,
      world.feature.file,
    ).documents;
    if (manifest === undefined) throw new InputError('usage', 'the Doc String is empty');
    const { families, kubernetesVersion } = world.cluster;
    const minor = Number(kubernetesVersion.slice('1.'.length));
    const read = readKubeProxyConfiguration(manifest, minor, families);
    // Without a mode it stays in the one it has.
    const isWritten = (manifest.object['mode'] ?? '') !== '';
    const change = isWritten ? read : { ...read, proxyMode: world.cluster.proxyMode };
    // In its first process's mode, a cluster that has just begun holds nothing of another one.
    if (node === null) world.beginAgain(change.proxyMode);
    world.change(['configured', node, placed], (cluster) => cluster.restartProxy(node, change));
  });
}

/** At the end, so that the lines of a mistake are those of the Doc String. */
function missingHead(text: string): string {
  const head = [`apiVersion: ${kubeProxyApiVersion}`, 'kind: KubeProxyConfiguration'];
  const missing = head.filter((line) => !text.includes(`${line.split(':')[0]}:`));
  return `\n${missing.join('\n')}\n`;
}

function proxyNode(world: SvcWorld, component: Component): string | null {
  if (component.kind === 'kube-proxy') return component.node;
  throw new InputError('usage', 'no such thing is done to this component here', {
    position: world.step,
  });
}

export function modeNamed(world: SvcWorld, word: string): ProxyMode {
  const mode = modes.find((name) => name === word);
  if (mode !== undefined) return mode;
  throw new InputError('usage', `kube-proxy has no mode "${word}"`, {
    position: world.step,
    hint: modes.join(', '),
  });
}
