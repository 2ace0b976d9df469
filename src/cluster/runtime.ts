// What the kubelets of a cluster ask of the machines below them: pod network, sockets, probes. Hands the work to the
// CNI's address management, the fabric and the DNS servers. Models the CRI and CNI calls of a node.
import type { Pod } from '../api/types.ts';
import { healthPortsOf } from '../dns/kubeadm/kube-dns.ts';
import { runsNodeCache } from '../dns/node-cache/flags.ts';
import type { DnsServer } from '../dns/server/server.ts';
import { annotationOf } from '../kubelet/annotations.ts';
import { merged } from '../kubelet/environment.ts';
import type { ContainerStart, Runtime, Started } from '../kubelet/runtime.ts';
import { formatEndpoint, parseAddr } from '../net/addr.ts';
import { SCTP, TCP, UDP } from '../net/packet.ts';
import type { Socket } from '../node/socket.ts';
import { proxyProgram } from '../programs/http-proxy.ts';
import { attach, detach } from './attach.ts';
import { printLine, runsCoreDns, runsDns } from './dns-pod.ts';
import { opening } from './dns-servers.ts';
import { planStart } from './dns-start.ts';
import { lameduckMs, terminateDns } from './dns-stop.ts';
import { awaitLists, getsLists } from './dns-sync.ts';
import { programEnds } from './lasting.ts';
import { beginNodeCache, endNodeCache, setRules } from './node-cache.ts';
import { probeOnce } from './probe.ts';
import { runsKubeProxy, startContainer, stopContainer } from './proxy-container.ts';
import type { State } from './state.ts';

/** What a socket of a container knows: `program` of the socket says who reads it. */
export interface SocketData {
  readonly container: string;
  /** Its Pod's machine: one on the node's network answers on the node. */
  readonly pod?: string;
  /** Null: an echo server sends back what it got. */
  readonly reply: string | null;
  /** Of `proxyProgram`: the URL it passes requests on to, and what a trace says of the socket. */
  readonly proxyTo?: string;
  readonly about?: string;
}

export function runtimeOf(state: State): Runtime {
  return {
    attach: (pod, node) => attach(state, pod, node),
    detach: (key) => detach(state, key),
    start: (pod, container) => start(state, pod, container),
    worksMs: (key, container) => lameduckMs(state, key, container),
    terminate: (key, container) => terminateDns(state, key, container),
    stop: (key, container, exitCode) => {
      const machine = `pod/${key}`;
      if (exitCode === 0) terminateDns(state, key, container);
      const isIts = (socket: Socket) => dataOf(socket.data).container === container;
      const pod = state.parts.api.get('Pod', key);
      programEnds(state, machine, isIts, pod?.spec.containers[0]?.name === container);
      state.parts.fabric.unlisten(machine, isIts);
      const stopped = pod?.spec.containers.find((c) => c.name === container);
      if (runsDns(stopped?.image)) state.parts.dns.stop(machine);
      const isCache = pod === undefined || runsNodeCache(stopped?.image);
      const tornDown = isCache && endNodeCache(state, key, container, exitCode);
      if (tornDown && pod !== undefined) printLine(state, pod, '[INFO] Tearing down');
      if (runsKubeProxy(stopped?.image)) stopContainer(state, pod?.spec.nodeName ?? '');
    },
    probe: (pod, _container, probe) => probeOnce(state, pod, probe),
  };
}

function dataOf(data: unknown): SocketData {
  return data as SocketData;
}

function machineOf(pod: Pod): string {
  return `pod/${pod.metadata.namespace}/${pod.metadata.name}`;
}

function start(state: State, pod: Pod, container: ContainerStart): Started {
  const { fabric, dns } = state.parts;
  const machine = machineOf(pod);
  const data: SocketData = {
    container: container.name,
    reply: container.reply,
    pod: machine,
  };
  const image = pod.spec.containers.find((c) => c.name === container.name)?.image;
  // Its Corefile says what it listens on, and not the ports that Services aim at.
  if (runsDns(image) && dns.runs(machine, pod)) return { log: '', exitCode: null };
  fabric.unlisten(machine, (socket) => dataOf(socket.data).container === container.name);
  if (runsKubeProxy(image)) return startContainer(state, pod);
  if (dns.areKilled && runsCoreDns(image)) return { log: '', exitCode: 137 };
  if (runsNodeCache(image)) {
    const refused = beginNodeCache(state, pod, container);
    if (refused !== null) return { log: refused, exitCode: 1 };
  }
  if (runsDns(image)) {
    const { server, log } = dns.start(state, pod, merged(container.environment));
    if (server === null) return { log, exitCode: 1 };
    if (runsNodeCache(image)) setRules(state, pod);
    const env = merged(container.environment);
    if (server.startup !== undefined && !getsLists(state, pod, server, env)) {
      awaitLists(state, { pod, container: container.name, startup: server.startup }, env);
      return { log: log.slice(0, log.length - opening(server).length), exitCode: null };
    }
    listenAs(state, machine, container, server);
    return { log, exitCode: null };
  }
  for (const port of healthPortsOf(image) ?? []) {
    fabric.listen(machine, { data, assumed: false, addr: null, proto: TCP, port, program: 'http' });
  }
  const streams = streamServer(data, container);
  const datagrams = {
    program: 'echo',
    data: isReplyWritten(pod, container) ? data : { ...data, reply: null },
  };
  for (const { proto, addr, port, assumed } of container.listeners) {
    if (healthPortsOf(image)?.includes(port) === true && proto === TCP) continue;
    const own = proto === TCP ? streams : datagrams;
    const isOpen = fabric.listen(machine, { proto, addr, port, assumed, ...own });
    if (!isOpen && !assumed) {
      fabric.unlisten(machine, (socket) => dataOf(socket.data).container === container.name);
      const where = formatEndpoint(addr ?? parseAddr('0.0.0.0') ?? 0, port);
      const what = proto === TCP ? 'tcp' : proto === SCTP ? 'sctp' : 'udp';
      return { log: `listen ${what} ${where}: bind: address already in use\n`, exitCode: 1 };
    }
  }
  return { log: '', exitCode: null };
}

/** Opens the sockets of a CoreDNS, in place of those that its container had. */
export function listenAs(
  state: State,
  machine: string,
  { name, reply }: ContainerStart,
  { listeners, http }: DnsServer,
): void {
  const { fabric } = state.parts;
  fabric.unlisten(machine, (socket) => dataOf(socket.data).container === name);
  const data: SocketData = { container: name, reply, pod: machine };
  const listen = { data, assumed: false, reusePort: true };
  for (const at of listeners) {
    for (const proto of [UDP, TCP] as const) {
      fabric.listen(machine, { ...listen, ...at, proto, program: 'coredns' });
    }
  }
  for (const at of http) {
    fabric.listen(machine, { ...listen, ...at, proto: TCP, program: 'coredns-http' });
  }
  planStart(state, machine, name);
}

/** Who answers on TCP ports. */
function streamServer(data: SocketData, { proxyTo }: ContainerStart) {
  if (proxyTo === undefined) return { program: 'http', data };
  const about = `passes requests on to ${proxyTo}`;
  return { program: proxyProgram, data: { ...data, proxyTo, about } };
}

/** A datagram is echoed unless svcspec.dev/reply says what to answer. */
function isReplyWritten(pod: Pod, container: ContainerStart): boolean {
  return annotationOf(pod, 'reply', container.name) !== undefined;
}
