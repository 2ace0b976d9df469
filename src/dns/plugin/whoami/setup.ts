// Reads the `whoami` directive (CoreDNS plugin/whoami/setup.go).
import type { Setup } from '../../plugin.ts';
import { WhoamiHandler } from './handler.ts';

export const setup: Setup = (d) => {
  d.next();
  if (d.nextArg()) throw d.argErr();
  return [new WhoamiHandler()];
};
