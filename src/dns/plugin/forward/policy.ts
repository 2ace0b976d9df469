// In which order the upstreams of a query are tried (CoreDNS plugin/forward/policy.go).
import type { Choices } from '../../../sim/choices.ts';

const POINT = 'dns/forward';

/** Every order is as likely as any other. */
export function permuted<T>(list: readonly T[], choices: Choices): readonly T[] {
  const left = [...list];
  const out: T[] = [];
  while (left.length > 1) {
    const pick = choices.pick(POINT, new Array<number>(left.length).fill(1));
    out.push(...left.splice(pick, 1));
  }
  return [...out, ...left];
}

/** The first of a random order. */
export function anyOf<T>(list: readonly T[], choices: Choices): T {
  const pick = list.length < 2 ? 0 : choices.pick(POINT, new Array<number>(list.length).fill(1));
  return list[pick] as T;
}

/** The counter goes up first: the first query begins with the second upstream; the others follow in their order. */
export function rotated<T>(list: readonly T[], counter: number): readonly T[] {
  const first = counter % list.length;
  return [...list.slice(first, first + 1), ...list.slice(0, first), ...list.slice(first + 1)];
}
