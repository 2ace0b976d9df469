// Reads the `erratic` directive (CoreDNS plugin/erratic/setup.go).
import type { Dispenser } from '../../corefile/dispenser.ts';
import { parseDuration } from '../../go/duration.ts';
import { atoi } from '../../go/number.ts';
import { atLeast } from '../../kubeadm/version.ts';
import type { Setup } from '../../plugin.ts';
import { ErraticHandler } from './handler.ts';

export const setup: Setup = (d, { version }) => {
  const draft = { drop: 2, delay: 0, truncate: 0n, delayMs: 0, large: false };
  let dropSeen = false;
  while (d.next()) {
    while (d.nextBlock()) {
      const property = d.val();
      if (property === 'large') {
        draft.large = true;
        continue;
      }
      if (property !== 'drop' && property !== 'delay' && property !== 'truncate') {
        throw d.err(`unknown property '${property}'`);
      }
      const args = d.remainingArgs();
      if (args.length > (property === 'delay' ? 2 : 1)) throw d.argErr();
      if (property === 'delay') Object.assign(draft, { delay: 2, delayMs: 100 });
      if (property === 'truncate' && atLeast(version, '1.14.5')) draft.truncate = 2n;
      const [text, duration] = args;
      if (text === undefined) continue;
      const amount = amountOf(d, text);
      if (property === 'truncate') draft.truncate = BigInt(amount);
      else draft[property] = amount;
      dropSeen ||= property === 'drop';
      if (duration !== undefined) draft.delayMs = durationOf(d, duration);
    }
  }
  const others = draft.delay > 0 || draft.truncate > 0n;
  return [new ErraticHandler(others && !dropSeen ? { ...draft, drop: 0 } : draft)];
};

/** strconv.ParseInt(text, 10, 32), not negative. */
function amountOf(d: Dispenser, text: string): number {
  const value = atoi(text);
  if (typeof value === 'string') throw d.raw(value.replace('Atoi', 'ParseInt'));
  if (value >= 2 ** 31 || value < -(2 ** 31)) {
    throw d.raw(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`);
  }
  if (value < 0) throw d.raw(`illegal amount value given ${JSON.stringify(text)}`);
  return value;
}

function durationOf(d: Dispenser, text: string): number {
  const value = parseDuration(text);
  if (typeof value === 'string') throw d.raw(value);
  return value;
}
