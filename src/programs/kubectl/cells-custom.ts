// Which printer a kind has: a built-in one, or the additionalPrinterColumns of its CustomResourceDefinition. Models
// apiextensions-apiserver pkg/registry/customresource/tableconvertor.
import type { KindRow } from '../../api/scheme.ts';
import type { AnyObject } from '../../api/types.ts';
import { isRecord } from '../../api/values.ts';
import { age } from './age.ts';
import { type CellContext, type Cells, cellsOf } from './cells.ts';
import { relaxedPath, valuesAt } from './jsonpath/print.ts';
import { goText } from './jsonpath/walk.ts';

export function cellsFor(row: KindRow, definitions: readonly AnyObject[], minor: number): Cells {
  const definition = definitions.find(({ spec }) => {
    const names = isRecord(spec) ? spec['names'] : undefined;
    return (
      isRecord(spec) && spec['group'] === row.group && isRecord(names) && names['kind'] === row.kind
    );
  });
  return definition === undefined ? cellsOf(row, minor) : customCells(definition, row.version);
}

/** Of the scale subresource. */
export const scaleCells: Cells = {
  columns: ['NAME', 'DESIRED', 'AVAILABLE', 'AGE'],
  wide: [],
  cells: ({ metadata, spec, status }, { nowSeconds }) => [
    metadata.name,
    String((isRecord(spec) ? spec['replicas'] : undefined) ?? 0),
    String((isRecord(status) ? status['replicas'] : undefined) ?? 0),
    age(metadata.creationTimestamp, nowSeconds),
  ],
};

interface Column {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly priority?: number;
}

function customCells(definition: AnyObject, version: string): Cells {
  const { versions } = definition['spec'] as { readonly versions?: readonly unknown[] };
  const own = (versions ?? []).find((one) => isRecord(one) && one['name'] === version);
  const written = isRecord(own) ? own['additionalPrinterColumns'] : undefined;
  const columns: readonly Column[] = Array.isArray(written)
    ? written
    : [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }];
  const usual = columns.filter(({ priority = 0 }) => priority === 0);
  const wide = columns.filter(({ priority = 0 }) => priority !== 0);
  return {
    columns: ['NAME', ...usual.map(({ name }) => name.toUpperCase())],
    wide: wide.map(({ name }) => name.toUpperCase()),
    cells: (object, context) => [
      object.metadata.name,
      ...[...usual, ...wide].map((column) => cell(column, object, context)),
    ],
  };
}

function cell({ type, jsonPath }: Column, object: AnyObject, context: CellContext): string {
  const [value] = valuesAt(relaxedPath(jsonPath), object);
  if (value === undefined || value === null) return type === 'date' ? '<unknown>' : '';
  if (type === 'date') return age(String(value), context.nowSeconds);
  return goText(value);
}
