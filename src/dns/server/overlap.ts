// Which zones may not be served side by side (CoreDNS core/dnsserver/address.go zoneOverlap): the same one twice on one
// address, or once on an address and once on all of them.
import { type Addr, formatAddr } from '../../net/addr.ts';

interface Listening {
  readonly scheme: string;
  readonly zone: string;
  readonly port: number;
  readonly addr: Addr | null;
}

/** Takes one after the other; a text says why this one cannot be served, null that it can. */
export function overlapOf(): (site: Listening) => string | null {
  const registered = new Set<string>();
  /** Without the address -> as it was registered last. */
  const unbound = new Map<string, string>();
  return ({ scheme, zone, port, addr }) => {
    const anywhere = `${scheme}://${zone}:${port}`;
    const own = addr === null ? anywhere : `${anywhere} on ${formatAddr(addr)}`;
    if (registered.has(own)) return `cannot serve ${own} - it is already defined`;
    const other = unbound.get(anywhere);
    const clash = addr === null ? other : registered.has(anywhere) ? anywhere : undefined;
    if (clash !== undefined) {
      return `cannot serve ${own} - zone overlap listener capacity with ${clash}`;
    }
    registered.add(own);
    unbound.set(anywhere, own);
    return null;
  };
}
