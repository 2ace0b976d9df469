// nftables mode at the seam of all modes: its table says everything a packet can meet, so it is lazy. Of its past it keeps
// what past.ts says: the service ranges of the last full sync, for only that writes the base chains, and what the text of the
// last sync depends on.
import { plainLayer } from '../../netfilter/ruleset.ts';
import { fullSyncPeriodMs, type LazyMode, rulesAlone } from '../mode.ts';
import { owner } from './cache.ts';
import { rulesFor } from './layer.ts';
import { lastSyncText, type NftablesPast, nextPast } from './past.ts';
import { refusedSync } from './refusal.ts';
import { fullSyncText } from './sync.ts';

export const nftablesMode: LazyMode = {
  kind: 'lazy',
  name: 'nftables',
  written: (input) => {
    const { snapshot, node, config, causes, family } = input;
    const past = input.past?.mode === 'nftables' ? (input.past as NftablesPast) : null;
    const { serviceCIDRs } = past ?? config;
    const own = serviceCIDRs === config.serviceCIDRs ? config : { ...config, serviceCIDRs };
    const layer = rulesFor(snapshot, node, own, causes, family);
    const refused = refusedSync(layer.table);
    return {
      ...rulesAlone,
      layer: refused === null ? layer : plainLayer(owner, family, [], []),
      ...(refused === null ? {} : { refused }),
      input: (tool) => (tool === 'nft' ? fullSyncText(layer.table) : undefined),
      lastInput: (tool) => {
        if (tool !== 'nft') return undefined;
        return past === null || refused !== null
          ? fullSyncText(layer.table)
          : lastSyncText(input, past, layer.table);
      },
    };
  },
  after: (past, moment) => {
    const before = past === null ? null : (past as NftablesPast);
    const isSame = before?.snapshot === moment.snapshot;
    if (isSame && !moment.restarted && moment.periodic !== true) return before;
    const next: NftablesPast = nextPast(before, moment);
    return next;
  },
  dueMs: (past, serviceCIDRs) => {
    const before = past as NftablesPast;
    return before.serviceCIDRs === serviceCIDRs ? null : before.syncedMs + fullSyncPeriodMs;
  },
};
