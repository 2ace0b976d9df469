// What the kubelets of a cluster ask of the machines below them: pod network, sockets, probes. Hands the work to the
// CNI's address management, the fabric and the DNS servers. Models the CRI and CNI calls of a node.
import type { Node, Pod } from '../api/types.ts';
import { podPin } from '../controllers/pins.ts';
import { healthPortsOf } from '../dns/kube-dns.ts';
import { annotationOf } from '../kubelet/annotations.ts';
import { hostnameError, resolvConfOf } from '../kubelet/files.ts';
import type { Attachment, ContainerStart, Runtime, Started } from '../kubelet/runtime.ts';
import { type Addr, formatEndpoint, parseAddr } from '../net/addr.ts';
import { parseCidr } from '../net/cidr.ts';
import { SCTP, TCP, UDP } from '../net/packet.ts';
import type { Socket } from '../node/socket.ts';
import { runsDns } from './dns-servers.ts';
import { programEnds } from './lasting.ts';
import { dnsFacts } from './pod-files.ts';
import { probeOnce } from './probe.ts';
import { runsKubeProxy, startContainer, stopContainer } from './proxy-container.ts';
import type { State } from './state.ts';

/** What a socket of a container knows: `program` of the socket says who reads it. */
export interface SocketData {
  readonly container: string;
  /** Null: an echo server sends back what it got. */
  readonly reply: string | null;
}

export function runtimeOf(state: State): Runtime {
  return {
    attach: (pod, node) => attach(state, pod, node),
    detach: (key) => detach(state, key),
    start: (pod, container) => start(state, pod, container),
    stop: (key, container) => {
      const machine = `pod/${key}`;
      const isIts = (socket: Socket) => dataOf(socket.data).container === container;
      const pod = state.parts.api.get('Pod', key);
      programEnds(state, machine, isIts, pod?.spec.containers[0]?.name === container);
      state.parts.fabric.unlisten(machine, isIts);
      const stopped = pod?.spec.containers.find((c) => c.name === container);
      if (runsDns(stopped?.image)) state.parts.dns.stop(machine);
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

function attach(state: State, pod: Pod, node: Node): Attachment {
  const { fabric, addresses, spec } = state.parts;
  const message = hostnameError(pod, spec.dnsDomain, spec.minor);
  if (message !== undefined) return { kind: 'failed', message };
  const dnsMessages = resolvConfOf(pod, dnsFacts(state, pod)).messages;
  const key = machineOf(pod).slice('pod/'.length);
  const nodeName = node.metadata.name;
  if (pod.spec.hostNetwork === true) {
    fabric.addPod({ key, node: nodeName, addresses: [], hostNetwork: true });
    const own = (node.status?.addresses ?? []).filter((a) => a.type === 'InternalIP');
    const podIPs = own.flatMap((a) => parseAddr(a.address) ?? []);
    return { kind: 'attached', podIPs, dnsMessages };
  }
  const pinned = podPin(spec, pod)?.ip ?? null;
  const ips: Addr[] = [];
  const ranges = (node.spec.podCIDRs ?? []).flatMap((text) => parseCidr(text) ?? []);
  if (ranges.length === 0) return { kind: 'failed', message: `node "${nodeName}" has no pod CIDR` };
  for (const [i, range] of ranges.entries()) {
    const given = addresses.allocate(range, key, i === 0 ? pinned : null);
    if (given.kind === 'failed') return given;
    ips.push(given.addr);
  }
  fabric.addPod({ key, node: nodeName, addresses: ips, hostNetwork: false });
  return { kind: 'attached', podIPs: ips, dnsMessages };
}

function detach(state: State, key: string): void {
  state.parts.fabric.removePod(key);
  state.parts.addresses.release(key);
  state.parts.dns.stop(`pod/${key}`);
}

function start(state: State, pod: Pod, container: ContainerStart): Started {
  const { fabric, dns } = state.parts;
  const machine = machineOf(pod);
  const data: SocketData = {
    container: container.name,
    reply: container.reply,
  };
  fabric.unlisten(machine, (socket) => dataOf(socket.data).container === container.name);
  const image = pod.spec.containers.find((c) => c.name === container.name)?.image;
  if (runsKubeProxy(image)) return startContainer(state, pod);
  if (runsDns(image)) {
    const server = dns.start(state, pod);
    const listen = { data, assumed: false };
    for (const port of server.ports) {
      for (const proto of [UDP, TCP] as const) {
        fabric.listen(machine, { ...listen, addr: null, proto, port, program: 'coredns' });
      }
    }
    for (const { addr, port } of server.http) {
      fabric.listen(machine, { ...listen, addr, proto: TCP, port, program: 'http' });
    }
    return { log: server.banner, exitCode: null };
  }
  for (const port of healthPortsOf(image) ?? []) {
    fabric.listen(machine, { data, assumed: false, addr: null, proto: TCP, port, program: 'http' });
  }
  for (const { proto, addr, port, assumed } of container.listeners) {
    if (healthPortsOf(image)?.includes(port) === true && proto === TCP) continue;
    const program = proto === TCP ? 'http' : 'echo';
    const own =
      program === 'echo' && !isReplyWritten(pod, container) ? { ...data, reply: null } : data;
    const isOpen = fabric.listen(machine, { proto, addr, port, program, data: own, assumed });
    if (!isOpen && !assumed) {
      fabric.unlisten(machine, (socket) => dataOf(socket.data).container === container.name);
      const where = formatEndpoint(addr ?? parseAddr('0.0.0.0') ?? 0, port);
      const what = proto === TCP ? 'tcp' : proto === SCTP ? 'sctp' : 'udp';
      return { log: `listen ${what} ${where}: bind: address already in use\n`, exitCode: 1 };
    }
  }
  return { log: '', exitCode: null };
}

/** A datagram is echoed unless svcspec.dev/reply says what to answer. */
function isReplyWritten(pod: Pod, container: ContainerStart): boolean {
  return annotationOf(pod, 'reply', container.name) !== undefined;
}
