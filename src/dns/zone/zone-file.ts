// A zone out of a file that is read again from time to time (CoreDNS plugin/file/reload.go). A tick that has passed is
// made up for when somebody asks, so a change is seen at the next question after a tick.
import { goQuote } from '../../api/field/errors.ts';
import type { Turn } from '../plugin.ts';
import { readZoneFile, type Zone } from './zone.ts';

/** Never changed in place: forks share it until one of them reads anew. */
export interface ZoneFile {
  readonly path: string;
  /** 0: it is read once. */
  readonly reloadMs: number;
  readonly zone: Zone;
  /** Virtual time from which ticks count; null: nobody has asked yet. */
  readonly sinceMs: number | null;
  /** Ticks since then. */
  readonly tick: number;
  /** Whether a changed text is enough: the serial counts otherwise. */
  readonly byText: boolean;
  readonly text: string;
}

/** The same after the ticks up to now. */
export function refreshed(file: ZoneFile, turn: Turn): ZoneFile {
  const nowMs = turn.nowMs();
  if (file.reloadMs === 0) return file;
  const sinceMs = file.sinceMs ?? nowMs;
  const tick = Math.floor((nowMs - sinceMs) / file.reloadMs);
  if (tick <= file.tick) return file.sinceMs === null ? { ...file, sinceMs } : file;
  return readAgain({ ...file, sinceMs, tick }, turn);
}

function readAgain(file: ZoneFile, turn: Turn): ZoneFile {
  const { path, zone, byText } = file;
  const { origin, facts, soa } = zone;
  const { environment } = turn;
  const text = environment.readFile(path);
  const about = `zone ${goQuote(origin)}`;
  const log = (level: string, line: string): void =>
    environment.log(`[${level}] plugin/file: ${line}`);
  if (text === undefined) {
    const why = `open ${path}: no such file or directory`;
    log('ERROR', `Failed to open ${about} in ${goQuote(path)}: ${why}`);
    return file;
  }
  if (byText && text === file.text) return file;
  const read = readZoneFile(text, {
    origin,
    file: path,
    facts,
    serial: byText ? 0 : (soa?.serial ?? -1),
    readFile: (included) => environment.readFile(included),
  });
  if (read.kind === 'failed') log('ERROR', `Parsing ${about}: ${read.why}`);
  if (read.kind !== 'zone') return file;
  const serial = read.soa.serial;
  log('INFO', `Successfully reloaded ${about} in ${goQuote(path)} with ${serial} SOA serial`);
  return { ...file, zone: read.zone, text };
}
