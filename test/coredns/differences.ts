// What a real CoreDNS and ours answered differently. Sections are compared as sets: slices and Services come out of Go's
// maps, and records of each keep their order only within a slice. That a CNAME comes before what it points to is compared.
import type { Answered } from '../real-coredns.ts';
import type { Asker } from './ask.ts';

export function differences(answered: Answered, ours: Asker): readonly string[] {
  return answered.asks.flatMap((ask, i) => {
    const want = answered.answers[i] ?? [];
    const got = ours(ask);
    if (comparable(want) === comparable(got)) return [];
    const lines = (label: string, all: readonly string[]) => `  ${label}: ${all.join('; ')}`;
    const head = `${answered.variant}: ${ask.name} ${ask.type}`;
    return [`${head}\n${lines('real', want)}\n${lines('ours', got)}`];
  });
}

/** Equal for replies that say the same. */
export function comparable(lines: readonly string[]): string {
  const aliasFirst = / CNAME /.test(lines.find((line) => line.startsWith('answer')) ?? '');
  return [`${aliasFirst}`, ...[...lines].sort()].join('\n');
}
