// kubectl get: tables, -o of every kind, --sort-by, labels as columns. Models kubectl/pkg/cmd/get/get.go. -w is
// refused: there is nobody to watch for; a table is printed as the API server's printers print it.
import type { AnyObject } from '../../../api/types.ts';
import { clockStartSeconds } from '../../../sim/time.ts';
import { build, type Entry, type Info, type Result } from '../builder.ts';
import { cellsFor, scaleCells } from '../cells-custom.ts';
import { customColumns } from '../custom-columns.ts';
import { CommandError, collect, isNotFound, throwAll } from '../errors.ts';
import { listOf, outputOf, structuredPrinter, typeAndName, unknownFormat } from '../printer.ts';
import { sortedBy } from '../sort.ts';
import { aligned, tableRows } from '../tables.ts';
import {
  allNamespacesFlag,
  type Call,
  fieldSelectorFlag,
  filenameFlags,
  notModelled,
  printFlags,
  selectorFlag,
  subresourceFlag,
  usageError,
  type Verb,
} from '../verb.ts';

export const get: Verb = {
  words: ['get'],
  flags: [
    ...printFlags,
    ...filenameFlags,
    selectorFlag,
    fieldSelectorFlag,
    allNamespacesFlag,
    subresourceFlag,
    { name: 'no-headers', type: 'bool' },
    { name: 'show-labels', type: 'bool' },
    { name: 'show-kind', type: 'bool' },
    { name: 'label-columns', short: 'L', type: 'strings' },
    { name: 'sort-by', type: 'string' },
    { name: 'ignore-not-found', type: 'bool' },
    { name: 'watch', short: 'w', type: 'bool' },
    { name: 'watch-only', type: 'bool' },
    { name: 'output-watch-events', type: 'bool' },
    { name: 'server-print', type: 'bool', initial: 'true' },
    { name: 'chunk-size', type: 'int', initial: '500' },
    { name: 'raw', type: 'string' },
  ],
  run,
};

/** What one list or name came to. */
interface Group {
  readonly entry: Entry;
  readonly infos: readonly Info[];
}

function run(call: Call): void {
  const { flags } = call;
  if (flags.bool('watch') || flags.bool('watch-only')) {
    throw notModelled('kubectl get --watch', 'run kubectl get again after the change');
  }
  if (flags.text('raw') !== '') throw notModelled('kubectl get --raw');
  if (
    call.args.length === 0 &&
    flags.list('filename').length === 0 &&
    flags.text('kustomize') === ''
  )
    throw missingType(call);
  const format = outputOf(call);
  if (flags.bool('show-labels') && format !== '' && format !== 'wide') {
    throw new CommandError(`--show-labels option cannot be used with ${format} printer`);
  }
  const result = build(call, {
    args: call.args,
    selector: flags.text('selector'),
    fieldSelector: flags.text('field-selector'),
    allNamespaces: flags.bool('all-namespaces'),
    subresource: flags.text('subresource'),
    allowEmptySelector: true,
    latest: true,
  });
  const errors: Error[] = [];
  const groups = fetched(call, result, errors);
  call.warn();
  if (format === '' || format === 'wide') tables(call, groups, errors, format === 'wide');
  else others(call, result, groups, errors, format);
  throwAll(errors);
}

function missingType(call: Call): CommandError {
  const all = 'Use "kubectl api-resources" for a complete list of supported resources.';
  call.err(`You must specify the type of resource to get. ${all}\n\n`);
  return usageError(
    call,
    'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
  );
}

function fetched(call: Call, result: Result, errors: Error[]): readonly Group[] {
  const own: Error[] = [];
  const groups: Group[] = [];
  for (const entry of result.entries) {
    collect(own, () => void groups.push({ entry, infos: entry.resolve() }));
  }
  const ignored = call.flags.bool('ignore-not-found');
  errors.push(...own.filter((error) => !(ignored && isNotFound(error))));
  return groups;
}

function tables(call: Call, groups: readonly Group[], errors: Error[], wide: boolean): void {
  const { flags } = call;
  const rows = new Set(
    groups.flatMap(({ entry, infos }) => entry.row ?? infos.map(({ row }) => row)),
  );
  const withKind = flags.bool('show-kind') || rows.size > 1;
  const sortPath = flags.text('sort-by');
  const texts: string[] = [];
  for (const run of runsOf(groups)) {
    const [{ row }] = run as [Info];
    const objects = sorted(
      run.map(({ object }) => object),
      sortPath,
    );
    if (objects === null) continue;
    const scales = flags.text('subresource') === 'scale';
    const cells = scales ? scaleCells : cellsFor(row, call.definitions, call.host.minor);
    const text = aligned(
      tableRows(row, cells, objects, {
        wide,
        withNamespace: flags.bool('all-namespaces') && row.namespaced,
        withKind,
        noHeaders: flags.bool('no-headers'),
        showLabels: flags.bool('show-labels'),
        labelColumns: flags.list('label-columns'),
        nowSeconds: clockStartSeconds + Math.floor(call.host.nowMs / 1000),
      }),
    );
    texts.push(`${text}\n`);
  }
  call.out(texts.join(flags.bool('no-headers') ? '' : '\n'));
  if (texts.length > 0 || errors.length > 0 || flags.bool('ignore-not-found')) return;
  const namespaced = !flags.bool('all-namespaces') && [...rows].every((row) => row.namespaced);
  const place = namespaced ? ` in ${call.namespace} namespace.` : '';
  call.err(`No resources found${place}\n`);
}

/** In the order of --sort-by; null where they cannot be: kubectl drops that table and its printer's error. */
function sorted(objects: readonly AnyObject[], path: string): readonly AnyObject[] | null {
  if (path === '' || objects.length < 2) return objects;
  try {
    return sortedBy(objects, path);
  } catch (error) {
    if (error instanceof CommandError) return null;
    throw error;
  }
}

/** Objects of the same kind that follow each other share a table. */
function runsOf(groups: readonly Group[]): readonly (readonly Info[])[] {
  const runs: Info[][] = [];
  for (const info of groups.flatMap(({ infos }) => infos)) {
    const last = runs.at(-1);
    if (last?.[0]?.row === info.row) last.push(info);
    else runs.push([info]);
  }
  return runs;
}

function others(
  call: Call,
  result: Result,
  groups: readonly Group[],
  errors: Error[],
  format: string,
): void {
  const objects = groups.flatMap(({ infos }) => infos.map(({ object }) => object));
  if (result.single && errors.length > 0) return;
  if (objects.length === 0 && call.flags.bool('ignore-not-found')) return;
  const print = printerFor(call, format);
  const sortPath = call.flags.text('sort-by');
  const list = sortPath === '' ? objects : sortedBy(objects, sortPath);
  if (result.single && list.length === 1) print(list[0]);
  else print(listOf(list));
}

function printerFor(call: Call, format: string): (object: unknown) => void {
  if (format === 'name') {
    return (value) => {
      for (const object of itemsOf(value)) call.out(`${typeAndName(object)}\n`);
    };
  }
  const columns = customColumns(call, format);
  if (columns !== null) {
    return (value) => call.out(columns(itemsOf(value)));
  }
  const printer = structuredPrinter(call, format);
  if (printer === null) throw unknownFormat(format, true);
  return printer;
}

function itemsOf(value: unknown): readonly AnyObject[] {
  const items = (value as { readonly items?: readonly AnyObject[] }).items;
  return Array.isArray(items) ? items : [value as AnyObject];
}
