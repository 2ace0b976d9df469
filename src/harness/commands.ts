// `I run "..."` and `it prints:`. Commands are kubectl's; what runs inside a Pod is started by `kubectl exec`.
import { InputError } from '../api/input-error.ts';
import { expect, fail } from './fail.ts';
import { kubectl } from './kubectl.ts';
import { linesOf } from './tables.ts';
import type { SvcWorld } from './world.ts';

/** Runs one command line. */
export function runs(world: SvcWorld, line: string): void {
  const [program = '', ...args] = words(line);
  if (program !== 'kubectl') {
    throw new InputError('usage', `cannot run "${program}" here`, {
      position: world.feature,
      hint: 'write kubectl get ..., or kubectl exec -n NS POD -- COMMAND for a program inside a Pod',
    });
  }
  world.printed = kubectl(world.cluster, args);
}

/** Splits at blanks outside of quotes. */
export function words(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}

/** `it prints:` all lines, blanks at their ends aside; columns by how many there are, not by their width. */
export function prints(world: SvcWorld, text: string): void {
  const { printed } = world;
  if (printed === null) {
    fail(world, { expected: 'a command that prints', actual: 'no command has run' });
  }
  const actual = `${printed.stdout}${printed.stderr}`;
  const squeezed = (all: string): string =>
    linesOf(all)
      .map((line) => line.replaceAll(/\s+/g, ' '))
      .join('\n');
  expect(world, squeezed(actual) === squeezed(text), () => ({
    expected: text,
    actual: actual === '' ? `nothing (exit status ${printed.exitCode})` : actual,
  }));
}
