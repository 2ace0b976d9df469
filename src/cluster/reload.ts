// A changed Corefile reaches the CoreDNS that runs by it, where it has the plugin `reload`: the kubelet writes the file
// anew after a while, and the plugin looks at it now and then. One that is wrong is logged, and the old one stays in
// force. Not here: the drawn part of the delays. Models coredns plugin/reload.
import { InputError } from '../api/input-error.ts';
import { runsDns } from './dns-servers.ts';
import type { State } from './state.ts';

/** Plans the reload of every CoreDNS that reads this ConfigMap, "ns/name". */
export function planReloads(state: State, configMap: string): void {
  const { dns, engine, spec } = state.parts;
  const { configMapMs, dnsReloadMs } = spec.timing;
  for (const machine of dns.readersOf(state, configMap)) {
    if (!reloads(dns.corefileOf(machine))) continue;
    engine.call('reload-corefile', machine, configMapMs + dnsReloadMs);
  }
}

function reloads(corefile: string | undefined): boolean {
  return /^[ \t]*reload\b/m.test(corefile ?? '');
}

/** The plugin has looked at its file. */
export function reloadCorefile(state: State, machine: string): void {
  const { api, dns, kubelets } = state.parts;
  const key = machine.slice('pod/'.length);
  const pod = api.get('Pod', key);
  const run = kubelets.pods.get(key);
  const before = dns.corefileOf(machine);
  if (pod === undefined || run === undefined || before === undefined) return;
  const isServer = (name: string) =>
    pod.spec.containers.some((one) => one.name === name && runsDns(one.image));
  const server = run.containers.find(({ name }) => isServer(name));
  if (server?.start == null) return;
  let lines = '[INFO] Reloading\n[INFO] Reloading complete\n';
  try {
    if (dns.prepare(state, pod).text === before) return;
    state.runtime.start(pod, server.start);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    lines = `[ERROR] plugin/reload: Corefile changed but reload failed: ${error.message}\n`;
    state.notices.push(`${machine}: ${lines.trimEnd()}`);
  }
  const containers = run.containers.map((one) =>
    one === server ? { ...one, log: `${one.log}${lines}` } : one,
  );
  kubelets.pods.set(key, { ...run, containers });
}
