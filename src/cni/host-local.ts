// Address management as the CNI plugin host-local does it: per range the lowest free address after the last one given
// out, round at the end; the gateway (first host) is never given out. Addresses that were fixed beforehand are honoured
// wherever they lie and do not move the place to go on from. Models plugins/ipam/host-local/backend/allocator.
import { type Addr, familyOf, formatAddr } from '../net/addr.ts';
import { type Cidr, contains, formatCidr, nth, size } from '../net/cidr.ts';
import { Table } from '../sim/table.ts';

export type Allocation =
  | { readonly kind: 'allocated'; readonly addr: Addr }
  /** As the plugin words it; it ends up in the Pod's FailedCreatePodSandBox event. */
  | { readonly kind: 'failed'; readonly message: string };

export class HostLocal {
  /** Range -> offset of the address given out last. */
  #last = new Table<number>();
  /** Address -> who has it; "" when it is kept for somebody. */
  #owners = new Table<string>();
  /** Owner -> its addresses. */
  #held = new Table<readonly Addr[]>();
  /** Addresses that are kept for whoever asks for them by name. */
  #aside = new Table<true>();

  fork(): HostLocal {
    const copy = new HostLocal();
    copy.#last = this.#last.fork();
    copy.#owners = this.#owners.fork();
    copy.#held = this.#held.fork();
    copy.#aside = this.#aside.fork();
    return copy;
  }

  /** Keeps an address from being handed out to anybody who does not ask for it by name. */
  setAside(value: Addr): void {
    this.#aside.set(formatAddr(value), true);
    if (!this.#owners.has(formatAddr(value))) this.#owners.set(formatAddr(value), '');
  }

  /** Gives `owner` the wanted address, or the next free one of the range. */
  allocate(range: Cidr, owner: string, wanted: Addr | null = null): Allocation {
    if (wanted === null) return this.#next(range, owner);
    if (contains(range, wanted) && wanted === nth(range, 1)) {
      return failed(`requested ip ${formatAddr(wanted)} is subnet's gateway`);
    }
    const taken = this.#owners.get(formatAddr(wanted));
    if (taken !== undefined && taken !== '' && taken !== owner) {
      const where = `${formatAddr(nth(range, 1))}-${formatAddr(nth(range, lastOffset(range)))}`;
      const what = `requested IP address ${formatAddr(wanted)}`;
      return failed(`${what} is not available in range set ${where}`);
    }
    return this.#give(wanted, owner);
  }

  /** Frees everything that `owner` has; the place to go on from stays. */
  release(owner: string): void {
    for (const value of this.#held.get(owner) ?? []) {
      const text = formatAddr(value);
      if (this.#aside.has(text)) this.#owners.set(text, '');
      else this.#owners.delete(text);
    }
    this.#held.delete(owner);
  }

  #next(range: Cidr, owner: string): Allocation {
    const key = formatCidr(range);
    const end = lastOffset(range);
    if (end < 2) return failed(`Network ${key} too small to allocate from`);
    const last = this.#last.get(key) ?? 1;
    for (let step = 1; step <= end; step++) {
      const offset = ((last + step - 1) % end) + 1;
      const value = nth(range, offset);
      if (offset === 1 || this.#owners.has(formatAddr(value))) continue;
      this.#last.set(key, offset);
      return this.#give(value, owner);
    }
    const where = `${formatAddr(nth(range, 1))}-${formatAddr(nth(range, end))}`;
    return failed(`no IP addresses available in range set: ${where}`);
  }

  #give(value: Addr, owner: string): Allocation {
    this.#owners.set(formatAddr(value), owner);
    this.#held.set(owner, [...(this.#held.get(owner) ?? []), value]);
    return { kind: 'allocated', addr: value };
  }
}

/** The last address that is given out: the IPv4 broadcast address is not. */
function lastOffset(range: Cidr): number {
  return size(range) - (familyOf(range.low) === 4 ? 2 : 1);
}

function failed(message: string): Allocation {
  return { kind: 'failed', message };
}
