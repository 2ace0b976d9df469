// The `fallthrough [ZONES...]` option that several plugins share (CoreDNS plugin/pkg/fall): which names go on to the
// next plugin when this one has no answer.
import { zonesOf } from './corefile/zone-key.ts';
import { longestZone } from './message/name.ts';

/** Zones whose names fall through; empty: none do. */
export type Fallthrough = readonly string[];

/** No zone listed means all of them. */
export function fallthroughOf(args: readonly string[]): Fallthrough {
  if (args.length === 0) return ['.'];
  return args.flatMap((zone) => zonesOf(zone) ?? []);
}

export function fallsThrough(zones: Fallthrough, qname: string): boolean {
  return longestZone(zones, qname) !== undefined;
}

/** Zones given as arguments, or the block's own; an argument that is no name is left out without a word (CoreDNS
 * plugin.OriginsFromArgsOrServerBlock). */
export function originsOf(args: readonly string[], block: readonly string[]): readonly string[] {
  if (args.length === 0) return block;
  return args.flatMap((zone) => zonesOf(zone) ?? []);
}
