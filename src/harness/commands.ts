// `I run "..."` and `it prints:`. Commands are kubectl's; what runs inside a Pod is started by `kubectl exec`.
import { InputError } from '../api/input-error.ts';
import type { Printed } from '../programs/kubectl/host.ts';
import { expect, fail } from './fail.ts';
import { kubectl } from './kubectl.ts';
import { stepFile } from './paths.ts';
import { linesOf } from './tables.ts';
import { words } from './words.ts';
import type { SvcWorld } from './world.ts';

/** Words that would mean something to a shell. */
const shellWords = new Set(['|', '>', '>>', '<', '&&', '||', ';', '&', '2>&1']);

/** Runs one command line. */
export function runs(world: SvcWorld, line: string): void {
  const [program = '', ...args] = words(line);
  if (program !== 'kubectl') {
    throw new InputError('usage', `cannot run "${program}" here`, {
      position: world.step,
      hint: 'write kubectl get ..., or kubectl exec -n NS POD -- COMMAND for a program inside a Pod',
    });
  }
  const shell = args.find((word) => shellWords.has(word));
  if (shell !== undefined) {
    throw new InputError(
      'usage',
      `there is no shell here: "${shell}" would be a word of kubectl's`,
      {
        position: world.step,
        hint: 'compare all it prints, with * for any word; or choose by -l, --field-selector, -o jsonpath',
      },
    );
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
    lines.length === wanted.length && wanted.every((want, i) => sameLine(want, lines[i] ?? []));
  expect(world, same, () => ({
    expected: text,
    actual:
      actual === ''
        ? `nothing (exit status ${printed.exitCode})`
        : `${actual.trimEnd()}\n${changesText(linesOf(text), linesOf(actual))}`,
  }));
}

/** The lines that differ, in order: "-" expected, "+" printed. */
function changesText(wanted: readonly string[], got: readonly string[]): string {
  const taken = new Set<number>();
  const missing = wanted.filter((want) => {
    const at = got.findIndex((line, i) => !taken.has(i) && sameLine(wordsOf(want), wordsOf(line)));
    if (at >= 0) taken.add(at);
    return at < 0;
  });
  const extra = got.filter((_line, i) => !taken.has(i));
  const changes = [...missing.map((line) => `- ${line}`), ...extra.map((line) => `+ ${line}`)];
  if (changes.length === 0) return '(the same lines in another order)';
  return `(lines that differ: - expected, + actual)\n${changes.join('\n')}`;
}

function sameLine(want: readonly string[], got: readonly string[]): boolean {
  return want.length === got.length && want.every((word, w) => word === '*' || word === got[w]);
}

function wordsOf(line: string): readonly string[] {
  return line.split(/\s+/);
}
