// The recent lists of the lab's nodes and what the simulated nodes have on theirs. The kernel's clock is not the virtual
// one: whoever has been on a list for too long by virtual time is taken off it, whoever is missing is put on it.

import { formatAddr } from '../../net/addr.ts';
import type { Seen } from '../../netfilter/netfilter.ts';

export class Recent {
  /** Node -> "LIST ADDRESS" lines that its kernel has. */
  readonly #kernel = new Map<string, string>();

  /** What must be written to a node's lists, "LIST ADDRESS" each, after all of them were cleared; null: nothing. `rules`
   * say how long an entry counts. */
  update(
    node: string,
    rules: string,
    seen: readonly Seen[],
    nowMs: number,
  ): readonly string[] | null {
    const seconds = secondsOf(rules);
    const valid = seen.filter(({ list, stampMs }) => {
      const least = seconds.get(list);
      return least !== undefined && stampMs >= nowMs - least * 1000;
    });
    const lines = linesOf(valid);
    const text = lines.join('\n');
    if (text === (this.#kernel.get(node) ?? '')) return null;
    this.#kernel.set(node, text);
    return lines;
  }

  /** The node's kernel has come to this by itself. */
  noted(node: string, seen: readonly Seen[]): void {
    this.#kernel.set(node, linesOf(seen).join('\n'));
  }
}

function linesOf(seen: readonly Seen[]): readonly string[] {
  return seen.map(({ list, addr }) => `${list} ${formatAddr(addr)}`).sort();
}

/** List -> how many seconds an entry counts, as the rules have it. */
function secondsOf(rules: string): ReadonlyMap<string, number> {
  const found = rules.matchAll(/ -m recent --rcheck --seconds (\d+).*? --name (\S+)/g);
  return new Map([...found].map(([, seconds, list]) => [list ?? '', Number(seconds)]));
}
