// nftables mode at the seam of all modes: its table says everything a packet can meet, so it is
// lazy and keeps no state.
import { plainLayer } from '../../netfilter/ruleset.ts';
import { type LazyMode, rulesAlone } from '../mode.ts';
import { owner } from './cache.ts';
import { rulesFor } from './layer.ts';
import { refusedSync } from './refusal.ts';
import { fullSyncText } from './sync.ts';

export const nftablesMode: LazyMode = {
  kind: 'lazy',
  name: 'nftables',
  written: ({ snapshot, node, config, causes, family }) => {
    const layer = rulesFor(snapshot, node, config, causes, family);
    const refused = refusedSync(layer.table);
    return {
      ...rulesAlone,
      layer: refused === null ? layer : plainLayer(owner, family, [], []),
      ...(refused === null ? {} : { refused }),
      input: (tool) => (tool === 'nft' ? fullSyncText(layer.table) : undefined),
    };
  },
};
