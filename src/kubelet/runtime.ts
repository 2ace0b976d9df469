// What the kubelet needs from the machine below it: pod network, sockets and probes. The composer implements it
// with the CNI, the node's sockets and real dials. Modelled after the CRI and CNI calls of pkg/kubelet; images,
// volumes and cgroups are deliberately not here.
import type { Node, Pod, Probe } from '../api/types.ts';
import type { Addr } from '../net/addr.ts';
import type { Proto } from '../net/packet.ts';
import type { ResolvConf } from '../net/resolv-conf.ts';

/** One socket that a container's program opens. */
export interface Listener {
  readonly proto: Proto;
  /** The address it is bound to; null: every address of the pod. */
  readonly addr: Addr | null;
  readonly port: number;
  /** No port is declared: a Service or a probe aims at it and the program is taken to listen there. */
  readonly assumed: boolean;
}

export type ResolverKind = 'glibc' | 'musl' | 'busybox-1.28' | 'go';

/** Variables as frozen at the start; `merged` in environment.ts joins them, the container's own ones winning. Kept in
 * two parts because all pods that start between two Service writes share the first. */
export interface Environment {
  readonly services: Readonly<Record<string, string>>;
  readonly own: Readonly<Record<string, string>>;
}

/** Everything a started container's program can see. */
export interface ContainerStart {
  readonly name: string;
  /** Restart count: 0 for the first start. */
  readonly restarts: number;
  readonly listeners: readonly Listener[];
  readonly environment: Environment;
  /** command + args after $(VAR) expansion; empty: the image's own. */
  readonly argv: readonly string[];
  readonly resolver: ResolverKind;
  /** What it answers to HTTP and TCP clients; default: the pod's name. */
  readonly reply: string;
  /** The URL that its TCP ports pass HTTP requests on to; absent: it answers by itself. */
  readonly proxyTo?: string;
}

/** An event about a pod that the kubelet writes as it forms its DNS configuration. */
export interface DnsEvent {
  readonly reason: 'DNSConfigForming' | 'MissingClusterDNS';
  readonly message: string;
  /** The same reason's text about the node; null: it hears nothing. */
  readonly nodeMessage: string | null;
}

export type Attachment =
  | {
      readonly kind: 'attached';
      readonly podIPs: readonly Addr[];
      /** What of its DNS configuration did not fit or was not there. */
      readonly dnsEvents: readonly DnsEvent[];
    }
  /** No address left, or another refusal by the CNI: text for the event FailedCreatePodSandBox. */
  | { readonly kind: 'failed'; readonly message: string };

/** What comes of a program's start. */
export interface Started {
  /** What it prints at once, in whole lines. */
  readonly log: string;
  /** It ended at once with this status, having printed why; null: it runs. */
  readonly exitCode: number | null;
}

export interface ProbeOutcome {
  /** error: it could not be made, and counts for nothing. */
  readonly kind: 'success' | 'failure' | 'error';
  /** As the kubelet words it: "HTTP probe failed with statuscode: 500"; "" on success. */
  readonly text: string;
}

export interface Runtime {
  /** Gives the pod its network on its node (CNI ADD), or the node's own for hostNetwork. Primary IP first. */
  attach(pod: Pod, node: Node): Attachment;
  /** CNI DEL: closes all sockets and frees the addresses. `key` is "ns/name". */
  detach(key: string, uid: string): void;
  /** Opens the container's sockets. Called again with the same name when assumed listeners change. */
  start(pod: Pod, container: ContainerStart): Started;
  /** How long the program of a container goes on after SIGTERM, and it ends by itself; null: not known, it is gone at once. */
  worksMs(key: string, container: string): number | null;
  /** SIGTERM: the program does what it does then, and goes on until `stop`. */
  terminate(key: string, container: string): void;
  /** Closes the container's sockets. Status 0: its program was told to end, and did what it does then. */
  stop(key: string, container: string, exitCode: number): void;
  /** One try of a probe from the node; a named port is resolved by the caller. */
  probe(pod: Pod, container: string, probe: Probe): ProbeOutcome;
}

/** The files that every container of a pod shares. */
export interface PodFiles {
  readonly resolvConf: ResolvConf;
  /** Text of /etc/hosts. */
  readonly hosts: string;
  /** What `hostname` prints. */
  readonly hostname: string;
}
