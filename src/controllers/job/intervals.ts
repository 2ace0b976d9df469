// Sets of completion indexes as a Job's status prints them: "1,3-5,7". Modelled after the ordered intervals of
// pkg/controller/job/indexed_job_utils.go.

/** First and last index, both in the set. */
type Interval = readonly [first: number, last: number];

/** Ascending, without gaps of zero between two of them. */
export type Intervals = readonly Interval[];

/** Both sets together. */
export function merged(a: Intervals, b: Intervals): Intervals {
  const all = [...a, ...b].sort((x, y) => x[0] - y[0] || x[1] - y[1]);
  const result: [number, number][] = [];
  for (const [first, last] of all) {
    const before = result.at(-1);
    if (before === undefined || first > before[1] + 1) result.push([first, last]);
    else before[1] = Math.max(before[1], last);
  }
  return result;
}

export function withIndexes(intervals: Intervals, indexes: Iterable<number>): Intervals {
  return merged(
    intervals,
    [...indexes].map((index) => [index, index]),
  );
}

export function total(intervals: Intervals): number {
  return intervals.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

export function has(intervals: Intervals, index: number): boolean {
  return intervals.some(([first, last]) => first <= index && index <= last);
}

/** "0,1" for two neighbours, "0-2" for more. */
export function formatIntervals(intervals: Intervals): string {
  return intervals
    .map(([first, last]) => {
      if (first === last) return String(first);
      return `${first}${last === first + 1 ? ',' : '-'}${last}`;
    })
    .join(',');
}

/** Indexes below `completions`; parts that are no numbers are passed over. */
export function parseIntervals(text: string | undefined, completions: number): Intervals {
  const parts: Interval[] = [];
  for (const part of (text ?? '').split(',')) {
    const found = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (found === null) continue;
    const first = Number(found[1]);
    if (first >= completions) break;
    parts.push([first, Math.min(Number(found[2] ?? first), completions - 1)]);
  }
  return merged(parts, []);
}

/** How many indexes are in both. */
export function overlap(a: Intervals, b: Intervals): number {
  let count = 0;
  for (const [first, last] of a) {
    for (const [from, to] of b) {
      count += Math.max(0, Math.min(last, to) - Math.max(first, from) + 1);
    }
  }
  return count;
}

/** The first `count` indexes below `completions` that are not in the set. */
export function firstMissing(
  intervals: Intervals,
  count: number,
  completions: number,
): readonly number[] {
  const result: number[] = [];
  let next = 0;
  for (const [first, last] of [...intervals, [completions, completions] as const]) {
    while (next < Math.min(first, completions) && result.length < count) result.push(next++);
    next = Math.max(next, last + 1);
  }
  return result;
}
