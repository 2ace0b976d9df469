// kubectl's tables: one column list per kind, wide columns last, and the writer that aligns them (liggitt/tabwriter
// with minimum width 6 and padding 3). Models pkg/printers/internalversion/printers.go; cells stand in cells.ts.
import type { AnyObject } from '../../api/types.ts';
import { age } from './age.ts';
import { type Cells, cellsOf } from './cells.ts';
import type { Resource } from './resources.table.ts';

export interface TableOptions {
  readonly wide: boolean;
  /** -A: a NAMESPACE column comes first. */
  readonly allNamespaces: boolean;
  /** Several kinds are listed: names are printed as kind/name. */
  readonly withKind: boolean;
  readonly nowSeconds: number;
}

/** The table of one kind's objects, header included; lines without a final newline. */
export function table(
  resource: Resource,
  objects: readonly AnyObject[],
  options: TableOptions,
): string {
  const cells = cellsOf(resource.kind);
  const columns = options.wide ? [...cells.columns, ...cells.wide] : cells.columns;
  const namespaced = options.allNamespaces && resource.namespaced;
  const header = namespaced ? ['NAMESPACE', ...columns] : columns;
  const rows = objects.map((object) => {
    const row = rowOf(resource, cells, object, options);
    return namespaced ? [object.metadata.namespace ?? '', ...row] : row;
  });
  return aligned([header, ...rows]);
}

function rowOf(
  resource: Resource,
  cells: Cells,
  object: AnyObject,
  options: TableOptions,
): readonly string[] {
  const values = cells.cells(object, {
    wide: options.wide,
    nowSeconds: options.nowSeconds,
    age: age(object.metadata.creationTimestamp, options.nowSeconds),
  });
  const name = options.withKind ? typedName(resource, object) : undefined;
  const shown = options.wide ? values : values.slice(0, cells.columns.length);
  return name === undefined
    ? shown
    : shown.map((cell, i) => (cells.columns[i] === 'NAME' ? name : cell));
}

/** "service/web", "deployment.apps/web": `-o name` and lists of several kinds. */
export function typedName(resource: Resource, object: AnyObject): string {
  const kind = resource.group === '' ? resource.singular : `${resource.singular}.${resource.group}`;
  return `${kind}/${object.metadata.name}`;
}

/** Pads every column but the last of a row to its widest cell plus 3, at least 6. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 6, cell.length + 3);
    });
  }
  return rows
    .map((row) =>
      row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join(''),
    )
    .join('\n');
}
