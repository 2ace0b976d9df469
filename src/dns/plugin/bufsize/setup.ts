// Reads the `bufsize` directive (CoreDNS plugin/bufsize/setup.go).
import { atoi } from '../../go/number.ts';
import type { Setup } from '../../plugin.ts';
import { BufsizeHandler } from './handler.ts';

/** Bytes; what DNS flag day 2020 recommends. */
const usual = 1232;

export const setup: Setup = (d) => {
  d.next();
  const args = d.remainingArgs();
  const size = args[0] === undefined ? usual : atoi(args[0]);
  if (args.length > 1 || typeof size === 'string' || size < 512 || size > 4096) {
    // Upstream puts the plugin's name in front twice.
    const wrong = d.argErr();
    throw d.raw(`plugin/bufsize: ${wrong.message}`);
  }
  return [new BufsizeHandler(size)];
};
