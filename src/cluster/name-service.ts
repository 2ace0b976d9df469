// How machines look names up: by which resolv.conf, hosts file and C library, and how a program that answers somebody does
// it meanwhile. Who is asked when stands in src/dns/resolver.
import type { Pod } from '../api/types.ts';
import { parseHosts } from '../dns/resolver/hosts.ts';
import { type Resolved, type ResolverIo, resolve } from '../dns/resolver/resolve.ts';
import type { SourceOf } from '../dns/resolver/sort.ts';
import { exchanged } from '../fabric/dial.ts';
import { sourceToward } from '../fabric/ping.ts';
import type { ResolverKind } from '../kubelet/runtime.ts';
import { familyOf, isLoopback } from '../net/addr.ts';
import { type Proto, TCP, UDP } from '../net/packet.ts';
import { parseResolvConf, type ResolvConf } from '../net/resolv-conf.ts';
import type { ProgramContext } from '../node/program.ts';
import type { Resolution } from './cluster.ts';
import { podOf } from './machines.ts';
import { podFiles } from './pod-files.ts';
import type { State } from './state.ts';

interface NameService {
  readonly conf: ResolvConf;
  readonly kind: ResolverKind;
  readonly hosts: string;
  readonly hostname: string;
}

/** How the machine resolves names: a pod by its files and image (of its first container, unless one is named), a node by
 * its own resolv.conf, a host by 8.8.8.8. */
export function nameServiceOf(state: State, machine: string, container?: string): NameService {
  const pod = podOf(state, machine);
  if (pod !== undefined) {
    const { resolvConf, hosts, hostname } = podFiles(state, pod);
    return { conf: resolvConf, kind: resolverOf(state, pod, container), hosts, hostname };
  }
  const { spec } = state.parts;
  const node = spec.nodes.find((n) => `node/${n.name}` === machine);
  const text = node?.resolvConf ?? 'nameserver 8.8.8.8\n';
  const hosts = '127.0.0.1\tlocalhost\n';
  return { conf: parseResolvConf(text), kind: 'glibc', hosts, hostname: '' };
}

function resolverOf(state: State, pod: Pod, container?: string): ResolverKind {
  const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
  const runs = state.parts.kubelets.pods.get(key)?.containers ?? [];
  const run = runs.find(({ role, name }) =>
    container === undefined ? role === 'main' : name === container,
  );
  return run?.start?.resolver ?? 'glibc';
}

/** The look-up of a program in a container, while it answers somebody: simulated like all that programs do. */
export function lookUpWithin(
  state: State,
  container: string,
  name: string,
  { machine, nowMs, dial }: ProgramContext,
): Resolution {
  const { conf, kind, hosts, hostname } = nameServiceOf(state, machine, container);
  const races = state.racing.has(machine);
  const io: ResolverIo = {
    nowMs,
    exchange: (server, message, transport, timeoutMs, atMs, socket) => {
      const proto: Proto = transport === 'udp' ? UDP : TCP;
      const same =
        socket === undefined ? {} : { port: socket.port, atOnce: socket.atOnce && races };
      return exchanged(dial(proto, server, 53, message, timeoutMs, { atMs, ...same }));
    },
    nextId: () => state.nextQueryId(),
    draw: (count) => drawServer(state, count),
    sourceOf: sourceFrom(state, machine),
  };
  return resolutionOf(resolve(conf, kind, name, 'address', io, parseHosts(hosts), hostname));
}

/** What a machine's packets to an address come from, for the order in which a look-up gives its addresses. */
export function sourceFrom(state: State, machine: string): SourceOf {
  const { fabric } = state.parts;
  const name = fabric.machineOf(machine);
  const own = (fabric.machine(name)?.devices ?? []).flatMap((device) => device.addresses);
  return (to) => {
    if (fabric.machine(name) === undefined) return undefined;
    const source = sourceToward(fabric, name, to);
    if (source === undefined) return undefined;
    if (isLoopback(source)) return { addr: source, bits: familyOf(source) === 4 ? 8 : 128 };
    const found = own.find(({ addr }) => addr === source);
    return { addr: source, bits: found?.subnet.bits ?? 0 };
  };
}

/** Where glibc's `rotate` begins. */
export function drawServer(state: State, count: number): number {
  return state.choices.pick('dns/rotate', Array<number>(count).fill(1));
}

/** The look-up as a cluster tells it. */
export function resolutionOf(resolved: Resolved): Resolution {
  const queries = resolved.queries.map(({ reply: _reply, ...query }) => query);
  return { ...resolved, queries };
}
