// Reads the `file` directive (CoreDNS plugin/file/setup.go) and its zone files.

import { formatGoDuration } from '../../../api/go-duration.ts';
import type { Dispenser } from '../../corefile/dispenser.ts';
import { type Fallthrough, fallthroughOf, originsOf } from '../../fallthrough.ts';
import { parseDuration } from '../../go/duration.ts';
import type { BlockContext, Setup } from '../../plugin.ts';
import { type ZoneFacts, zoneFactsOf } from '../../zone/facts.table.ts';
import { emptyZone, readZoneFile, type Zone } from '../../zone/zone.ts';
import type { ZoneFile } from '../../zone/zone-file.ts';
import { FileHandler } from './handler.ts';

interface Options {
  reloadMs: number;
  byText: boolean;
  fall: Fallthrough;
}

const minute = 60_000;

/** Throws what CoreDNS ends with when a file is there and wrong. */
function zoneOfFile(
  d: Dispenser,
  block: BlockContext,
  path: string,
  origin: string,
  facts: ZoneFacts,
  text: string | undefined,
): Zone {
  if (text === undefined) return emptyZone(origin, facts);
  const { readFile } = block;
  const read = readZoneFile(text, { origin, file: path, facts, serial: 0, readFile });
  if (read.kind !== 'zone') throw d.raw(read.why);
  return read.zone;
}

function property(d: Dispenser, draft: Options, facts: ZoneFacts): void {
  const name = d.val();
  if (name === 'fallthrough' && facts.fallthrough) {
    draft.fall = fallthroughOf(d.remainingArgs());
  } else if (name === 'reload') {
    const [text] = d.remainingArgs();
    if (text === undefined) throw d.raw('reload duration value is expected');
    const reload = parseDuration(text);
    if (typeof reload === 'string') throw d.raw(`plugin/file: ${reload}`);
    draft.reloadMs = reload;
  } else if (name === 'reload_by_mtime' && facts.reloadByMtime) draft.byText = true;
  else if (name === 'upstream') d.remainingArgs();
  else throw d.err(`unknown property '${name}'`);
}

export const setup: Setup = (d, block) => {
  const facts = zoneFactsOf(block.version);
  const files = new Map<string, ZoneFile>();
  // One set of options for all stanzas: each starts from what the one before had.
  const draft: Options = { reloadMs: minute, byText: false, fall: [] };
  let missing: string | null = null;
  while (d.next()) {
    if (!d.nextArg()) throw d.argErr();
    const path = block.pathOf(d.val());
    const origins = originsOf(d.remainingArgs(), block.zones);
    const text = block.readFile(path);
    if (text === undefined) missing = `open ${path}: no such file or directory`;
    const known = missing === null ? text : undefined;
    const zones = origins.map((origin) => zoneOfFile(d, block, path, origin, facts, known));
    while (d.nextBlock()) property(d, draft, facts);
    const { reloadMs, byText } = draft;
    for (const zone of zones) {
      const about = { path, reloadMs, byText, text: text ?? '' };
      files.set(zone.origin, { ...about, zone, sinceMs: null, tick: 0 });
    }
  }
  if (missing !== null) {
    if (draft.reloadMs === 0) throw d.raw(`plugin/file: ${missing}`);
    const again = formatGoDuration(draft.reloadMs);
    block.log(`[WARNING] plugin/file: Failed to open "${missing}": trying again in ${again}`);
  }
  return [new FileHandler(files, draft.fall, facts)];
};
