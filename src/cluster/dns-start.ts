// What a CoreDNS does once it listens: its plugins get a turn of their own (`loop` sends its probe), now and again
// later where they ask for it. One that ends the process leaves its line in the log, and the kubelet starts it again.

import { exchanged } from '../fabric/dial.ts';
import { happenToPod } from '../kubelet/happen.ts';
import { dialFrom } from './dialling.ts';
import { printLine } from './dns-pod.ts';
import type { State } from './state.ts';

/** The CoreDNS of a Pod listens: its plugins hear of it as soon as the container is known to run. */
export function planStart(state: State, machine: string, container: string): void {
  const { dns, engine } = state.parts;
  const sinceMs = dns.run(machine)?.sinceMs ?? 0;
  engine.call('dns-started', { machine, container, sinceMs, again: false }, 0);
}

export interface DnsStart {
  readonly machine: string;
  readonly container: string;
  /** When it was set up: one that came in its place is told on its own. */
  readonly sinceMs: number;
  /** Those that asked for it are called again. */
  readonly again: boolean;
}

/** A delayed call of the engine (assemble.ts). */
export function dnsStarted(state: State, start: DnsStart): void {
  const { machine, container, sinceMs, again } = start;
  const { api, dns, engine } = state.parts;
  const pod = api.get('Pod', machine.slice('pod/'.length));
  if (pod === undefined || dns.run(machine)?.sinceMs !== sinceMs) return;
  const outcome = dns.server(state, machine).started(
    {
      client: { addr: 0x7f000001, port: 0, proto: 17 },
      nowMs: state.nowMs,
      exchange: (proto, to, port, message, timeoutMs, more = {}) => {
        const laterMs = (more.atMs ?? state.nowMs) - state.nowMs;
        const request = { from: machine, proto, to, port, message, timeoutMs };
        return exchanged(dialFrom(state, request, laterMs));
      },
    },
    again,
  );
  if (outcome === null) return;
  if (typeof outcome === 'number') {
    engine.call('dns-started', { ...start, again: true }, outcome, true);
    return;
  }
  printLine(state, pod, outcome);
  happenToPod(pod, 'crashes', state.kubeletContext(), container);
}
