// What processes that ended have left on a node, oldest first. A mode that writes again finds its jumps from the built-in
// chains where they stand (EnsureRule does not move them), and writes its chains anew; so of what it left before only
// those count, at their old place.
import type { RuleLayer } from '../netfilter/rule.ts';
import { plainLayer } from '../netfilter/ruleset.ts';
import type { ModeName } from '../proxy/mode.ts';
import type { Left } from './proxies.ts';

const known = new WeakMap<RuleLayer, RuleLayer>();

/** The same layer for the same layer, as composed rules are known by identity. */
function jumpsOf(layer: RuleLayer): RuleLayer {
  let jumps = known.get(layer);
  if (jumps === undefined) {
    jumps = plainLayer(layer.owner, layer.family, [], layer.hookings);
    known.set(layer, jumps);
  }
  return jumps;
}

/** What stands below the rules of `mode`, which has written; null: nobody has since. */
export function layersLeft(left: readonly Left[], mode: ModeName | null): readonly RuleLayer[] {
  return left.map((one) => (one.mode === mode ? jumpsOf(one.written.layer) : one.written.layer));
}

/** A process has ended: its own last of all, and its jumps where they have been. */
export function withLeft(left: readonly Left[], last: Left): readonly Left[] {
  const first = left.find(({ mode }) => mode === last.mode);
  const before = left.flatMap((one): readonly Left[] => {
    if (one.mode !== last.mode) return [one];
    return one === first
      ? [{ ...one, written: { ...one.written, layer: jumpsOf(one.written.layer) } }]
      : [];
  });
  return [...before, last];
}
