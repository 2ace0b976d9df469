// The face of a simulated cluster: what the library, the commands and the vocabulary call. One implementation
// (simulated.ts) wires the rooms together; it has no networking or API rules of its own.

import type { ClusterSpec } from '../api/cluster-spec.ts';
import type { Position } from '../api/input-error.ts';
import type { Manifest } from '../api/manifest.ts';
import type { Requests } from '../api/requests.ts';
import type { AnyObject, DeleteOptions, Lister } from '../api/types.ts';
import type { CloudCall } from '../cloud/load-balancers.ts';
import type { GaiError } from '../dns/resolver/found.ts';
import type { DnsQuery } from '../dns/resolver/sent-query.ts';
import type { Blueprint } from '../fabric/blueprint.ts';
import type { Addr, Family } from '../net/addr.ts';
import type { Proto } from '../net/packet.ts';
import type { DialResult, Endpoint, Used } from '../node/dial.ts';
import type { Peer } from '../node/program.ts';
import type { Cause } from '../sim/causes.ts';
import type { Choices } from '../sim/choices.ts';
import type { DnsFailure } from './dns-failures.ts';

export type { DnsQuery };

/** Who connects or looks up: a machine by name, as `pod/NS/NAME`, `deploy/NS/NAME`, `node/NAME`, `host/NAME`, or a bare
 * outside IP (product.md's WHO). */
export type Who = string;

export interface ConnectOptions {
  readonly proto?: Proto;
  readonly sourcePort?: number;
  /** Default: what curl waits, 130 s for TCP connect; 5 s for a datagram's answer. */
  readonly timeoutMs?: number;
  /** The connection stays open after its answer: `dial.kept` is its number. */
  readonly keep?: boolean;
}

export type LookupOutcome = 'answered' | 'nxdomain' | 'nodata' | 'servfail' | 'refused' | 'timeout';

export interface Resolution {
  readonly name: string;
  readonly type: string;
  /** "glibc", "musl", "busybox-1.28", "go", or "dig" for a query without search list. */
  readonly resolver: string;
  readonly search: readonly string[];
  readonly ndots: number;
  readonly queries: readonly DnsQuery[];
  readonly outcome: LookupOutcome;
  readonly addresses: readonly string[];
  /** What getaddrinfo(3) returns; null: it found something. */
  readonly error?: GaiError | null;
  readonly elapsedMs: number;
}

/** One connection attempt by name or address, with the look-up that came first. */
export interface Attempt {
  /** From 1. */
  readonly n: number;
  readonly atMs: number;
  readonly from: string;
  /** As the user wrote it: "web:80". */
  readonly target: string;
  readonly proto: Proto;
  readonly lookup: Resolution | null;
  /** null when the look-up failed: nothing was dialled. */
  readonly dial: DialResult | null;
}

/** What a message over an open connection came to. */
export type ConnectionUse = Used;

/** A connection that its client keeps. */
export interface OpenConnection {
  readonly id: number;
  /** A machine: "pod/demo/client". */
  readonly from: string;
  readonly proto: Proto;
  readonly client: Endpoint;
  readonly dialled: Endpoint;
}

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** What a DNS server said to one message. */
export interface DnsAnswer {
  /** In the order they were sent; none: silence. */
  readonly replies: readonly Uint8Array[];
  /** Virtual milliseconds that the client waits for it. */
  readonly elapsedMs: number;
  /** Of silence: where it comes from. */
  readonly why: string;
}

/** The real tools whose print `rules` gives; ipvsadm is `ipvsadm -Ln`, ipvsadm-save `ipvsadm -Sn`. */
export type RulesFormat =
  | 'iptables-save'
  | 'ip6tables-save'
  | 'ipset-save'
  | 'ipvsadm'
  | 'ipvsadm-save'
  | 'nft';

export interface RulesOptions {
  readonly format: RulesFormat;
  readonly owner?: string;
  /** What was fed to the restore tool instead of what it prints back. */
  readonly input?: boolean;
  /** What the last sync fed to it alone: in iptables mode the part that had changed. */
  readonly lastSync?: boolean;
}

/** Parts of the control plane and the nodes that steps can stop, start or slow down. */
export type Component =
  | { readonly kind: 'kube-proxy'; readonly node: string | null }
  | { readonly kind: 'kubelet'; readonly node: string }
  | { readonly kind: 'coredns' }
  | { readonly kind: 'apiserver' }
  | { readonly kind: 'endpoint-controllers' }
  | { readonly kind: 'load-balancer' }
  | { readonly kind: 'keepalived'; readonly host: string }
  | { readonly kind: 'upstream-dns' };

export type ObjectEvent =
  | 'becomes ready'
  | 'stops being ready'
  | 'crashes'
  | 'restarts'
  | 'goes down'
  | 'comes back';

/** What a kube-proxy that starts anew reads instead of what it had: another mode, or a whole KubeProxyConfiguration with
 * its mode. */
export type ProxyChange = Pick<ClusterSpec, 'proxyMode'> &
  Partial<Pick<ClusterSpec, 'kubeProxyConfiguration'>>;

/** A host that runs, or would run, keepalived. */
export interface Director {
  readonly host: string;
  readonly running: boolean;
  /** The addresses that its VRRP instances may hold, and those that it holds. */
  readonly addresses: readonly Addr[];
  readonly held: readonly Addr[];
  readonly servers: readonly {
    readonly proto: Proto;
    readonly addr: Addr;
    readonly port: number;
  }[];
}

export interface Cluster {
  readonly seed: number;
  /** Virtual milliseconds since the cluster was made. */
  readonly nowMs: number;
  /** "1.34" and so on. */
  readonly kubernetesVersion: string;
  readonly proxyMode: ClusterSpec['proxyMode'];
  /** What kube-proxy on this node runs in now; it may have started in another mode than the rest. */
  proxyModeOn(node: string): ClusterSpec['proxyMode'];
  /** The IP families that the cluster has Pods or Services of. */
  readonly families: readonly Family[];
  /** Everything stored. */
  readonly objects: Lister & {
    raw(kind: string, key: string): AnyObject | undefined;
    rawList(kind: string, namespace?: string): readonly AnyObject[];
    kinds(): readonly string[];
  };
  /** What kubectl asks the API server. Nothing reacts to what it writes before the cluster settles. */
  readonly requests: Requests;
  /** Reports made while loading: kinds that are stored but not simulated, created Namespaces, API warnings. */
  readonly notices: readonly string[];
  /** What the service controller asked of the cloud, in order, with the annotations that providers read. */
  readonly cloudCalls: readonly CloudCall[];
  /** DNS processes that ended as soon as they were started last, by Pod. */
  readonly dnsFailures: readonly DnsFailure[];
  readonly nodeNames: readonly string[];
  readonly hostNames: readonly string[];
  /** In the Cluster document's order. */
  readonly directors: readonly Director[];

  /** A copy that shares everything until one side writes. */
  fork(choices?: Choices): Cluster;
  /** What every change ends with. Instant timing: runs until nothing more is expected, within a virtual bound. With
   * delays: runs what is due now. */
  settle(): void;
  /** Runs until nothing more is expected whatever the timing, moving the clock, within a virtual bound. */
  converge(): void;
  /** Moves the clock by `ms`, running everything that becomes due. */
  advance(ms: number): void;
  /** Runs the next thing that is due up to `untilMs`, virtual milliseconds; false when there is none, the clock then
   * stands at `untilMs`. */
  step(untilMs: number): boolean;

  /** As `kubectl apply -f`, one batch, then settled. Throws ApiError on a refusal. Lines as kubectl prints them. */
  apply(manifests: readonly Manifest[], verb?: 'apply' | 'create' | 'replace'): readonly string[];
  /** In the background unless the options say otherwise; a Pod with its grace period unless they give one. */
  delete(kind: string, key: string, options?: DeleteOptions): void;
  /** Sets one JSON path ("spec.ports[0].port") to a value, as `kubectl patch` would, then settles. */
  set(kind: string, key: string, path: string, value: unknown): void;
  scale(kind: string, key: string, replicas: number): void;
  /** What happens to an object from outside the API: a crash, a probe that fails, a node that goes down. */
  happen(kind: string, key: string, event: ObjectEvent): void;
  /** kube-proxy's process begins anew, on the node or (null) on all, with another configuration if one is given. */
  restartProxy(node: string | null, change?: ProxyChange): void;
  setComponent(component: Component, state: 'stops' | 'starts'): void;
  setLag(component: Component, ms: number): void;
  setLink(
    a: Who,
    b: Who,
    state:
      | { readonly kind: 'cut' | 'restored' }
      | { readonly kind: 'loses'; readonly percent: number },
  ): void;

  /** From now on the two queries that a resolver sends from one socket run side by side through every node. */
  race(who: Who): void;

  /** `target` is `host:port`, a URL, or `svc/NS/NAME:PORT`; resolved as `from` would resolve it. */
  connect(from: Who, target: string, options?: ConnectOptions): Attempt;
  /** Connects now and again every `everyMs` of virtual time, for as long as the cluster goes on. */
  keepConnecting(from: Who, target: string, everyMs: number, options?: ConnectOptions): void;
  /** What such clients did, oldest first; all but the first failures without their trace. */
  repeated(): readonly Attempt[];
  /** The connections that clients keep, oldest first. */
  connections(): readonly OpenConnection[];
  /** Sends one message over a kept connection. Waits for as long as for a new one unless told otherwise. */
  useConnection(id: number, timeoutMs?: number): ConnectionUse;
  /** The client ends it: with FIN, or with RST. */
  endConnection(id: number, how: 'close' | 'reset'): void;
  resolve(from: Who, name: string, type?: string): Resolution;
  /** Hands one DNS message to a CoreDNS that is ready, as coming from `client`; with `from` it travels as packets of that
   * machine to its nameserver. */
  askDns(message: Uint8Array, client: Peer, from?: Who): DnsAnswer;
  exec(pod: Who, argv: readonly string[]): ExecResult;
  /** The environment of a Pod's container as it was built at its last start. */
  environment(pod: Who, container?: string): Readonly<Record<string, string>>;
  /** The log of a Pod's container, "ns/name"; of its only one when none is named. `previous`: of the instance before.
   * Throws ApiError as the API server and the kubelet refuse it. */
  logs(pod: string, container?: string, previous?: boolean): string;
  rules(node: string, options: RulesOptions): string;
  conntrack(machine: Who): readonly string[];
  /** All machines, wires and sockets, to be built elsewhere. */
  blueprint(): Blueprint;
  /** The machine names a WHO stands for: a Deployment stands for all its Pods by name. */
  machinesOf(who: Who): readonly string[];
  /** Addresses of a Pod, node, host or Service ("pod/demo/web-1"). */
  addressesOf(who: Who): readonly Addr[];
  /** What a rule's origin stands for. */
  cause(origin: number): Cause | undefined;
  /** Where a path of a stored object was written; a Pod's path maps through its owner's template. */
  locate(object: string, path: string): Position | null;
}
