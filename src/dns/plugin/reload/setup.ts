// Reads the `reload` directive (CoreDNS plugin/reload/setup.go): how often the process looks at its Corefile. No handler;
// src/cluster/reload.ts looks.
import { parseDuration } from '../../go/duration.ts';
import { atLeast } from '../../kubeadm/version.ts';
import type { Setup } from '../../plugin.ts';

const usual = { intervalMs: 30_000, jitterMs: 15_000 };
const least = { intervalMs: 2000, jitterMs: 1000 };

export const setup: Setup = (d, { version, declare }) => {
  d.next();
  const args = d.remainingArgs();
  if (args.length > 2) throw d.argErr();
  const read = (text: string | undefined, otherwise: number): number => {
    if (text === undefined) return otherwise;
    const ms = parseDuration(text);
    if (typeof ms === 'string') throw d.raw(ms);
    return ms;
  };
  const intervalMs = read(args[0], usual.intervalMs);
  if (intervalMs < least.intervalMs) {
    throw d.raw('interval value must be greater or equal to 2s');
  }
  const jitterMs = read(args[1], usual.jitterMs);
  const mayBeZero = atLeast(version, '1.14.2');
  if (jitterMs < least.jitterMs && !(mayBeZero && jitterMs === 0)) {
    const zero = mayBeZero ? 'be 0 or ' : 'be ';
    throw d.raw(`jitter value must ${zero}greater or equal to 1s`);
  }
  const isNamed = args[0] !== undefined;
  declare({ kind: 'reload', intervalMs, jitterMs: Math.min(jitterMs, intervalMs / 2), isNamed });
  return [];
};
