// iptables mode at the seam of all modes: its rules say everything a packet can meet, so it is lazy.
// Of its past it keeps what sync.ts says, for chains that stand until they are deleted and for the
// text of the last sync.
import type { Family } from '../../net/addr.ts';
import {
  fullSyncPeriodMs,
  type LazyMode,
  type LazyPast,
  rulesAlone,
  type SyncInput,
  type SyncMoment,
} from '../mode.ts';
import { emptySnapshot } from '../snapshot.ts';
import { type IptablesLayer, rulesFor } from './layer.ts';
import { restoreInput, syncInput } from './restore-input.ts';
import { standingLayer } from './standing.ts';
import { nextSync, type Past, type Sync, showsPast } from './sync.ts';

interface IptablesPast extends LazyPast {
  readonly mode: 'iptables';
  readonly syncs: Readonly<Record<Family, Sync>>;
}

export const iptablesMode: LazyMode = {
  kind: 'lazy',
  name: 'iptables',
  written: (input) => {
    const newest = rulesFor(input.snapshot, input.node, input.config, input.causes, input.family);
    const sync = syncOf(input);
    const layer = sync === null ? newest : standing(newest, sync.after);
    return {
      ...rulesAlone,
      layer,
      input: (tool) => (tool === 'iptables-restore' ? restoreInput(newest) : undefined),
      lastInput: (tool) => {
        if (tool !== 'iptables-restore') return undefined;
        return sync === null ? restoreInput(newest) : lastInput(input, newest, sync);
      },
      get sysctls(): Readonly<Record<string, string>> {
        const { localhostNodePorts } = newest.settings.constant;
        return localhostNodePorts ? { 'net/ipv4/conf/all/route_localnet': '1' } : {};
      },
    };
  },
  after: (past, moment) => {
    const before = past === null ? null : (past as IptablesPast);
    if (before?.snapshot === moment.snapshot && !moment.restarted && moment.periodic !== true) {
      return before;
    }
    const next: IptablesPast = {
      mode: 'iptables',
      snapshot: moment.snapshot,
      syncedMs: moment.nowMs,
      syncs: { 4: syncAfter(before, moment, 4), 6: syncAfter(before, moment, 6) },
    };
    return next;
  },
  dueMs: (past) => {
    const { syncs, syncedMs } = past as IptablesPast;
    const isTidy = !showsPast(syncs[4].after) && !showsPast(syncs[6].after);
    return isTidy ? null : syncedMs + fullSyncPeriodMs;
  },
};

function syncAfter(before: IptablesPast | null, moment: SyncMoment, family: Family): Sync {
  const { snapshot, config, nowMs, restarted, periodic = false } = moment;
  return nextSync(before?.syncs[family].after ?? null, {
    snapshot,
    family,
    nowMs,
    periodic,
    syncPeriodMs: config.syncPeriodMs,
    ...(restarted ? { forced: 'restart' } : {}),
  });
}

function syncOf({ past, family }: SyncInput): Sync | null {
  return past?.mode === 'iptables' ? (past as IptablesPast).syncs[family] : null;
}

function standing(layer: IptablesLayer, past: Past): IptablesLayer {
  return showsPast(past) ? standingLayer(layer, past) : layer;
}

function lastInput(input: SyncInput, newest: IptablesLayer, sync: Sync): string {
  const { node, config, causes, family } = input;
  const before = sync.before?.snapshot ?? emptySnapshot(config.minor);
  return syncInput(newest, sync, rulesFor(before, node, config, causes, family));
}
