// Reads the `any` directive (CoreDNS plugin/any/setup.go): before 1.14.4 it does not even look at its arguments.

import { atLeast } from '../../kubeadm/version.ts';
import type { Setup } from '../../plugin.ts';
import { AnyHandler } from './handler.ts';

export const setup: Setup = (d, block) => {
  if (atLeast(block.version, '1.14.4')) {
    d.next();
    if (d.nextArg()) throw d.argErr();
    if (d.nextBlock()) throw d.err(`unknown property '${d.val()}'`);
  }
  return [new AnyHandler()];
};
