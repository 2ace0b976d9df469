// nftables mode at the seam of all modes: its table says everything a packet can meet, so it is lazy. Of its past it keeps
// when the last full sync was, and with which service ranges: only a full one writes the base chains.
import type { Cidr } from '../../net/cidr.ts';
import { plainLayer } from '../../netfilter/ruleset.ts';
import { fullSyncPeriodMs, type LazyMode, type LazyPast, rulesAlone } from '../mode.ts';
import { hasFeature } from '../versions.ts';
import { owner } from './cache.ts';
import { rulesFor } from './layer.ts';
import { refusedSync } from './refusal.ts';
import { fullSyncText } from './sync.ts';

interface NftablesPast extends LazyPast {
  readonly mode: 'nftables';
  readonly fullMs: number;
  /** As of the last full sync. */
  readonly serviceCIDRs: readonly Cidr[];
}

export const nftablesMode: LazyMode = {
  kind: 'lazy',
  name: 'nftables',
  written: ({ snapshot, node, config, causes, family, past }) => {
    const { serviceCIDRs } = past?.mode === 'nftables' ? (past as NftablesPast) : config;
    const own = serviceCIDRs === config.serviceCIDRs ? config : { ...config, serviceCIDRs };
    const layer = rulesFor(snapshot, node, own, causes, family);
    const refused = refusedSync(layer.table);
    return {
      ...rulesAlone,
      layer: refused === null ? layer : plainLayer(owner, family, [], []),
      ...(refused === null ? {} : { refused }),
      input: (tool) => (tool === 'nft' ? fullSyncText(layer.table) : undefined),
    };
  },
  after: (past, { snapshot, config, nowMs, serviceCIDRs, restarted, periodic = false }) => {
    const before = past === null ? null : (past as NftablesPast);
    if (before?.snapshot === snapshot && !restarted && !periodic) return before;
    const isFull =
      before === null ||
      restarted ||
      (hasFeature('HourlyFullSync', config.minor) &&
        nowMs - before.fullMs > fullSyncPeriodMs - (periodic ? 1 : 0));
    const next: NftablesPast = {
      mode: 'nftables',
      snapshot,
      syncedMs: nowMs,
      fullMs: isFull ? nowMs : before.fullMs,
      serviceCIDRs: isFull ? serviceCIDRs : before.serviceCIDRs,
    };
    return next;
  },
  dueMs: (past, serviceCIDRs) => {
    const before = past as NftablesPast;
    return before.serviceCIDRs === serviceCIDRs ? null : before.syncedMs + fullSyncPeriodMs;
  },
};
