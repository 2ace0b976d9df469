// kubectl's tables: one column list per kind, wide columns and labels last, and the writer that aligns them
// (liggitt/tabwriter with minimum width 6 and padding 3). Models cli-runtime printers/tableprinter.go; what stands in
// the cells is pkg/printers/internalversion/printers.go's (cells.ts).
import { type KindRow, kubectlType } from '../../api/scheme.ts';
import type { AnyObject } from '../../api/types.ts';
import { fieldOf } from '../../api/values.ts';
import { age } from './age.ts';
import { type Cells, labelsText } from './cells.ts';

export interface TableOptions {
  readonly wide: boolean;
  /** -A: a NAMESPACE column comes first. */
  readonly withNamespace: boolean;
  /** Several kinds are listed, or --show-kind: names are printed as kind/name. */
  readonly withKind: boolean;
  readonly noHeaders: boolean;
  readonly showLabels: boolean;
  /** -L. */
  readonly labelColumns: readonly string[];
  readonly nowSeconds: number;
}

/** The rows of one kind's objects, header first; [] when there are no objects. */
export function tableRows(
  row: KindRow,
  cells: Cells,
  objects: readonly AnyObject[],
  options: TableOptions,
): readonly (readonly string[])[] {
  if (objects.length === 0) return [];
  const rows = objects.map((object) => rowOf(row, cells, object, options));
  return options.noHeaders ? rows : [headerOf(cells, options), ...rows];
}

function headerOf(cells: Cells, options: TableOptions): readonly string[] {
  return [
    ...(options.withNamespace ? ['NAMESPACE'] : []),
    ...shownOf(cells, [...cells.columns, ...cells.wide], options.wide),
    ...options.labelColumns.map((label) => label.slice(label.lastIndexOf('/') + 1).toUpperCase()),
    ...(options.showLabels ? ['LABELS'] : []),
  ];
}

/** Cells in the order of their columns, without the wide ones where they are not wanted. */
function shownOf(
  { columns, wideOrder }: Cells,
  values: readonly string[],
  wide: boolean,
): readonly string[] {
  if (!wide) return values.slice(0, columns.length);
  return wideOrder === undefined ? values : wideOrder.map((i) => values[i] ?? '');
}

function rowOf(
  row: KindRow,
  cells: Cells,
  object: AnyObject,
  options: TableOptions,
): readonly string[] {
  const { metadata } = object;
  const { nowSeconds, wide, labelColumns } = options;
  const values = cells.cells(object, {
    wide,
    nowSeconds,
    age: age(metadata.creationTimestamp, nowSeconds),
  });
  const shown = shownOf(cells, values, wide);
  const named = options.withKind
    ? shown.map((cell, i) => (cells.columns[i] === 'NAME' ? `${kubectlType(row)}/${cell}` : cell))
    : shown;
  return [
    ...(options.withNamespace ? [metadata.namespace ?? ''] : []),
    ...named,
    ...labelColumns.map((label) => fieldOf(metadata.labels ?? {}, label) ?? ''),
    ...(options.showLabels ? [labelsText(metadata.labels)] : []),
  ].map(firstLine);
}

/** A cell ends at its first line break. */
function firstLine(cell: string): string {
  const end = cell.search(/[\f\n\r]/);
  return end < 0 ? cell : `${cell.slice(0, end)}...`;
}

/** Pads every column but the last of a row to its widest cell plus 3, at least 6. No final newline. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      if (i < row.length - 1) widths[i] = Math.max(widths[i] ?? 6, [...cell].length + 3);
    });
  }
  const padded = (cell: string, width: number): string =>
    cell + ' '.repeat(Math.max(0, width - [...cell].length));
  return rows
    .map((row) =>
      row.map((cell, i) => (i === row.length - 1 ? cell : padded(cell, widths[i] ?? 0))).join(''),
    )
    .join('\n');
}
