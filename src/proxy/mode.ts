// The seam of kube-proxy's modes: what one kube-proxy has written on its node for one family, whatever its mode, and
// what it may ask of that machine. A mode is pure where a full sync says everything (lazy: built when somebody looks),
// and takes steps from a state where the past changes answers (eager: IPVS's server order, a round robin's place).
// Not the modes themselves, each of which is a folder beside this file, nor the machine: src/cluster brings both.
// Models proxy.Provider of pkg/proxy and the interfaces of pkg/proxy/ipvs/util, userspace/socket.go and conntrack.
import type { Addr, Family } from '../net/addr.ts';
import type { Cidr } from '../net/cidr.ts';
import type { Proto } from '../net/packet.ts';
import type { Ipvs } from '../netfilter/ipvs/ipvs.ts';
import type { FlowEntry } from '../netfilter/netfilter.ts';
import type { RuleLayer } from '../netfilter/rule.ts';
import type { Causes } from '../sim/causes.ts';
import type { Choices } from '../sim/choices.ts';
import type { ProxyConfig, ProxyNode } from './config.ts';
import type { ProxySnapshot } from './snapshot.ts';

export type ModeName = ProxyConfig['mode'];

/** Modes sync so long after the last time, whether or not something changed (FullSyncPeriod): iptables and nftables mode in
 * full, IPVS mode in the versions that do not do so each syncPeriod. */
export const fullSyncPeriodMs = 3_600_000;

/** All that a sync depends on. */
export interface SyncInput {
  readonly snapshot: ProxySnapshot;
  readonly node: ProxyNode;
  readonly config: ProxyConfig;
  /** The cluster's, shared by its forks: rules carry its integers. */
  readonly causes: Causes;
  readonly family: Family;
  /** What a lazy mode made of this sync and those before; absent: a full sync and no other. */
  readonly past?: LazyPast;
}

/** What a lazy mode keeps of a kube-proxy's syncs, for both families: an immutable value that tells nothing of a node, so
 * that all nodes that sync together share it. The cluster keeps it and hands it back. */
export interface LazyPast {
  readonly mode: ModeName;
  readonly snapshot: ProxySnapshot;
  /** The last sync. */
  readonly syncedMs: number;
}

export interface SyncMoment {
  readonly snapshot: ProxySnapshot;
  readonly config: ProxyConfig;
  readonly nowMs: number;
  /** Of the ServiceCIDR objects there are now; a full sync reads them. */
  readonly serviceCIDRs: readonly Cidr[];
  /** Nothing has changed: an hour has passed since the last sync. */
  readonly periodic?: boolean;
  /** A new process: it knows nothing of the syncs before, though what they wrote is there. */
  readonly restarted: boolean;
}

/** Tools that kube-proxy feeds, by the name of what reads the text. */
export type InputTool = 'iptables-restore' | 'ipset' | 'nft' | 'ipvsadm';

/** What stands on a node because of one kube-proxy, for one family. Members may be built when they are read. */
export interface Written {
  /** Chains of iptables, tables of nft, ip sets. */
  readonly layer: RuleLayer;
  /** What one full sync feeds to the tool, ending in a newline; undefined: the mode feeds it nothing. ipvsadm: what
   * would do the same, for kube-proxy speaks netlink. */
  input(tool: InputTool): string | undefined;
  /** What the last sync fed, which may be part of that; absent: the same. */
  lastInput?(tool: InputTool): string | undefined;
  /** What the tool said as it refused all of it, lines without their ends: `layer` is empty, and what an older process wrote
   * stays. Absent: it was taken. */
  readonly refused?: readonly string[];
  /** sysctls that the mode sets, by path: "net/ipv4/conf/all/route_localnet" -> "1". */
  readonly sysctls: Readonly<Record<string, string>>;
  /** What the process listens on for Services: userspace's proxy and node ports. */
  readonly sockets: readonly ProxySocket[];
}

/** `Written` of a mode that writes rules and nothing else. */
export const rulesAlone: Omit<Written, 'layer' | 'input'> = {
  sysctls: {},
  sockets: [],
};

export interface ProxySocket {
  readonly proto: Proto;
  /** Null: any. */
  readonly address: Addr | null;
  readonly port: number;
  /** Which program answers, for the composer to resolve, and what it needs to know. */
  readonly program: string;
  readonly data: unknown;
}

/** The machine as an eager mode sees it, for one family. Every call acts at once. */
export interface ProxyMachine {
  /** Virtual milliseconds. */
  readonly nowMs: number;
  readonly choices: Choices;
  /** The kernel's virtual servers, of both families. Null: it has no ip_vs module. */
  readonly ipvs: Ipvs | null;
  /** Addresses of one device; none when it does not exist. */
  addresses(device: string): readonly Addr[];
  /** Addresses of all other devices. */
  addressesExcept(device: string): readonly Addr[];
  /** Gives a dummy device exactly these addresses of the family; makes it when it does not exist. */
  setDummy(device: string, addresses: readonly Addr[]): void;
  /** Removes a device with its addresses; nothing happens when it does not exist. */
  removeDevice(device: string): void;
  setSysctl(path: string, value: string): void;
  /** Opens a socket of kube-proxy's; false: the port is taken. */
  listen(socket: ProxySocket): boolean;
  /** Closes kube-proxy's own socket there. */
  unlisten(socket: Pick<ProxySocket, 'proto' | 'address' | 'port'>): void;
  /** `conntrack -D`; how many went. */
  deleteFlows(isDead: (flow: FlowEntry) => boolean): number;
  /** Calls the mode's `timer` with `key` when this has passed. Setting a key again moves it. */
  after(ms: number, key: string): void;
}

/** An immutable value: a fork of the cluster shares it. */
export interface ModeState {
  readonly written: Written;
}

/** What is written is a pure function of the input, built when somebody looks: iptables, nftables. */
export interface LazyMode {
  readonly kind: 'lazy';
  readonly name: ModeName;
  written(input: SyncInput): Written;
  /** The past after a sync. */
  after(before: LazyPast | null, moment: SyncMoment): LazyPast;
  /** When a sync without a cause would change what stands on a node; null: never. */
  dueMs(past: LazyPast, serviceCIDRs: readonly Cidr[]): number | null;
}

/** A mode with a past: the cluster calls it whenever the node's kube-proxy syncs. IPVS, userspace. */
export interface EagerMode<S extends ModeState = ModeState> {
  readonly kind: 'eager';
  readonly name: ModeName;
  /** One syncProxyRules. `before` is null at the first one of a process: what an older process left is on the
   * machine alone. */
  sync(before: S | null, input: SyncInput, machine: ProxyMachine): S;
  /** A timer of this mode has come due. The same state: nothing changed. */
  timer(state: S, key: string, input: SyncInput, machine: ProxyMachine): S;
  /** The process has died: its sockets are closed by now. What stays written is the answer; rules and kernel tables
   * stay by themselves. */
  died(state: S): ModeState;
  /** CleanupLeftovers: removes what this mode left on the machine; its layer goes by itself. */
  cleanUp(left: ModeState, input: SyncInput, machine: ProxyMachine): void;
}

export type Mode = LazyMode | EagerMode;
