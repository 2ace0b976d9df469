// What the agent is told for a namespace to forget what packets have left behind there: connections, recent lists, what rules
// put into sets.
import type { Command } from './agent.ts';
import type { NftSetName } from './rules.ts';

export type Files = readonly (readonly [path: string, value: string])[];

const recentFolder = '/proc/self/net/xt_recent';

export function writing(space: number, files: Files): Command {
  const words = ['write', space, ...files.flat()];
  return { words, verb: 'wrote', about: 'the lab could not be set up' };
}

/** Makes the recent lists hold these lines, "LIST ADDRESS", and nothing else. */
export function recalling(space: number, recent: readonly string[]): Command {
  const entries = recent.map((line): [string, string] => {
    const [list = '', address = ''] = line.split(' ');
    return [`${recentFolder}/${list}`, `+${address}`];
  });
  return writing(space, [[`${recentFolder}/*`, '/'], ...entries]);
}

/** All connections, but for those that began so: "PROTOCOL SOURCE DESTINATION". */
export function flushing(space: number, keep: readonly string[] = []): Command {
  const words = ['flush', space, ...keep];
  return { words, verb: 'flushed', about: 'conntrack could not be flushed' };
}

/** Nothing where there are no sets. */
export function emptying(space: number, sets: readonly NftSetName[]): readonly Command[] {
  if (sets.length === 0) return [];
  const names = sets.flatMap(({ family, table, set }) => [family, table, set]);
  const words = ['empty', space, ...names];
  return [{ words, verb: 'emptied', about: 'sets could not be emptied' }];
}
