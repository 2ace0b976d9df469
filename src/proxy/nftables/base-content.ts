// The table's own chains and sets as the operations of a full sync leave them: what stands in the
// kernel is derived from what is written, never the other way round.
import type { NftChain, NftElement, NftRule, NftSet } from '../../netfilter/nft/table.ts';
import type { Settings } from './settings.ts';
import { setupOperations, tableName } from './setup.ts';

export interface BaseContent {
  /** In the order in which they were made. */
  readonly chains: ReadonlyMap<string, NftChain>;
  readonly sets: ReadonlyMap<string, NftSet>;
}

export function baseContent(settings: Settings): BaseContent {
  const chains = new Map<string, NftChain & { readonly rules: NftRule[] }>();
  const sets = new Map<string, NftSet & { readonly elements: NftElement[] }>();
  for (const operation of setupOperations(settings, false)) {
    switch (operation.kind) {
      case 'addChain': {
        const { name, base, comment } = operation;
        const { family } = settings;
        chains.set(name, {
          kind: 'nft',
          family,
          table: tableName,
          name,
          base,
          comment,
          rules: chains.get(name)?.rules ?? [],
        });
        break;
      }
      case 'addSet':
        sets.set(operation.set.name, { ...operation.set, elements: [] });
        break;
      case 'deleteSet':
        sets.delete(operation.name);
        break;
      case 'addRule':
        chains.get(operation.chain)?.rules.push(operation.rule);
        break;
      case 'addElement':
        sets.get(operation.set)?.elements.push(operation.element);
        break;
      // What is flushed and deleted here was empty before.
      case 'addTable':
      case 'flushChain':
      case 'deleteChain':
      case 'flushSet':
      case 'deleteElement':
        break;
    }
  }
  return { chains, sets };
}
