// Reads the `chaos` directive (CoreDNS plugin/chaos/setup.go). The maintainers' names, which upstream answers for
// authors.bind unless told others, are not kept here.

import { byCodeUnit } from '../../../sim/table.ts';
import { atLeast } from '../../kubeadm/version.ts';
import type { Setup } from '../../plugin.ts';
import { ChaosHandler } from './handler.ts';

export const setup: Setup = (d, block) => {
  d.next();
  const [version, ...authors] = d.remainingArgs();
  if (atLeast(block.version, '1.14.4') && d.nextBlock()) {
    throw d.err(`unknown property '${d.val()}'`);
  }
  const options = {
    version: version ?? `CoreDNS-${block.version}`,
    authors: [...new Set(authors)].sort(byCodeUnit),
  };
  return [new ChaosHandler(options)];
};
