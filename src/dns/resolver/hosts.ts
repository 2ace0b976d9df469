// /etc/hosts as resolvers read it: address first, then names; `#` starts a comment (hosts(5)).
import { type Addr, parseAddr } from '../../net/addr.ts';
import type { ResolverKind } from './flavour.table.ts';

export interface HostsEntry {
  readonly addr: Addr;
  readonly names: readonly string[];
}

/** Lines with an address and at least one name; the others are ignored, as C libraries do. */
export function parseHosts(text: string): readonly HostsEntry[] {
  const entries: HostsEntry[] = [];
  for (const line of text.split('\n')) {
    const [first = '', ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/);
    const addr = parseAddr(first);
    if (addr !== undefined && names.length > 0) entries.push({ addr, names });
  }
  return entries;
}

/** Addresses of a name, in file order. Only Go overlooks a dot at the name's end, only musl tells capitals apart. */
export function hostAddresses(
  entries: readonly HostsEntry[],
  name: string,
  kind: ResolverKind,
): readonly Addr[] {
  const wanted = kind === 'go' ? name.replace(/\.$/, '') : name;
  const isSame = (one: string) =>
    one === wanted || (kind !== 'musl' && one.toLowerCase() === wanted.toLowerCase());
  return entries.filter((entry) => entry.names.some(isSame)).map((entry) => entry.addr);
}

/** The canonical name of an address: the first name of its first line. */
export function hostName(entries: readonly HostsEntry[], addr: Addr): string | undefined {
  return entries.find((entry) => entry.addr === addr)?.names[0];
}
