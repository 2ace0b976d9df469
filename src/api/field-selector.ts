// Field selectors ("metadata.name=web,status.phase!=Running"): the grammar, which fields each kind has, and the
// server's errors. Models apimachinery/pkg/fields and the field label conversions of pkg/apis.
import { type SelectableField, selectableFields } from './field-selector.table.ts';
import type { KindRow } from './scheme.ts';
import type { AnyObject } from './types.ts';
import { isRecord } from './values.ts';

interface Term {
  readonly field: SelectableField;
  readonly negated: boolean;
  readonly value: string;
}

interface Written {
  readonly label: string;
  readonly negated: boolean;
  readonly value: string;
}

/** What a selector asks for; the server's sentence (a 400) when it cannot be used. */
export function parseFieldSelector(text: string, row: KindRow): readonly Term[] | string {
  const written = parsed(text);
  if (typeof written === 'string') return written;
  const terms: Term[] = [];
  for (const { label, negated, value } of written) {
    const field = fieldOf(label, row);
    if (typeof field === 'string') return field;
    terms.push({ field, negated, value });
  }
  return terms;
}

function parsed(text: string): readonly Written[] | string {
  const written: Written[] = [];
  for (const part of splitTerms(text).sort()) {
    if (part === '') continue;
    const found = /^(.*?)(!=|==|=)(.*)$/s.exec(part);
    if (found === null) return `invalid selector: '${text}'; can't understand '${part}'`;
    const [, label = '', operator, raw = ''] = found;
    const value = unescaped(raw);
    if (typeof value !== 'string') return value.error;
    written.push({ label, negated: operator === '!=', value });
  }
  return written;
}

/** At commas without a backslash. */
function splitTerms(text: string): string[] {
  return text.match(/(?:\\.|[^\\,]|\\$)+/gs)?.slice() ?? [];
}

function unescaped(raw: string): string | { readonly error: string } {
  let value = '';
  for (let i = 0; i < raw.length; i++) {
    const char = raw[i] ?? '';
    if (char === '\\') {
      const next = raw[++i] ?? '';
      if (!/^[\\,=]$/.test(next)) {
        return { error: `invalid field selector: invalid escape sequence: \\${next}` };
      }
      value += next;
    } else if (char === ',' || char === '=') {
      const code = char.codePointAt(0);
      return { error: `invalid field selector: unescaped character in value: ${code}` };
    } else value += char;
  }
  return value;
}

function fieldOf(label: string, row: KindRow): SelectableField | string {
  const own = selectableFields[row.group === '' ? row.kind : `${row.kind}.${row.group}`];
  if (own === undefined) {
    if (label === 'metadata.name' || label === 'metadata.namespace') return { field: label };
    return `${JSON.stringify(label)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
  }
  const field = own.find((one) => one.field === label);
  if (field !== undefined) return field;
  return row.kind === 'Job'
    ? `field label ${JSON.stringify(label)} not supported for Job`
    : `field label not supported: ${label}`;
}

function fieldValue(
  object: AnyObject,
  { field, at = [field], absent = '' }: SelectableField,
): string {
  for (const path of at) {
    let value: unknown = object;
    for (const step of path.split('.')) value = isRecord(value) ? value[step] : undefined;
    if (value !== undefined && value !== '') return String(value);
  }
  return absent;
}

export function matchesFields(terms: readonly Term[], object: AnyObject): boolean {
  return terms.every(
    ({ field, negated, value }) => (fieldValue(object, field) === value) !== negated,
  );
}
