// What an IPVS rule writer says: virtual services and their destinations, as ipvsadm and libipvs pass them to the
// kernel, and the errors that come back. Not modelled: services by firewall mark, IPv4 destinations of IPv6 services,
// direct routing and tunnels (destinations are masqueraded), thresholds. Models include/uapi/linux/ip_vs.h.
import type { Addr } from '../../net/addr.ts';
import type { Proto } from '../../net/packet.ts';

/** Kernel modules ip_vs_*. */
export const schedulers = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'lblc',
  'lblcr',
  'sh',
  'dh',
  'sed',
  'nq',
  'fo',
  'ovf',
  'mh',
  'twos',
] as const;
export type SchedulerName = (typeof schedulers)[number];

/** IP_VS_SVC_F_SCHED1..3: what they mean is the scheduler's. sh and mh: flag-1 is fallback, flag-2 is port. */
export type ServiceFlag = 'flag-1' | 'flag-2' | 'flag-3';

/** What names a virtual service. The family is the address's. */
export interface ServiceKey {
  /** TCP, UDP or SCTP. */
  readonly proto: Proto;
  readonly addr: Addr;
  readonly port: number;
}

export interface Persistence {
  /** Seconds, 1 or more. `ipvsadm -p` without a number asks for 360. */
  readonly timeoutSeconds: number;
  /** Prefix length by which clients are one: 32 and 128 when nothing is said. */
  readonly bits: number;
}

/** Opaque, as in a rule: what caused it. Absent: nothing a user wrote. */
interface Caused {
  readonly origin?: number;
}

export interface VirtualService extends ServiceKey, Caused {
  /** Any name: one that no module answers to is refused when the service is added. */
  readonly scheduler: string;
  readonly flags: readonly ServiceFlag[];
  /** Null: not persistent. */
  readonly persistence: Persistence | null;
}

/** What names a destination within its service. */
export interface DestinationKey {
  readonly addr: Addr;
  readonly port: number;
}

export interface Destination extends DestinationKey, Caused {
  /** 0: no new connections. */
  readonly weight: number;
}

/** A destination as `ipvsadm -L` sees it. */
export interface DestinationStatus extends Destination {
  readonly active: number;
  readonly inactive: number;
  /** Entries that are persistence templates. */
  readonly persistent: number;
  readonly stats: Stats;
}

export interface ServiceStatus extends VirtualService {
  readonly stats: Stats;
}

export interface Stats {
  readonly conns: number;
  readonly inPkts: number;
  readonly outPkts: number;
  /** Bytes of the IP packets, headers included. */
  readonly inBytes: number;
  readonly outBytes: number;
}

export const noStats: Stats = { conns: 0, inPkts: 0, outPkts: 0, inBytes: 0, outBytes: 0 };

/** What ipvsadm prints when the kernel refuses (libipvs ipvs_strerror); null in place of one: done. */
export type IpvsError =
  | 'Service already exists'
  | 'No such service'
  | 'Destination already exists'
  | 'No such destination'
  | 'Scheduler or persistence engine not found'
  | 'Illegal operation';

export interface IpvsSysctls {
  /** net.ipv4.vs.conntrack: connections keep their conntrack entry, which MASQUERADE needs. */
  readonly conntrack: boolean;
  /** net.ipv4.vs.conn_reuse_mode: 0, or bits 1 (a new SYN reschedules a closed connection) and 2 (also FIN_WAIT). */
  readonly connReuseMode: number;
  /** net.ipv4.vs.expire_nodest_conn: the first packet after its destination is gone ends a connection. */
  readonly expireNodestConn: boolean;
  /** net.ipv4.vs.expire_quiescent_template: weight 0 ends persistence to a destination. */
  readonly expireQuiescentTemplate: boolean;
  /** net.ipv4.vs.sloppy_tcp: any TCP packet may start a connection. */
  readonly sloppyTcp: boolean;
}

/** The kernel's own. */
export const sysctlDefaults: IpvsSysctls = {
  conntrack: false,
  connReuseMode: 1,
  expireNodestConn: false,
  expireQuiescentTemplate: false,
  sloppyTcp: false,
};

/** `ipvsadm --set`: seconds. */
export interface IpvsTimeouts {
  readonly tcp: number;
  readonly tcpFin: number;
  readonly udp: number;
}

export const timeoutDefaults: IpvsTimeouts = { tcp: 900, tcpFin: 120, udp: 300 };

/** States that an entry is listed with; a persistence template of any protocol is shown as NONE or ASSURED. */
export type ConnectionState = string;

/** One entry as `ipvsadm -Lnc` sees it. */
export interface ConnectionView {
  readonly proto: Proto;
  readonly state: ConnectionState;
  readonly client: DestinationKey;
  readonly virtual: DestinationKey;
  readonly destination: DestinationKey;
  readonly template: boolean;
  readonly expiresMs: number;
}
