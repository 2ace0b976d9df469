// A host's keepalived.conf as read: the VRRP instances that move addresses between hosts, and the virtual servers that
// IPVS spreads over real servers, every default filled in. Times are milliseconds. Not here: the text (src/manifest),
// the daemon (src/cloud/keepalived). Models keepalived's vrrp_t, virtual_server_t, real_server_t and checker_t.
import type { Addr } from '../net/addr.ts';
import type { Proto } from '../net/packet.ts';
import type { Position } from './input-error.ts';

export interface KeepalivedConf {
  readonly instances: readonly VrrpInstance[];
  readonly virtualServers: readonly VirtualServerConf[];
}

/** A vrrp_instance block. */
export interface VrrpInstance {
  readonly name: string;
  readonly version: 2 | 3;
  readonly virtualRouterId: number;
  /** 1 to 255; 255 owns the addresses. */
  readonly priority: number;
  readonly state: 'MASTER' | 'BACKUP';
  readonly advertMs: number;
  /** Adverts that may be missed before the master counts as down. */
  readonly downTimerAdverts: number;
  readonly preempt: boolean;
  readonly preemptDelayMs: number;
  /** After becoming master the addresses are announced at once, and again after this; 0: not again. */
  readonly garpDelayMs: number;
  /** And then every so often; 0: never. */
  readonly garpRefreshMs: number;
  /** A master that hears a lower one announces the addresses again. */
  readonly garpLowerPrio: boolean;
  readonly lowerPrioNoAdvert: boolean;
  readonly higherPrioSendAdvert: boolean;
  /** Type and password of version 2, as one text; empty: none. */
  readonly authentication: string;
  readonly virtualAddresses: readonly { readonly addr: Addr; readonly bits: number }[];
  /** Whom adverts are sent to; empty: all in the LAN, by multicast. */
  readonly unicastPeers: readonly Addr[];
  readonly position: Position | null;
}

/** A virtual_server block. */
export interface VirtualServerConf {
  readonly proto: Proto;
  readonly addr: Addr;
  readonly port: number;
  readonly scheduler: string;
  readonly flags: readonly ('flag-1' | 'flag-2')[];
  readonly persistence: { readonly timeoutSeconds: number; readonly bits: number } | null;
  readonly quorum: number;
  readonly hysteresis: number;
  readonly sorryServer: SorryServer | null;
  readonly realServers: readonly RealServerConf[];
  readonly position: Position | null;
}

export interface SorryServer {
  readonly addr: Addr;
  readonly port: number;
  readonly position: Position | null;
}

/** A real_server block. */
export interface RealServerConf {
  readonly addr: Addr;
  readonly port: number;
  readonly weight: number;
  /** One that fails stays with weight 0 (inhibit_on_failure). */
  readonly inhibit: boolean;
  readonly checks: readonly CheckConf[];
  readonly position: Position | null;
}

/** A TCP_CHECK or HTTP_GET block. */
export interface CheckConf {
  readonly kind: 'tcp' | 'http';
  readonly addr: Addr;
  readonly port: number;
  readonly timeoutMs: number;
  readonly delayLoopMs: number;
  readonly warmupMs: number;
  readonly retry: number;
  readonly delayBeforeRetryMs: number;
  /** The real server counts as failed until the first check has passed. */
  readonly alpha: boolean;
  /** Of HTTP_GET. */
  readonly path: string;
  readonly virtualhost: string;
  /** Status codes that pass, as ranges. */
  readonly statusCodes: readonly { readonly low: number; readonly high: number }[];
}
