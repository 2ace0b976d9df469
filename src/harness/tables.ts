// Data tables and Doc Strings of steps as plain values, and how values are shown in messages.
import type { DataTable } from '@cucumber/cucumber';
import { InputError } from '../api/input-error.ts';
import type { SvcWorld } from './world.ts';

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function tableOf(table: DataTable): Table {
  const [header = [], ...rows] = table.raw();
  return { header, rows };
}

/** The rows of a table that says what must be there: without any it would hold for everything. */
export function rowsOf(table: Table): Table['rows'] {
  if (table.rows.length > 0) return table.rows;
  throw new InputError('usage', 'the table has no rows, so this step checks nothing');
}

/** A header that names no column, at the header's line. */
export function unknownColumn(world: SvcWorld, name: string, known: readonly string[]): InputError {
  return new InputError('usage', `unknown column "${name}"`, {
    position: world.tableRows[0] ?? world.step,
    hint: `columns: ${known.join(', ')}`,
  });
}

/** The lines of a Doc String that says what must be there: without any it would hold for everything. */
export function wantedLines(text: string): readonly string[] {
  const lines = linesOf(text);
  if (lines.length > 0) return lines;
  throw new InputError('usage', 'the text has no lines, so this step checks nothing');
}

/** Lines without surrounding blanks; empty ones are left out. */
export function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** A value as a table's cell would show it: text bare, everything else as JSON. */
export function cellText(value: unknown): string {
  if (value === undefined) return '<none>';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Rows as lines with their columns one below the other, for messages. */
export function rowsText(rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return 'none';
  const longest = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: longest }, (_, i) =>
    Math.max(...rows.map((row) => row[i]?.length ?? 0)),
  );
  const line = (row: readonly string[]) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0));
  return rows.map((row) => `| ${line(row).join(' | ')} |`).join('\n');
}

/** What is only in the one, and only in the other (as multisets). */
export function difference(
  wanted: readonly string[],
  actual: readonly string[],
): { readonly missing: readonly string[]; readonly extra: readonly string[] } {
  const extra = [...actual];
  const missing: string[] = [];
  for (const line of wanted) {
    const at = extra.indexOf(line);
    if (at < 0) missing.push(line);
    else extra.splice(at, 1);
  }
  return { missing, extra };
}
