// What kube-proxy asks of nft, as typed nodes: the lines of a transaction before they are words.
// The kernel's table is what these leave behind (layer.ts), the text is printed last (written.ts).
import type { NftElement, NftHook, NftRule, NftSet } from '../../netfilter/nft/table.ts';

export type Operation =
  | { readonly kind: 'addTable'; readonly comment: string }
  | {
      readonly kind: 'addChain';
      readonly name: string;
      readonly base: NftHook | null;
      readonly comment: string | null;
    }
  | { readonly kind: 'flushChain' | 'deleteChain'; readonly name: string }
  | { readonly kind: 'addSet'; readonly set: NftSet }
  | {
      readonly kind: 'flushSet' | 'deleteSet';
      readonly name: string;
      readonly isMap: boolean;
    }
  | { readonly kind: 'addRule'; readonly chain: string; readonly rule: NftRule }
  | {
      readonly kind: 'addElement' | 'deleteElement';
      readonly set: string;
      readonly element: NftElement;
    };
