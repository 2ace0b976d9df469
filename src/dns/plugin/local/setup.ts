// Reads the `local` directive (CoreDNS plugin/local/setup.go): before 1.14.4 it does not even look at its arguments, from
// 1.14.5 on `localhost_prefix off` leaves out names that begin with localhost.
import type { Dispenser } from '../../corefile/dispenser.ts';
import { atLeast } from '../../kubeadm/version.ts';
import type { Setup } from '../../plugin.ts';
import { LocalHandler } from './handler.ts';

export const setup: Setup = (d, { version }) => {
  const hasSuffix = atLeast(version, '1.14.5');
  let hasPrefix = true;
  if (atLeast(version, '1.14.4')) {
    while (d.next()) {
      if (d.remainingArgs().length > 0) throw d.argErr();
      while (d.nextBlock()) {
        if (!hasSuffix || d.val() !== 'localhost_prefix') {
          throw d.err(`unknown property '${d.val()}'`);
        }
        hasPrefix = prefixIn(d);
      }
    }
  }
  return [new LocalHandler({ hasPrefix, hasSuffix })];
};

function prefixIn(d: Dispenser): boolean {
  const args = d.remainingArgs();
  const [word = ''] = args;
  if (args.length !== 1) throw d.argErr();
  if (word === 'on' || word === 'off') return word === 'on';
  throw d.err(`localhost_prefix expects 'on' or 'off', got ${JSON.stringify(word)}`);
}
