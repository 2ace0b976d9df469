// Data tables and Doc Strings of steps as plain values, and how values are shown in messages.
import type { DataTable } from '@cucumber/cucumber';

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function tableOf(table: DataTable): Table {
  const [header = [], ...rows] = table.raw();
  return { header, rows };
}

/** A table without a header row. */
export function bareTableOf(table: DataTable): Table {
  return { header: [], rows: table.raw() };
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

/** Rows as lines, for messages. */
export function rowsText(rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return 'none';
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
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
