// `I run "..."` and `it prints:`. Commands are kubectl's; what runs inside a Pod is started by `kubectl exec`.
import { InputError } from '../api/input-error.ts';
import type { Printed } from '../programs/kubectl/host.ts';
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
  world.justRan = world.printed;
  cluster.settle();
  if (world.printed.exitCode !== 0 && !isLookedAt(world)) failed(world, line, world.printed);
}

/** Whether a later step says how the command fails: the next one by the refusal, or one before the next command by
 * what it printed. */
function isLookedAt({ upcoming }: SvcWorld): boolean {
  const later = upcoming.findIndex((step) => /^I run ["']/.test(step));
  const own = later < 0 ? upcoming : upcoming.slice(0, later);
  return own[0] === 'the API server refuses it:' || own.includes('it prints:');
}

function failed(world: SvcWorld, line: string, { stdout, stderr, exitCode }: Printed): never {
  const said = `${stdout}${stderr}`.trimEnd();
  fail(world, {
    expected: `\`${line}\` succeeds, or a step expects its failure: "it prints:" or "the API server refuses it:"`,
    actual: `${said === '' ? 'it printed nothing' : said}\n(exit status ${exitCode})`,
  });
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
