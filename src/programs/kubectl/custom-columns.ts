// -o custom-columns=HEADER:PATH,... and -o custom-columns-file. Models kubectl/pkg/cmd/get/customcolumn.go.
import type { AnyObject } from '../../api/types.ts';
import { CommandError } from './errors.ts';
import type { Template } from './jsonpath/parse.ts';
import { relaxedPath } from './jsonpath/print.ts';
import { findResults, goText } from './jsonpath/walk.ts';
import { aligned } from './tables.ts';
import type { Call } from './verb.ts';

interface Column {
  readonly header: string;
  readonly path: Template;
}

/** From objects to the table's text; null when `format` is no custom-columns. Throws CommandError. */
export function customColumns(
  call: Call,
  format: string,
): ((objects: readonly AnyObject[]) => string) | null {
  const [name = '', given = ''] = format.split(/=(.*)/s);
  if (name !== 'custom-columns' && name !== 'custom-columns-file') return null;
  const spec = call.flags.text('template') || given;
  if (spec === '') {
    throw new CommandError(
      name === 'custom-columns'
        ? 'custom-columns format specified but no custom columns given'
        : 'custom-columns format specified but no custom columns given',
    );
  }
  const columns =
    name === 'custom-columns' ? columnsOf(spec) : fileColumns(call.host.readText(spec));
  const withHeader = !call.flags.bool('no-headers') || name === 'custom-columns-file';
  return (objects) => {
    const rows = objects.map((object) => columns.map(({ path }) => cell(path, object)));
    const header = withHeader ? [columns.map((column) => column.header)] : [];
    const lines = [...header, ...rows];
    return lines.length === 0 ? '' : `${aligned(lines)}\n`;
  };
}

function columnsOf(spec: string): readonly Column[] {
  return spec.split(',').map((part) => {
    const [header = '', path] = part.split(/:(.*)/s);
    if (path === undefined) {
      throw new CommandError(
        `unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`,
      );
    }
    return { header, path: relaxedPath(path) };
  });
}

/** One line of headers, one of paths. */
function fileColumns(text: string): readonly Column[] {
  const [first, second] = text.split('\n');
  const missing = (what: string) =>
    new CommandError(
      `invalid template, missing ${what} line. Expected format is one line of space separated headers, one line of space separated column specs.`,
    );
  if (first === undefined || text === '') throw missing('header');
  if (second === undefined) throw missing('spec');
  const words = (line: string) => line.split(/\s+/).filter((word) => word !== '');
  const [headers, paths] = [words(first), words(second)];
  if (headers.length !== paths.length) {
    throw new CommandError(
      `number of headers (${headers.length}) and field specifications (${paths.length}) don't match`,
    );
  }
  return headers.map((header, i) => ({ header, path: relaxedPath(paths[i] ?? '') }));
}

function cell(path: Template, object: AnyObject): string {
  const results = findResults(path, object, { allowMissingKeys: true });
  const texts = results.flat().map(goText);
  return (results[0]?.length ?? 0) === 0 ? ['<none>', ...texts].join(',') : texts.join(',');
}
