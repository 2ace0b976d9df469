// What nft refuses of a sync: up to 1.34 local traffic that is told by the prefix of a device's name is written
// `iif veth*`, and iif wants a device of that very name. Transactions are all or nothing, so nothing of the sync is loaded.
// Measured with kube-proxy 1.34.1 and nft 1.0.6.
import type { ProxyTable } from './layer.ts';
import { fullSyncText } from './sync.ts';

/** nft tells of no more mistakes at once. */
const mostErrors = 10;

/** nft's standard error, lines without their ends; null: it takes everything. */
export function refusedSync(table: ProxyTable): readonly string[] | null {
  const { detector, features } = table.settings;
  if (detector?.kind !== 'interface' || features.interfaceField !== 'iif') return null;
  if (!detector.name.endsWith('+')) return null;
  const name = `${detector.name.slice(0, -1)}*`;
  const errors: string[] = [];
  for (const [i, line] of fullSyncText(table).split('\n').entries()) {
    const at = devicesAt(line, name);
    if (at < 0) continue;
    const place = `/dev/stdin:${i + 1}:${at + 1}-${at + name.length}`;
    errors.push(`${place}: Error: Interface does not exist`, line, marks(at, name.length));
    if (errors.length === 3 * mostErrors) break;
  }
  return errors.length === 0 ? null : errors;
}

function devicesAt(line: string, name: string): number {
  for (const word of [' iif != ', ' iif ']) {
    const at = line.indexOf(`${word}${name} `);
    if (at >= 0) return at + word.length;
  }
  return -1;
}

function marks(at: number, length: number): string {
  return `${' '.repeat(at)}${'^'.repeat(length)}`;
}
