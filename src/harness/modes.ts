// Steps and tags about the mode that kube-proxy runs in, and what a run in one mode leaves out: scenarios whose tags or
// steps are about another one. The reason is attached to the scenario, so that every report shows it.
import { InputError } from '../api/input-error.ts';
import type { Component } from '../cluster/cluster.ts';
import { modesOf, unknownMode } from '../manifest/kube-proxy-mode.ts';
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

function proxyNode(world: SvcWorld, component: Component): string | null {
  if (component.kind === 'kube-proxy') return component.node;
  throw new InputError('usage', 'only kube-proxy restarts here', { position: world.step });
}

export function modeNamed(world: SvcWorld, word: string): ProxyMode {
  const mode = modes.find((name) => name === word);
  if (mode !== undefined) return mode;
  throw new InputError('usage', `kube-proxy has no mode "${word}"`, {
    position: world.step,
    hint: modes.join(', '),
  });
}
