// nftables mode at the seam of all modes: its table says everything a packet can meet, so it is
// lazy and keeps no state.
import { type LazyMode, rulesAlone } from '../mode.ts';
import { rulesFor } from './layer.ts';
import { fullSyncText } from './sync.ts';

export const nftablesMode: LazyMode = {
  kind: 'lazy',
  name: 'nftables',
  written: ({ snapshot, node, config, causes, family }) => {
    const layer = rulesFor(snapshot, node, config, causes, family);
    return {
      ...rulesAlone,
      layer,
      input: (tool) => (tool === 'nft' ? fullSyncText(layer.table) : undefined),
    };
  },
};
