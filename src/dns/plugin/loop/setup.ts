// Reads the `loop` directive (CoreDNS plugin/loop/setup.go): it looks at the zone of the block's first key.
import type { Setup } from '../../plugin.ts';
import { LoopHandler } from './handler.ts';

const usualPort = 53;

export const setup: Setup = (d, { zones, ports }) => {
  let isRead = false;
  while (d.next()) {
    if (isRead) throw d.raw('this plugin can only be used once per Server Block');
    isRead = true;
    if (d.nextArg()) throw d.argErr();
  }
  return [new LoopHandler(zones[0] ?? '.', ports[0] ?? usualPort)];
};
