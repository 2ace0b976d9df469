// Reads the `bind` directive (CoreDNS plugin/bind/setup.go): the addresses a server block listens on. It has no handler.
// Interfaces are a Pod's: `lo`, and `eth0` with all its addresses.
import { type Addr, parseAddr } from '../../../net/addr.ts';
import type { Dispenser } from '../../corefile/dispenser.ts';

const loopback: readonly Addr[] = [0x7f000001, 1n];

/** All `bind` lines of a block together. `localAddrs`: the machine's; absent: any address is one. */
export function bindAddresses(
  d: Dispenser,
  localAddrs: readonly Addr[] | undefined,
): readonly Addr[] {
  const all: Addr[] = [];
  while (d.next()) {
    const given = d.remainingArgs();
    if (given.length === 0) throw d.raw('at least one address or interface name is expected');
    let except: readonly string[] = [];
    while (d.nextBlock()) {
      if (d.val() !== 'except') throw d.raw(`invalid option "${d.val()}"`);
      except = d.remainingArgs();
      if (except.length === 0) {
        throw d.raw('at least one address or interface must be given to except subdirective');
      }
    }
    const addresses = given.flatMap((text) => addressesOf(d, text, localAddrs));
    const excluded = new Set(except.flatMap((text) => addressesOf(d, text, localAddrs)));
    all.push(...addresses.filter((addr) => !excluded.has(addr)));
  }
  return all;
}

/** Whether the machine can listen there. */
export function isLocal(addr: Addr, localAddrs: readonly Addr[]): boolean {
  if (addr === 0 || addr === 0n || addr === 1n) return true;
  return localAddrs.includes(addr) || (typeof addr === 'number' && addr >>> 24 === 127);
}

function addressesOf(
  d: Dispenser,
  text: string,
  localAddrs: readonly Addr[] | undefined,
): readonly Addr[] {
  if (text === 'lo') return loopback;
  if (text === 'eth0') return localAddrs ?? [];
  const addr = parseAddr(text);
  if (addr === undefined) throw d.raw(`not a valid IP address or interface name: "${text}"`);
  return [addr];
}
