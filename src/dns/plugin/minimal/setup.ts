// Reads the `minimal` directive (CoreDNS plugin/minimal/setup.go).
import type { Setup } from '../../plugin.ts';
import { MinimalHandler } from './handler.ts';

export const setup: Setup = (d) => {
  d.next();
  if (d.nextArg()) throw d.argErr();
  return [new MinimalHandler()];
};
