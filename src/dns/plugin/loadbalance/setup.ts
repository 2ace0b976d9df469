// Reads the `loadbalance` directive (CoreDNS plugin/loadbalance/setup.go). `weighted` reads a file beside the
// Corefile and is refused, as is `prefer`.
import type { Setup } from '../../plugin.ts';
import { LoadbalanceHandler } from './handler.ts';

export const setup: Setup = (d) => {
  while (d.next()) {
    const [policy, ...rest] = d.remainingArgs();
    if (policy === 'weighted') {
      throw d.err('policy weighted is not modelled', 'use loadbalance without arguments');
    }
    if (policy !== undefined && policy !== 'round_robin') {
      throw d.raw(`unknown policy: ${policy}`);
    }
    if (rest.length > 0) throw d.raw(`unknown property for ${policy}`);
    while (d.nextBlock()) {
      if (d.val() === 'prefer') throw d.err('prefer is not modelled', 'leave the option out');
      throw d.err(`unknown property '${d.val()}'`);
    }
  }
  return [new LoadbalanceHandler()];
};
