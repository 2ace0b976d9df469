// The steps of modes with a past: one at each sync of a node's kube-proxy, one whenever a timer of theirs comes due,
// one when the process dies. Lazy modes never come here.
import type { Family } from '../net/addr.ts';
import type { Socket } from '../node/socket.ts';
import { familiesOf, proxyNodeOn, writtenOn } from './dialling.ts';
import { programEnds } from './lasting.ts';
import { withLeft } from './proxy-left.ts';
import { proxyMachine, proxyProgram, setSysctl } from './proxy-machine.ts';
import type { State } from './state.ts';

/** The node's kube-proxy syncs, if its mode takes steps. */
export function syncEager(state: State, node: string): void {
  const { proxies, spec, fabric } = state.parts;
  const mode = proxies.modeOf(node);
  if (mode.kind === 'lazy' || proxies.isStopped(node) || !fabric.has(`node/${node}`)) return;
  const seen = proxyNodeOn(state, node);
  for (const family of familiesOf(spec)) {
    const before = proxies.stateOf(node, family) ?? null;
    const after = mode.sync(
      before,
      proxies.inputFor(seen, family),
      proxyMachine(state, node, family),
    );
    if (after !== before) proxies.setState(node, family, after);
  }
}

/** What a kube-proxy sets once, as it starts. */
export function setSysctls(state: State, node: string): void {
  for (const family of familiesOf(state.parts.spec)) {
    const { sysctls = {} } = writtenOn(state, node, family) ?? {};
    for (const [path, value] of Object.entries(sysctls)) setSysctl(state, node, path, value);
  }
}

/** The process dies: its sockets are closed, what it wrote stays. What a lazy mode wrote is told by its snapshot, as
 * long as no other mode writes there. */
export function endProcess(state: State, node: string): void {
  const { proxies, fabric, spec } = state.parts;
  const isOwn = ({ program }: Socket) => program.startsWith(proxyProgram);
  programEnds(state, `node/${node}`, isOwn, false);
  fabric.unlisten(`node/${node}`, isOwn);
  const mode = proxies.modeOf(node);
  if (mode.kind === 'lazy') return;
  for (const family of familiesOf(spec)) {
    const last = proxies.stateOf(node, family);
    if (last === undefined) continue;
    const died = { ...mode.died(last), mode: mode.name };
    proxies.leave(node, family, withLeft(proxies.leftOn(node, family), died));
  }
}

interface Timer {
  readonly node: string;
  readonly family: Family;
  readonly key: string;
  readonly dueMs: number;
}

/** A timer that was not moved in the meantime. */
export function proxyTimer(state: State, { node, family, key, dueMs }: Timer): void {
  const { proxies, api } = state.parts;
  if (!proxies.takeTimer(`${node} ${family} ${key}`, dueMs)) return;
  const mode = proxies.modeOf(node);
  const before = proxies.stateOf(node, family);
  if (mode.kind === 'lazy' || before === undefined || proxies.isStopped(node)) return;
  if (api.get('Node', node) === undefined) return;
  const input = proxies.inputFor(proxyNodeOn(state, node), family);
  const after = mode.timer(before, key, input, proxyMachine(state, node, family));
  if (after !== before) proxies.setState(node, family, after);
}
