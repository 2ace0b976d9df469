// Probes that were answered and would be again: while nothing has changed in a fabric, the same probe is not sent once
// more. What it would leave is left too (the node's next port), but for its entry in the node's connection table, so a
// probe is only passed over when that entry is dead before anybody can look: in the midst of a long wait.
import type { ClusterSpec } from '../api/cluster-spec.ts';
import type { Fabric } from '../fabric/fabric.ts';
import { familyOf } from '../net/addr.ts';
import { TCP } from '../net/packet.ts';
import { Trace } from '../netfilter/trace.ts';
import type { DialResult } from '../node/dial.ts';
import { findSocket } from '../node/socket.ts';
import { parseHttp, statusOf } from '../programs/http.ts';
import { decodeUtf8 } from '../programs/utf8.ts';
import type { Choices } from '../sim/choices.ts';
import { type DialText, dialFrom } from './dialling.ts';
import { netfilterOf } from './node-sysctls.ts';
import type { State } from './state.ts';

interface Remembered {
  readonly changes: number;
  readonly result: DialResult;
}

/** Of one fabric alone: a fork counts its changes anew. */
const memories = new WeakMap<Fabric, Map<string, Remembered>>();

/** A closed connection stays in the table for so long (tcp_timeout_time_wait), and a round millisecond. */
const lingersMs = 120_001;

/** A TCP dial from a node to one of its Pods. Of a result that is remembered the client's port and the trace are old. */
export function probeDial(state: State, request: DialText): DialResult {
  const { fabric, engine, proxies, spec } = state.parts;
  if (!isPlain(spec) || engine.aloneUntilMs < state.nowMs + lingersMs || proxies.stale) {
    return dialFrom(state, request);
  }
  const machine = fabric.machineOf(request.from);
  if (fabric.netfilter(machine, familyOf(request.to))?.remembers === true) {
    return dialFrom(state, request);
  }
  const memory = memoryOf(fabric);
  const key = `${machine} ${request.to} ${request.port} ${request.timeoutMs} ${request.message}`;
  const known = memory.get(key);
  if (known !== undefined && known.changes === fabric.changes) {
    fabric.takePort(machine);
    return known.result;
  }
  const { result, drew } = watched(state, request);
  const isSettled = result.outcome === 'answered' && !drew && isSame(fabric, request, result);
  if (isSettled) memory.set(key, { changes: fabric.changes, result: { ...result, trace: none } });
  else memory.delete(key);
  return result;
}

const none = new Trace();

function memoryOf(fabric: Fabric): Map<string, Remembered> {
  let memory = memories.get(fabric);
  if (memory === undefined) {
    memory = new Map();
    memories.set(fabric, memory);
  }
  return memory;
}

/** The dial, and whether anything was left to chance. */
function watched(
  state: State,
  request: DialText,
): { readonly result: DialResult; readonly drew: boolean } {
  const { choices } = state;
  let drew = false;
  const watching: Choices = {
    pick: (point, weights) => {
      drew = true;
      return choices.pick(point, weights);
    },
    fork: () => choices.fork(),
    ...(choices.past === undefined ? {} : { past: choices.past }),
  };
  return { result: dialFrom(state, request, 0, false, watching), drew };
}

/** Whoever answers says the same to everybody: a connection alone was asked for, or a server of fixed answers has it. */
function isSame(fabric: Fabric, { message, from }: DialText, result: DialResult): boolean {
  const { backend, destination } = result;
  if (backend === null || destination === null) return false;
  const machine = fabric.machineOf(backend);
  const isOwn = machine === fabric.machineOf(from) || backend.startsWith('pod/');
  if (!isOwn) return false;
  if (message.length === 0) return true;
  const socket = findSocket(fabric.sockets(machine), TCP, destination.addr, destination.port);
  return socket?.program === 'http' || (socket?.program === 'coredns-http' && isFine(result));
}

/** Ready once, a CoreDNS stays so; what it says before may change. */
function isFine({ reply }: DialResult): boolean {
  const response = reply === null ? null : parseHttp(decodeUtf8(reply));
  return response !== null && statusOf(response) === 200;
}

const plain = new WeakMap<ClusterSpec, boolean>();

/** Tables of entries that are never full, and connections that are forgotten after Linux's own time. */
function isPlain(spec: ClusterSpec): boolean {
  let is = plain.get(spec);
  if (is === undefined) {
    const optionsOf = netfilterOf(spec);
    is = spec.nodes.every(({ name, sysctls }) => {
      const { max = usualMax } = optionsOf(`node/${name}`);
      return sysctls === undefined && max >= usualMax;
    });
    plain.set(spec, is);
  }
  return is;
}

/** The least that kube-proxy asks for by itself. */
const usualMax = 131_072;
