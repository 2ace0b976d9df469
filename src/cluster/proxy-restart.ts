// A kube-proxy that starts anew, in the same mode or another: what it finds, what it cleans up, what survives. Connections
// (conntrack), affinity lists and sets are the kernel's and stay as long as the rules or sets that keep them do.
// Models platformCleanup of cmd/kube-proxy/app/server_linux.go and CleanupLeftovers of each mode.
import type { Family } from '../net/addr.ts';
import type { ProxyConfig } from '../proxy/config.ts';
import type { ModeName } from '../proxy/mode.ts';
import { familiesOf, proxyNodeOn, writtenOn } from './dialling.ts';
import { type Left, modes } from './proxies.ts';
import { setSysctls } from './proxy-eager.ts';
import { withLeft } from './proxy-left.ts';
import { proxyMachine } from './proxy-machine.ts';
import { runnable, startProxy, stopProxy } from './proxy-sync.ts';
import type { State } from './state.ts';

/** Kubernetes minor version since which a kube-proxy cleans up other modes as it starts: nftables mode's first one. */
const cleansSince = 29;

const iptablesBased: readonly ModeName[] = ['iptables', 'ipvs'];

/** Whether a kube-proxy 1.`minor` that starts in mode `now` removes what one in mode `left` wrote: only what its own
 * mode is sure not to use. Between iptables and ipvs, which share chains, nothing is. */
export function cleansUp(now: ModeName, left: ModeName, minor: number): boolean {
  if (minor < cleansSince || now === 'userspace' || left === 'userspace') return false;
  return iptablesBased.includes(now) !== iptablesBased.includes(left);
}

/** The process on the node ends and begins anew, with another configuration if one is given. */
export function restartProxy(state: State, node: string, given?: ProxyConfig): void {
  const { proxies } = state.parts;
  const before = proxies.configOf(node);
  const config = runnable(state, node, given ?? before);
  stopProxy(state, node);
  if (config.mode !== before.mode) changeMode(state, node, before.mode, config);
  else if (config !== before) reconfigure(state, node, config);
  startProxy(state, node);
  setSysctls(state, node);
}

/** The same mode: what the process before wrote is there until the new one's is loaded. */
function reconfigure(state: State, node: string, config: ProxyConfig): void {
  const { proxies, spec } = state.parts;
  for (const family of familiesOf(spec)) {
    if (modes[config.mode].kind === 'eager') continue;
    leave(state, node, family, config.mode);
  }
  proxies.configure(node, config);
}

function changeMode(state: State, node: string, before: ModeName, config: ProxyConfig): void {
  const { proxies, spec } = state.parts;
  for (const family of familiesOf(spec)) {
    leave(state, node, family, before);
  }
  proxies.configure(node, config);
  for (const family of familiesOf(spec)) {
    const kept = proxies.leftOn(node, family).filter((left) => {
      const goes = cleansUp(config.mode, left.mode, spec.minor);
      if (goes) cleanUp(state, node, family, left);
      return !goes;
    });
    proxies.leave(node, family, kept);
  }
}

function leave(state: State, node: string, family: Family, mode: ModeName): void {
  const { proxies } = state.parts;
  const last = lastOf(state, node, family, mode);
  const left = proxies.leftOn(node, family);
  proxies.leave(node, family, last === undefined ? left : withLeft(left, last));
}

/** What the process that has just ended wrote. */
function lastOf(state: State, node: string, family: Family, mode: ModeName): Left | undefined {
  const died = state.parts.proxies.leftOn(node, family).findLast((left) => left.mode === mode);
  const written = writtenOn(state, node, family);
  if (written === undefined || written.refused !== undefined) return died;
  return { mode, written };
}

function cleanUp(state: State, node: string, family: Family, left: Left): void {
  const { proxies } = state.parts;
  const mode = modes[left.mode];
  if (mode.kind === 'lazy') return;
  const input = proxies.inputFor(proxyNodeOn(state, node), family);
  mode.cleanUp(left, input, proxyMachine(state, node, family));
}
