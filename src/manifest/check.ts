// Objects from files, checked strictly with positions: unknown kinds, unknown fields, wrong types, missing names.
// The decisions are src/api/decode.ts's; what values mean is checked by the API server when they are applied.
import { checkFields, type Problem, recognize } from '../api/decode.ts';
import { hintFor, hintForKind } from '../api/decode-hint.ts';
import type { InputError } from '../api/input-error.ts';
import { inputErrorAt, type ParsedDocument } from './parse.ts';
import type { ManifestSource } from './positions.ts';

/** Throws the first mistake of an object as InputError (unknown-kind, unknown-field, wrong-type, missing-field). */
export function checkManifest({ object, source }: ParsedDocument): void {
  const recognition = recognize(object.apiVersion, object.kind);
  if (recognition.kind === 'unknown') {
    const message = `no matches for kind "${object.kind}" in version "${object.apiVersion}"`;
    const hint = hintForKind(object.apiVersion, object.kind);
    throw inputErrorAt(source, 'unknown-kind', 'kind', message, { hint });
  }
  checkMetadata(object, source);
  const [problem] = checkFields(object);
  if (problem !== undefined) throw asInputError(problem, source);
}

function checkMetadata(object: Readonly<Record<string, unknown>>, source: ManifestSource): void {
  const metadata = object['metadata'];
  if (metadata === undefined || metadata === null) {
    throw inputErrorAt(source, 'missing-field', '', 'field "metadata" is missing', {
      hint: 'every object needs metadata.name',
    });
  }
  if (typeof metadata !== 'object' || Array.isArray(metadata)) return;
  const { name, generateName } = metadata as { name?: unknown; generateName?: unknown };
  if (isEmpty(name) && isEmpty(generateName)) {
    const message = 'metadata.name: Required value: name or generateName is required';
    throw inputErrorAt(source, 'missing-field', 'metadata', message);
  }
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** A problem of decoding with its place in the file, in everyday words. */
export function asInputError(problem: Problem, source: ManifestSource): InputError {
  if (problem.kind === 'unknown-field') {
    const name = problem.path.slice(problem.path.lastIndexOf('.') + 1);
    const message = `unknown field "${problem.path}"`;
    const hint = hintFor(name, problem.known);
    return inputErrorAt(source, 'unknown-field', problem.path, message, { hint, mark: 'key' });
  }
  const { path, got, code } = problem;
  const message = `${path}: got ${withArticle(got)}, wanted ${wantedBy(code)}`;
  const quotable = code === 'string' && (got === 'bool' || got === 'number');
  const hint = quotable
    ? 'put the value in quotes'
    : unquoted(problem, source) || blankMissing(problem, source);
  return inputErrorAt(source, 'wrong-type', path, message, { hint });
}

/** A number or truth value that is a text only because of its quotes. */
function unquoted(
  { path, got, code }: { path: string; got: string; code: string },
  source: ManifestSource,
) {
  const at = source.at(path);
  if (got !== 'string' || at === null) return '';
  const value = /^(["'])(.*?)\1/.exec(source.line(at.line).slice(at.column - 1))?.[2] ?? '';
  const fits = code === 'bool' ? /^(?:true|false)$/.test(value) : /^-?\d+$/.test(value);
  return fits && /^(?:bool|int32|int64|double)$/.test(code) ? `write ${value} without quotes` : '';
}

/** "name web" where an object was wanted, "-port: 80" where a list was: a sign or a blank was forgotten. */
function blankMissing(
  { path, got, code }: { path: string; got: string; code: string },
  source: ManifestSource,
): string {
  const at = source.at(path);
  if (at === null) return '';
  if (got === 'string' && wantedBy(code) === 'an object') {
    const [, key, value] = /^([\w./-]+)[ :]\s*(\S+)$/.exec(source.line(at.line).trim()) ?? [];
    return key === undefined ? 'an object has keys: "key: value"' : `write "${key}: ${value}"`;
  }
  if (got !== 'object' || !code.startsWith('[]')) return '';
  const item = /^-(\S.*)$/.exec(source.line(at.line + 1).trim())?.[1];
  return item === undefined ? 'each item of a list begins with "- "' : `write "- ${item}"`;
}

function withArticle(got: string): string {
  return got.startsWith('number ') ? got : `${/^[aeiou]/.test(got) ? 'an' : 'a'} ${got}`;
}

const wantedWords: Readonly<Record<string, string>> = {
  string: 'a string',
  int32: 'an integer of 32 bits',
  int64: 'an integer of 64 bits',
  bool: 'true or false',
  double: 'a number',
  time: 'a time (2006-01-02T15:04:05Z)',
  quantity: 'a quantity (500m, 1Gi)',
  byte: 'a base64 string',
  intstr: 'an integer or a string',
};

function wantedBy(code: string): string {
  if (code.startsWith('[]')) return 'a list';
  return wantedWords[code] ?? 'an object';
}
