// Reads the `dns64` directive (CoreDNS plugin/dns64/setup.go).
import { formatCidr, parseCidr } from '../../../net/cidr.ts';
import type { Dispenser } from '../../corefile/dispenser.ts';
import type { Setup } from '../../plugin.ts';
import { Dns64Handler, type Dns64Options } from './handler.ts';

export const setup: Setup = (d) => {
  let options: Dns64Options = {
    ...prefixOf(d, '64:ff9b::/96'),
    translateAll: false,
    allowIPv4: false,
  };
  while (d.next()) {
    const args = d.remainingArgs();
    if (args.length > 1) throw d.argErr();
    if (args[0] !== undefined) {
      options = { ...options, ...prefixOf(d, args[0]) };
      continue;
    }
    while (d.nextBlock()) {
      const property = d.val();
      if (property === 'prefix') {
        if (!d.nextArg()) throw d.argErr();
        options = { ...options, ...prefixOf(d, d.val()) };
      } else if (property === 'translate_all') options = { ...options, translateAll: true };
      else if (property === 'allow_ipv4') options = { ...options, allowIPv4: true };
      else throw d.err(`unknown property '${property}'`);
    }
  }
  return [new Dns64Handler(options)];
};

function prefixOf(d: Dispenser, text: string): { readonly prefix: bigint; readonly bits: number } {
  const range = parseCidr(text);
  if (range === undefined) throw d.raw(`invalid CIDR address: ${text}`);
  const shown = JSON.stringify(formatCidr(range));
  const { low, bits } = range;
  if (typeof low === 'number') throw d.err(`invalid netmask 32 IPv6 address: ${shown}`);
  if (bits % 8 !== 0 || bits < 32 || bits > 96) throw d.err(`invalid prefix length ${shown}`);
  return { prefix: low, bits };
}
