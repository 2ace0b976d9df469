// Reads the `nsid` directive (CoreDNS plugin/nsid/setup.go).
import { utf8 } from '../../go/bytes.ts';
import type { Setup } from '../../plugin.ts';
import { NsidHandler } from './handler.ts';

export const setup: Setup = (d, block) => {
  let data = (block.readFile('/etc/hostname') ?? 'localhost').trim();
  for (let seen = 0; d.next(); seen++) {
    if (seen > 0) throw d.raw('this plugin can only be used once per Server Block');
    const args = d.remainingArgs();
    if (args.length > 0) data = args.join(' ');
  }
  return [new NsidHandler(utf8(data))];
};
