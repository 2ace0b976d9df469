// What the Pod of a DNS process is: whether its containers answer names at all, the files and variables they have, and the
// log that they print. Not here: what the process does (dns-servers.ts).
import type { Pod } from '../api/types.ts';
import { runsDnsmasq } from '../dns/kubeadm/kube-dns.ts';
import { runsNodeCache } from '../dns/node-cache/flags.ts';
import { merged } from '../kubelet/environment.ts';
import { print } from '../kubelet/state.ts';
import { type MountedText, mountedTexts } from './coredns-process.ts';
import type { State } from './state.ts';

/** Whether the container answers DNS: CoreDNS, NodeLocal DNSCache, or kube-dns's dnsmasq. */
export function runsDns(image: string | undefined): boolean {
  return /(^|\/)coredns(:|@|$)/.test(image ?? '') || runsNodeCache(image) || runsDnsmasq(image);
}

/** The cluster's own, and no cache of a node. */
export function runsCoreDns(image: string | undefined): boolean {
  return runsDns(image) && !runsNodeCache(image);
}

/** Path -> text of what the ConfigMaps of a CoreDNS's volumes put into its container. */
export function mountedFiles(state: State, pod: Pod): ReadonlyMap<string, string> {
  return new Map([...textsOf(state, pod)].map(([path, { text }]) => [path, text]));
}

export function textsOf(state: State, pod: Pod): ReadonlyMap<string, MountedText> {
  const container = pod.spec.containers.find(({ image }) => runsDns(image));
  const namespace = pod.metadata.namespace ?? 'default';
  const { api, dns } = state.parts;
  return mountedTexts(
    namespace,
    pod.spec,
    container,
    (key) => api.get('ConfigMap', key) ?? dns.left.of(key, pod),
  );
}

/** The variables of the container that runs CoreDNS, as they were at its last start. */
export function variablesOf(state: State, pod: Pod): Readonly<Record<string, string>> {
  const run = state.parts.kubelets.pods.get(`${pod.metadata.namespace}/${pod.metadata.name}`);
  const container = pod.spec.containers.find(({ image }) => runsDns(image));
  const start = run?.containers.find(({ name }) => name === container?.name)?.start;
  return start == null ? {} : merged(start.environment);
}

/** A line of a running CoreDNS's log. */
export function printLine(state: State, pod: Pod, line: string): void {
  const { kubelets } = state.parts;
  const run = kubelets.pods.get(`${pod.metadata.namespace}/${pod.metadata.name}`);
  const isServer = (name: string) =>
    pod.spec.containers.some((one) => one.name === name && runsDns(one.image));
  const container = run?.containers.find(({ name }) => isServer(name));
  if (container !== undefined) print(kubelets, container, line);
}
