// Lines of a hosts file to addresses by name and names by address (CoreDNS plugin/hosts/hostsfile.go).
import { type Addr, parseAddr } from '../../../net/addr.ts';
import { absolute, longestZone, lower } from '../../message/name.ts';

export interface HostsMap {
  /** Lower-case absolute name -> addresses in the order of the lines. */
  readonly v4: ReadonlyMap<string, readonly number[]>;
  readonly v6: ReadonlyMap<string, readonly bigint[]>;
  readonly names: ReadonlyMap<Addr, readonly string[]>;
  /** Of all its lines, names counted once for each direction. */
  readonly size: number;
}

export interface HostsRules {
  /** Only names of these zones are kept. */
  readonly origins: readonly string[];
  readonly reverse: boolean;
  /** Names that begin with `*.` stand for others, and have no reverse. */
  readonly wildcards: boolean;
}

/** An IPv4 address in IPv6's clothes is one of IPv4. */
export function plainAddr(addr: Addr): Addr {
  return typeof addr === 'bigint' && addr >> 32n === 0xffffn ? Number(addr & 0xffffffffn) : addr;
}

export function readHosts(text: string, rules: HostsRules): HostsMap {
  const v4 = new Map<string, number[]>();
  const v6 = new Map<string, bigint[]>();
  const names = new Map<Addr, string[]>();
  let size = 0;
  for (const line of text.split('\n')) {
    const [first = '', ...rest] = line
      .replace(/#.*/, '')
      .split(/[ \t\r\v\f]+/)
      .filter((word) => word !== '');
    const parsed = parseAddr(first.replace(/%.*/, ''));
    if (parsed === undefined) continue;
    const addr = plainAddr(parsed);
    for (const word of rest) {
      const name = lower(absolute(word));
      if (longestZone(rules.origins, name) === undefined) continue;
      if (typeof addr === 'number') v4.set(name, [...(v4.get(name) ?? []), addr]);
      else v6.set(name, [...(v6.get(name) ?? []), addr]);
      size++;
      if (!rules.reverse || (rules.wildcards && name.startsWith('*.'))) continue;
      names.set(addr, [...(names.get(addr) ?? []), name]);
      size++;
    }
  }
  return { v4, v6, names, size };
}

/** The addresses of a lower-case name. */
export function addressesOf<A extends Addr>(
  map: ReadonlyMap<string, readonly A[]>,
  name: string,
  wildcards: boolean,
): readonly A[] {
  // Without wildcards a name that begins so is one like any other.
  const exact = wildcards && name.startsWith('*.') ? undefined : map.get(name);
  if (exact !== undefined) return exact;
  const dot = /(?:^|[^\\])(?:\\\\)*\./.exec(name);
  if (!wildcards || dot === null) return [];
  return map.get(`*.${name.slice(dot.index + dot[0].length)}`) ?? [];
}
