// IPVS mode at the seam of all modes. It has a past: virtual servers are changed step by step, and
// real servers leave gracefully, so each sync starts from what the one before left behind.
// Models NewProxier, syncProxyRules and CleanupLeftovers of pkg/proxy/ipvs/proxier.go. Not modelled:
// failures of netlink, ipset and iptables-restore, and the retries that follow them.
import { isKernelBefore } from '../../api/cluster-spec.ts';
import type { ProxyConfig } from '../config.ts';
import type { ProxyEndpoint } from '../endpoints.ts';
import {
  type EagerMode,
  fullSyncPeriodMs,
  type ModeState,
  type ProxyMachine,
  type SyncInput,
  type Written,
} from '../mode.ts';
import { connReuseFixedSince, connReuseSince } from '../supported.ts';
import { hasFeature } from '../versions.ts';
import { owner } from './cache.ts';
import { checkIntervalMs, deleteIdle, type Leaving, type LeavingList } from './graceful.ts';
import { type IpvsLayer, layerFor } from './layer.ts';
import { ipsetInput, ipvsadmInput, restoreInput } from './restore-input.ts';
import { settingsFor } from './settings.ts';
import { dummyDevice, frontEndsAt, keyText, syncServers } from './sync.ts';

/** What one kube-proxy process keeps between two syncs, for one family. */
export interface IpvsState extends ModeState {
  readonly layer: IpvsLayer;
  /** Keys of front ends that several service ports have. */
  readonly contested: ReadonlySet<string>;
  readonly leaving: readonly Leaving[];
  /** The minute of graceful removal counts from here. */
  readonly startedMs: number;
  readonly syncedMs: number;
}

const gracefulTimer = 'graceful';
const resyncTimer = 'sync';

export const ipvsMode: EagerMode<IpvsState> = {
  kind: 'eager',
  name: 'ipvs',
  sync,
  timer: (state, key, input, machine) =>
    key === gracefulTimer ? check(state, input, machine) : sync(state, input, machine),
  // Virtual servers, rules and sets stay; what was on its way out is forgotten.
  died: ({ written }) => ({ written }),
  cleanUp,
};

function sync(before: IpvsState | null, input: SyncInput, machine: ProxyMachine): IpvsState {
  const { snapshot, node, config, causes, family } = input;
  const settings = settingsFor(machine.addressesExcept(dummyDevice), node, config, family);
  const layer = layerFor(snapshot, settings, causes);
  const written = writtenOf(layer, config);
  const { nowMs, ipvs } = machine;
  const leaving: LeavingList = new Map((before?.leaving ?? []).map((l) => [l.name, l]));
  if (before === null) prepare(machine, written, config);
  let contested: ReadonlySet<string> = new Set();
  if (ipvs !== null) {
    const { scheduler, excludeCIDRs } = config.ipvs;
    const isFirst = before === null;
    const held = machine.addresses(dummyDevice);
    const originOf = ({ object, path }: ProxyEndpoint) => causes.intern(object, path, owner);
    const work = { ipvs, held, nowMs, scheduler, excludeCIDRs, originOf, isFirst, leaving };
    const { addresses, contested: shared } = syncServers(work, layer, before);
    contested = shared;
    if (addresses !== held || isFirst) machine.setDummy(dummyDevice, addresses);
  }
  const startedMs = before?.startedMs ?? nowMs;
  const state = {
    written,
    layer,
    contested,
    leaving: [...leaving.values()],
    startedMs,
    syncedMs: nowMs,
  };
  arm(state, config, machine);
  return state;
}

/** What NewProxier does once. */
function prepare(machine: ProxyMachine, { sysctls }: Written, config: ProxyConfig): void {
  for (const [path, value] of Object.entries(sysctls)) machine.setSysctl(path, value);
  const { ipvs } = machine;
  if (ipvs === null) return;
  const { tcpTimeoutMs, tcpFinTimeoutMs, udpTimeoutMs } = config.ipvs;
  ipvs.setSysctls({
    conntrack: true,
    expireNodestConn: true,
    expireQuiescentTemplate: true,
    ...(isKernelBefore(config, connReuseFixedSince) ? { connReuseMode: 0 } : {}),
  });
  ipvs.setTimeouts({
    ...(tcpTimeoutMs > 0 ? { tcp: tcpTimeoutMs / 1000 } : {}),
    ...(tcpFinTimeoutMs > 0 ? { tcpFin: tcpFinTimeoutMs / 1000 } : {}),
    ...(udpTimeoutMs > 0 ? { udp: udpTimeoutMs / 1000 } : {}),
  });
}

/** One look at the servers on their way out. */
function check(before: IpvsState, { config }: SyncInput, machine: ProxyMachine): IpvsState {
  const { ipvs, nowMs } = machine;
  if (ipvs === null || before.leaving.length === 0) return before;
  const leaving: LeavingList = new Map(before.leaving.map((l) => [l.name, l]));
  deleteIdle(ipvs, leaving, nowMs);
  const state = { ...before, leaving: [...leaving.values()] };
  const lost = before.leaving.some((one) => !leaving.has(one.name) && isWanted(before, one));
  arm(state, config, machine, lost);
  return state;
}

/** Plans the next look, and the next periodic sync where it would change something: a server that
 * is wanted again while its name still stands among those to remove. */
function arm(state: IpvsState, config: ProxyConfig, machine: ProxyMachine, lost = false): void {
  const { leaving, startedMs, syncedMs } = state;
  const { ipvs, nowMs } = machine;
  if (ipvs === null || (leaving.length === 0 && !lost)) return;
  if (leaving.some(({ service }) => ipvs.service(service) !== undefined)) {
    machine.after(untilNext(nowMs - startedMs, checkIntervalMs), gracefulTimer);
  }
  if (lost || leaving.some((one) => isWanted(state, one))) {
    machine.after(untilNext(nowMs - syncedMs, resyncMs(config)), resyncTimer);
  }
}

function untilNext(passedMs: number, intervalMs: number): number {
  return intervalMs - (passedMs % intervalMs);
}

/** syncPeriod, but for the versions that only sync on changes and once an hour. */
function resyncMs({ minor, syncPeriodMs }: ProxyConfig): number {
  return hasFeature('HourlyIPVSResync', minor) ? fullSyncPeriodMs : syncPeriodMs;
}

function isWanted({ layer }: IpvsState, { name, service }: Leaving): boolean {
  return frontEndsAt(layer.chunks, keyText(service)).some(({ key, endpoints }) =>
    endpoints.some(({ text }) => name === `${key}/${text}`),
  );
}

function writtenOf(layer: IpvsLayer, config: ProxyConfig): Written {
  return {
    layer,
    input: (tool) => {
      switch (tool) {
        case 'iptables-restore':
          return restoreInput(layer);
        case 'ipset':
          return ipsetInput(layer);
        case 'ipvsadm':
          return ipvsadmInput(layer, config.ipvs.scheduler);
        case 'nft':
          return undefined;
      }
    },
    sysctls: sysctlsOf(config),
    sockets: [],
  };
}

function sysctlsOf(config: ProxyConfig): Readonly<Record<string, string>> {
  const { strictARP } = config.ipvs;
  const setsReuse =
    isKernelBefore(config, connReuseFixedSince) && !isKernelBefore(config, connReuseSince);
  return {
    'net/ipv4/vs/conntrack': '1',
    ...(setsReuse ? { 'net/ipv4/vs/conn_reuse_mode': '0' } : {}),
    'net/ipv4/vs/expire_nodest_conn': '1',
    'net/ipv4/vs/expire_quiescent_template': '1',
    'net/ipv4/ip_forward': '1',
    ...(strictARP
      ? { 'net/ipv4/conf/all/arp_ignore': '1', 'net/ipv4/conf/all/arp_announce': '2' }
      : {}),
  };
}

function cleanUp(_left: ModeState, _input: SyncInput, machine: ProxyMachine): void {
  machine.ipvs?.flush();
  machine.removeDevice(dummyDevice);
}
