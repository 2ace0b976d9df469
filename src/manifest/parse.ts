// YAML or JSON text -> Kubernetes objects with the place of every value. Lists and multi-document files are taken
// apart as kubectl does. Not here: whether the objects are valid (src/api/decode.ts), and reading files (src/input).
// Models: k8s.io/cli-runtime pkg/resource (visitor.go), sigs.k8s.io/yaml.
import {
  type Document,
  type ParsedNode,
  parseAllDocuments,
  visit,
  type YAMLParseError,
} from 'yaml';
import { InputError } from '../api/input-error.ts';
import type { AnyObject } from '../api/types.ts';
import { ConversionError, type Converted, convert, type Duplicate } from './convert.ts';
import { guardText, nestingMax, refuse } from './guard.ts';
import { explained } from './mixups.ts';
import { lineStarts, type ManifestSource, positionAt, type Spot, sourceOf } from './positions.ts';
import { type Mistake, mistakeOf } from './yaml-mistakes.ts';

export interface ParsedDocument {
  readonly object: AnyObject;
  readonly source: ManifestSource;
}

export interface ParsedText {
  readonly documents: readonly ParsedDocument[];
  /** Remarks that are no errors: "web.yaml:7:5: key ... is written twice ...". */
  readonly notices: readonly string[];
  /** Of "apiVersion" and "kind" those that one document has twice. */
  readonly doubled: readonly string[];
}

/** Values found in a text, before anything is known of its file. */
interface Values {
  readonly roots: readonly Converted[];
  readonly duplicates: readonly Duplicate[];
  readonly starts: readonly number[];
}

/** Parsed texts by content: scenarios read the same manifests again and again. */
const memo = new Map<string, Values>();
const memoCharsMax = 16 * 1024 * 1024;
let memoChars = 0;

/** The objects of a text, in its order; empty documents are left out, `kind: List` (and ServiceList ...) is replaced
 * by its items. `file` is used in positions only. Throws InputError: nul-byte, yaml-too-deep, yaml-bomb, yaml-syntax,
 * invalid-value, wrong-type, missing-field. */
export function parseManifests(text: string, file: string): ParsedText {
  const values = orExplained(text, [], () => valuesOf(text, file));
  const doubled = topLevel(values);
  const documents = orExplained(text, doubled, () =>
    values.roots.flatMap((root) =>
      expand(root.value, root.spot, sourceOf(file, text, values.starts, root.spot), file, text),
    ),
  );
  const notices = values.duplicates.map(({ key, offset }) => {
    const { line, column } = positionAt(file, values.starts, offset);
    return `${file}:${line}:${column}: key "${key}" is written twice; the last one counts`;
  });
  return { documents, notices, doubled };
}

function orExplained<T>(text: string, doubled: readonly string[], make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw explained(error, text, doubled);
  }
}

function topLevel({ duplicates, starts }: Values): readonly string[] {
  return duplicates
    .filter(({ key, offset }) => /^(?:apiVersion|kind)$/.test(key) && starts.includes(offset))
    .map(({ key }) => key);
}

/** Any YAML document of a text as a plain value (flows files); same guards and errors as parseManifests. */
export function parseValues(
  text: string,
  file: string,
): readonly { readonly value: unknown; readonly source: ManifestSource }[] {
  const { roots, starts } = valuesOf(text, file);
  return roots.map((root) => ({
    value: root.value,
    source: sourceOf(file, text, starts, root.spot),
  }));
}

function valuesOf(text: string, file: string): Values {
  const known = memo.get(text);
  if (known !== undefined) return known;
  guardText(text, file);
  const values = parse(text, file);
  if (memoChars + text.length > memoCharsMax) {
    memo.clear();
    memoChars = 0;
  }
  memoChars += text.length;
  memo.set(text, values);
  return values;
}

function parse(text: string, file: string): Values {
  const duplicates: Duplicate[] = [];
  const roots: Converted[] = [];
  try {
    for (const document of composeAll(prepare(text))) {
      throwFirstError(document, text, file);
      const root = convert(document.contents, duplicates);
      if (root.value !== null) roots.push(root);
    }
  } catch (error) {
    throw asInputError(error, text, file);
  }
  return { roots, duplicates, starts: lineStarts(text) };
}

function composeAll(text: string): readonly Document.Parsed<ParsedNode>[] {
  const documents = parseAllDocuments(text, {
    version: '1.2',
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    strict: true,
    keepSourceTokens: false,
  });
  return Array.isArray(documents) ? documents : [];
}

/** Same length, other characters: JSON may be indented by tabs; kubectl ignores what follows `...`. */
function prepare(text: string): string {
  const blank = (part: string) => part.replace(/[^\n]/g, ' ');
  const json = /^\s*[{[]/.test(text) ? text.replaceAll('\t', ' ') : text;
  if (!/^\.\.\.\s/m.test(json)) return json;
  return json.replace(
    /^\.\.\.(\s[\s\S]*?)(?=^---|(?![\s\S]))/gm,
    (_, rest: string) => `...${blank(rest)}`,
  );
}

function throwFirstError(document: Document.Parsed<ParsedNode>, text: string, file: string): void {
  const error = document.errors[0];
  if (error === undefined) return;
  const deep = error.code === 'RESOURCE_EXHAUSTION';
  if (deep) throw tooDeep(text, file, error.pos[0]);
  const line = text.slice(text.lastIndexOf('\n', error.pos[0] - 1) + 1, error.pos[1] + 1);
  const hint = /^\s*\t/.test(line) ? 'indent with spaces: YAML does not allow tabs' : '';
  const quote = unclosedQuote(document, text, error);
  const cause = { code: error.code, message: error.message, at: error.pos[0] };
  const told = quote === null ? mistakeOf(cause, text) : unclosed(text, quote);
  if (told !== null) throw refuse(text, file, told.at, 'yaml-syntax', told.message, told);
  throw refuse(text, file, error.pos[0], 'yaml-syntax', lowerFirst(error.message), { hint });
}

/** Where a quote begins that is missed only at the end of the text; null: the error is another one. */
function unclosedQuote(
  document: Document.Parsed<ParsedNode>,
  text: string,
  { code, message, pos }: YAMLParseError,
): number | null {
  // Of the same code: a bracket that is not closed.
  if (code !== 'MISSING_CHAR' || !message.endsWith('quote')) return null;
  if (text.slice(pos[0]).trim() !== '') return null;
  let begin: number | null = null;
  visit(document, {
    Scalar: (_key, { type, range }) => {
      if (range && (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE')) begin = range[0];
    },
  });
  return begin;
}

function unclosed(text: string, at: number): Mistake {
  const quote = text.charAt(at);
  const hint = `write ${quote} at the end of the text`;
  return { at, message: `the quote ${quote} is never closed`, hint };
}

function lowerFirst(message: string): string {
  const first = message.slice(0, 2);
  return first === first.toUpperCase() ? message : first.toLowerCase() + message.slice(2);
}

function asInputError(error: unknown, text: string, file: string): unknown {
  if (error instanceof ConversionError) {
    const hint =
      error.code === 'yaml-bomb'
        ? 'write the values out, or split the file'
        : error.message.startsWith('unknown anchor')
          ? 'an anchor (&name) must stand before its alias (*name); put a text that begins with * in quotes'
          : '';
    return refuse(text, file, error.offset, error.code, error.message, { hint });
  }
  return error instanceof RangeError ? tooDeep(text, file, 0) : error;
}

function tooDeep(text: string, file: string, offset: number): InputError {
  const message = `the nesting is deeper than ${nestingMax} levels`;
  return refuse(text, file, offset, 'yaml-too-deep', message);
}

/** One document -> its objects. `spot` is the object's place in the tree of its document. */
function expand(
  value: unknown,
  spot: Spot,
  source: ManifestSource,
  file: string,
  text: string,
): ParsedDocument[] {
  const object = asObject(value, source);
  const { items, kind } = object;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) {
    return [{ object: checkType(object, source), source }];
  }
  const spots = spot.children?.get('items')?.children;
  return items.flatMap((item, i) => {
    const child = spots?.get(String(i)) ?? spot;
    const starts = lineStartsOf(text);
    return expand(typed(item, object), child, sourceOf(file, text, starts, child), file, text);
  });
}

function lineStartsOf(text: string): readonly number[] {
  return memo.get(text)?.starts ?? lineStarts(text);
}

/** Items of a ServiceList may leave out what the list says. */
function typed(item: unknown, list: Readonly<Record<string, unknown>>): unknown {
  if (list['kind'] === 'List' || typeof item !== 'object' || item === null) return item;
  const kind = String(list['kind']).slice(0, -'List'.length);
  return { apiVersion: list['apiVersion'], kind, ...item };
}

function asObject(value: unknown, source: ManifestSource): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  const got = Array.isArray(value) ? 'an array' : `a ${value === null ? 'null' : typeof value}`;
  throw inputErrorAt(source, 'wrong-type', '', `a manifest must be an object, got ${got}`, {
    hint: 'an object has apiVersion, kind and metadata',
  });
}

const examples = { kind: 'kind: Service', apiVersion: 'apiVersion: v1' } as const;
const kustomizeHint =
  "this is Kustomize's own file: kubectl kustomize FOLDER prints the manifests, -f - reads them";

function isKustomization(file: string): boolean {
  return /(^|[\\/])(kustomization\.ya?ml|Kustomization)$/.test(file);
}

function checkType(object: Readonly<Record<string, unknown>>, source: ManifestSource): AnyObject {
  for (const field of ['kind', 'apiVersion'] as const) {
    const value = object[field];
    if (value === undefined || value === null || value === '') {
      const hint = isKustomization(source.file) ? kustomizeHint : `for example ${examples[field]}`;
      throw inputErrorAt(source, 'missing-field', field, `field "${field}" is missing`, { hint });
    }
    if (typeof value !== 'string') {
      const message = `field "${field}" must be a string, got ${JSON.stringify(value)}`;
      throw inputErrorAt(source, 'wrong-type', field, message);
    }
  }
  return object as AnyObject;
}

/** An InputError at a path of a manifest: at the value, or at the key where `mark` says so. */
export function inputErrorAt(
  source: ManifestSource,
  code: ConstructorParameters<typeof InputError>[0],
  path: string,
  message: string,
  more: { readonly hint?: string; readonly mark?: 'key' | 'value' } = {},
): InputError {
  const position = more.mark === 'key' ? source.keyAt(path) : source.at(path);
  const sourceLine = position === null ? null : source.line(position.line);
  return new InputError(code, message, { position, sourceLine, hint: more.hint ?? '' });
}
