// Steps about the way a connection took: the hops it passed, how many rules it walked, and what is to blame.
import { blameTable } from '../analysis/blame.table.ts';
import { allHops, attemptDocument } from '../analysis/trace-document.ts';
import { hintFor } from '../api/decode-hint.ts';
import { InputError } from '../api/input-error.ts';
import type { Attempt } from '../cluster/cluster.ts';
import { endedText } from './connections.ts';
import { expect, fail } from './fail.ts';
import type { Bound } from './refs.ts';
import { within } from './refs.ts';
import { rowsOf, rowsText, type Table, unknownColumn } from './tables.ts';
import type { SvcWorld } from './world.ts';

function lastAttempt(world: SvcWorld): Attempt {
  const attempt = world.attempts.at(-1);
  return (
    attempt ?? fail(world, { expected: 'a connection to look at', actual: 'nobody has connected' })
  );
}

const hopColumns = ['at', 'stage', 'chain', 'effect', 'rule', 'detail'] as const;
type HopColumn = (typeof hopColumns)[number];

/** `the trace passes:` rows of any of the columns at, stage, chain, effect, rule, detail; hops in this order, with
 * others between them, those of requests that a backend passes on too; rule and detail are compared by what they contain. */
export function tracePasses(world: SvcWorld, table: Table): void {
  const attempt = lastAttempt(world);
  const columns = table.header.map((name) => {
    if ((hopColumns as readonly string[]).includes(name)) return name as HopColumn;
    throw unknownColumn(world, name, hopColumns);
  });
  const hops = allHops(attemptDocument(world.cluster, attempt));
  let next = 0;
  for (const row of rowsOf(table)) {
    const found = hops.findIndex(
      (hop, i) =>
        i >= next &&
        columns.every((column, c) => {
          const value = hop[column] ?? '';
          const want = row[c] ?? '';
          return column === 'rule' || column === 'detail' ? value.includes(want) : value === want;
        }),
    );
    expect(world, found >= 0, () => ({
      expected: `a hop ${rowsText([row])} after the ones before it`,
      actual: rowsText(hops.slice(next).map((hop) => columns.map((c) => hop[c] ?? ''))),
      attempt,
    }));
    next = found + 1;
  }
}

/** `the trace blames "no-endpoints"`: a closed id. */
export function traceBlames(world: SvcWorld, id: string): void {
  const known: readonly string[] = Object.values(blameTable).map((row) => row.id);
  if (!known.includes(id)) {
    const hint = hintFor(id, known);
    throw new InputError('usage', `"${id}" is no id that a trace can blame`, {
      hint: hint === '' ? `ids: ${known.join(', ')}` : hint,
    });
  }
  const attempt = lastAttempt(world);
  const { blame } = attemptDocument(world.cluster, attempt);
  expect(world, blame?.id === id, () => ({
    expected: `the trace blames ${id}`,
    actual: blame === null ? `nothing: ${endedText(attempt)}` : `${blame.id}: ${blame.message}`,
    attempt,
  }));
}

export function walksRules(world: SvcWorld, count: Bound): void {
  const attempt = lastAttempt(world);
  const walked = attempt.dial?.trace.rulesWalked;
  expect(world, walked !== undefined && within(count, walked), () => ({
    expected: `the connection walks ${count.text} rules`,
    actual: walked === undefined ? `it was not made: ${endedText(attempt)}` : String(walked),
    attempt,
  }));
}
