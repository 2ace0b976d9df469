// The ranges of the ServiceCIDR objects that kube-proxies watch since 1.33, as an immutable value. The cluster's own comes
// first, then the others by name, where upstream's order is that of a Go set.
// Models ServiceCIDRConfig of pkg/proxy/config, whose handlers only remember the ranges: no sync follows.
import type { ServiceCIDR } from '../api/service-cidr/rules.ts';
import type { WatchEvent } from '../api/types.ts';
import { type Cidr, parseCidr } from '../net/cidr.ts';
import { byCodeUnit } from '../sim/table.ts';

export class ServiceRanges {
  /** Each range once; the same list as long as nothing changes. */
  readonly all: readonly Cidr[];
  readonly #first: readonly Cidr[];
  readonly #byName: ReadonlyMap<string, readonly Cidr[]>;

  /** `first`: what is there before any object is. */
  constructor(
    first: readonly Cidr[],
    byName: ReadonlyMap<string, readonly Cidr[]> = new Map(),
    before: readonly Cidr[] = first,
  ) {
    this.#first = first;
    this.#byName = byName;
    const all = byName.size === 0 ? first : ranges(first, byName);
    this.all = text(all) === text(before) ? before : all;
  }

  withEvent({ key, type, object }: WatchEvent): ServiceRanges {
    const byName = new Map(this.#byName);
    if (type === 'DELETED') byName.delete(key);
    else byName.set(key, rangesOf(object as unknown as ServiceCIDR));
    return new ServiceRanges(this.#first, byName, this.all);
  }
}

function rangesOf({ spec }: ServiceCIDR): readonly Cidr[] {
  return (spec?.cidrs ?? []).flatMap((one) => parseCidr(one) ?? []);
}

function ranges(
  first: readonly Cidr[],
  byName: ReadonlyMap<string, readonly Cidr[]>,
): readonly Cidr[] {
  const names = [...byName.keys()].sort(byCodeUnit);
  const there = new Map(names.flatMap((name) => byName.get(name) ?? []).map((r) => [text([r]), r]));
  const own = first.flatMap((range) => there.get(text([range])) ?? []);
  return [...own, ...[...there.values()].filter((range) => !own.includes(range))];
}

function text(list: readonly Cidr[]): string {
  return list.map(({ low, bits }) => `${low}/${bits}`).join();
}
