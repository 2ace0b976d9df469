// Reads the `errors` directive (CoreDNS plugin/errors/setup.go). `consolidate` groups log lines over time and is
// refused: nothing here wakes up to print a summary.
import type { Setup } from '../../plugin.ts';
import { ErrorsHandler } from './handler.ts';

export const setup: Setup = (d) => {
  let seen = false;
  while (d.next()) {
    if (seen) throw d.raw('this plugin can only be used once per Server Block');
    seen = true;
    const args = d.remainingArgs();
    if (args.length > 1) throw d.argErr();
    if (args.length === 1 && args[0] !== 'stdout') throw d.raw(`invalid log file: ${args[0]}`);
    while (d.nextBlock()) {
      if (d.val() === 'stacktrace') continue;
      if (d.val() === 'consolidate') {
        throw d.err('consolidate is not modelled', 'leave the option out');
      }
      throw d.err(`unknown property '${d.val()}'`);
    }
  }
  return [new ErrorsHandler()];
};
