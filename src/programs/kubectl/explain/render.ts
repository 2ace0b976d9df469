// What `kubectl explain` prints of one type or field. Models kubectl/pkg/explain/v2/templates/plaintext.tmpl.
import { fieldOf } from '../../../api/values.ts';
import { type Code, type Docs, leafOf, typeName, typeOf } from './docs.ts';
import { wrapped } from './wrap.ts';

export interface Explained {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** "core/v1.Service" */
  readonly type: string;
}

export interface Options {
  readonly recursive: boolean;
  readonly minor: number;
}

/** kubectl 1.30 began to list allowed values. */
const sinceEnums = 30;

/** The lines above, which are printed in any case. */
export function heading({ group, kind, version }: Explained): string {
  const first = group === '' ? '' : `GROUP:      ${group}\n`;
  return `${first}KIND:       ${kind}\nVERSION:    ${version}\n\n`;
}

/** undefined: there is no such field. */
export function explained(
  docs: Docs,
  of: Explained,
  path: readonly string[],
  options: Options,
): string | undefined {
  const body = output(docs, { code: of.type, description: '' }, path, options);
  return body === undefined ? undefined : `${body}\n`;
}

interface Node {
  readonly code: Code;
  readonly description: string;
}

function output(
  docs: Docs,
  node: Node,
  path: readonly string[],
  options: Options,
): string | undefined {
  const [first, ...rest] = path;
  if (first === undefined) {
    const text = indented(4, wrapped(described(docs, node) || '<empty>', 76));
    const fields = fieldList(docs, node.code, 1, options, []);
    return `DESCRIPTION:\n${text}\n${fields === '' ? '' : `FIELDS:\n${fields}`}`;
  }
  const field = fieldOf(typeOf(docs, node.code)?.p ?? {}, first);
  if (field === undefined) return undefined;
  const [code, description, values = []] = field;
  const below = output(docs, { code, description }, rest, options);
  if (below === undefined || rest.length > 0) return below;
  const allowed = values.map((value) => `\n    ${value === '' ? '""' : value}`).join('');
  const lines = values.length === 0 ? '' : `ENUM:${allowed}`;
  const enums = options.minor >= sinceEnums ? `${lines}\n` : '';
  return `FIELD: ${first} <${typeName(docs, code)}>\n${enums}\n${below}`;
}

/** A field's own description, then that of its type. */
function described(docs: Docs, { code, description }: Node): string {
  const own = description === '' ? '' : `${description}\n`;
  const type = typeOf(docs, code)?.d ?? '';
  return type === '' ? own : `${own}${type}\n`;
}

function indented(amount: number, text: string): string {
  const pad = ' '.repeat(amount);
  return pad + text.replaceAll('\n', `\n${pad}`);
}

const shortEnumMax = 4;

/** Types on the way here are not entered again. */
function fieldList(
  docs: Docs,
  code: Code,
  level: number,
  options: Options,
  history: readonly string[],
): string {
  const leaf = leafOf(code);
  const type = docs.types[leaf];
  if (type === undefined || history.includes(leaf)) return '';
  let text = '';
  for (const [name, [own, description, values = []]] of Object.entries(type.p ?? {})) {
    const indent = level * 2;
    text += `${' '.repeat(indent)}${name}\t<${typeName(docs, own)}>`;
    if (type.r?.includes(name) === true) text += ' -required-';
    if (values.length > 0 && options.minor >= sinceEnums) {
      text += `\n${' '.repeat(indent)}enum: ${shortEnum(values)}`;
    }
    text += '\n';
    if (options.recursive) text += fieldList(docs, own, level + 1, options, [...history, leaf]);
    else {
      const about = wrapped(description || '<no description>', 78 - indent);
      text += `${indented(indent + 2, about)}\n\n`;
    }
  }
  return text;
}

function shortEnum(values: readonly string[]): string {
  const shown = values.slice(0, shortEnumMax).map((value) => (value === '' ? '""' : value));
  return `${shown.join(', ')}${values.length > shortEnumMax ? ', ....' : ''}`;
}
