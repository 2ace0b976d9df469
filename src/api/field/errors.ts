// Field errors as the API server words them: `path: Type: value: detail`.
// Models k8s.io/apimachinery/pkg/util/validation/field/errors.go.
import type { Cause } from '../error.ts';

/** Go's %q for the texts that occur here. */
export function goQuote(text: string): string {
  return JSON.stringify(text).replace(/\\u00([01][0-9a-f])/g, '\\x$1');
}

/** A value inside a message: strings quoted, everything else as JSON (since 1.34; see `goSyntax` for before). */
export function shown(value: unknown): string {
  if (typeof value === 'string') return goQuote(value);
  return value === undefined ? 'null' : goJson(value);
}

/** JSON as Go's encoder writes it: <, > and & escaped. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
}

/** Up to 1.33 lists of strings were shown in Go syntax: []string{"10.0.0.1"}. */
export function shownList(values: readonly string[], minor: number, type = 'string'): string {
  if (minor < 34) return `[]${type}{${values.map(goQuote).join(', ')}}`;
  // An empty list comes from a nil slice.
  return values.length === 0 ? 'null' : goJson(values);
}

/** A pointer that is nil: `null`, and up to 1.33 the same word quoted. */
export function shownPointer(value: string | undefined, minor: number): string {
  if (value !== undefined) return goQuote(value);
  return minor >= 34 ? 'null' : '"null"';
}

export function invalid(field: string, value: unknown, detail: string): Cause {
  return { field, text: `Invalid value: ${shown(value)}: ${detail}` };
}

/** Like `invalid`, for a value that is already text. */
export function invalidShown(field: string, value: string, detail: string): Cause {
  return { field, text: `Invalid value: ${value}: ${detail}` };
}

export function required(field: string, detail = ''): Cause {
  return { field, text: detail === '' ? 'Required value' : `Required value: ${detail}` };
}

export function duplicate(field: string, value: unknown): Cause {
  return { field, text: `Duplicate value: ${shown(value)}` };
}

export function forbiddenField(field: string, detail: string): Cause {
  return { field, text: `Forbidden: ${detail}` };
}

export function unsupported(field: string, value: unknown, valid: readonly string[]): Cause {
  const list = valid.map(goQuote).join(', ');
  return { field, text: `Unsupported value: ${shown(value)}: supported values: ${list}` };
}

export function tooLong(field: string, bytesMax: number): Cause {
  return { field, text: `Too long: may not be more than ${bytesMax} bytes` };
}

export function tooMany(field: string, count: number, countMax: number): Cause {
  return { field, text: `Too many: ${count}: must have at most ${countMax} items` };
}

/** Required when unset, Unsupported when not in the list. */
export function oneOf(field: string, value: unknown, valid: readonly string[]): Cause[] {
  if (value === undefined || value === '') return [required(field)];
  return valid.includes(value as string) ? [] : [unsupported(field, value, valid)];
}

/** One Invalid per message. */
export function invalids(field: string, value: unknown, messages: readonly string[]): Cause[] {
  return messages.map((message) => invalid(field, value, message));
}

export const IMMUTABLE = 'field is immutable';
