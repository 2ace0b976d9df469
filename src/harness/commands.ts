// `I run "..."` and `it prints:`. Commands are kubectl's; what runs inside a Pod is started by `kubectl exec`.
import { InputError } from '../api/input-error.ts';
import { expect, fail } from './fail.ts';
import { kubectl } from './kubectl.ts';
import { stepFile } from './paths.ts';
import { linesOf } from './tables.ts';
import { words } from './words.ts';
import type { SvcWorld } from './world.ts';

/** Runs one command line. */
export function runs(world: SvcWorld, line: string): void {
  const [program = '', ...args] = words(line);
  if (program !== 'kubectl') {
    throw new InputError('usage', `cannot run "${program}" here`, {
      position: world.step,
      hint: 'write kubectl get ..., or kubectl exec -n NS POD -- COMMAND for a program inside a Pod',
    });
  }
  const cluster = world.acting();
  world.printed = kubectl(cluster, args, {
    resolve: (path) => stepFile(world.feature.file, path, world.folder, world.step),
  });
  cluster.settle();
}

/** `it prints:` all lines; columns are compared by their words, not by their width, and `*` stands for any word (an
 * AGE, a random name). */
export function prints(world: SvcWorld, text: string): void {
  const { printed } = world;
  if (printed === null) {
    fail(world, { expected: 'a command that prints', actual: 'no command has run' });
  }
  const actual = `${printed.stdout}${printed.stderr}`;
  const wanted = linesOf(text).map(wordsOf);
  const lines = linesOf(actual).map(wordsOf);
  const same =
    lines.length === wanted.length &&
    wanted.every((want, i) => {
      const got = lines[i] ?? [];
      return want.length === got.length && want.every((word, w) => word === '*' || word === got[w]);
    });
  expect(world, same, () => ({
    expected: text,
    actual: actual === '' ? `nothing (exit status ${printed.exitCode})` : actual,
  }));
}

function wordsOf(line: string): readonly string[] {
  return line.split(/\s+/);
}
