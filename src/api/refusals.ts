// The API server's refusals, worded once: NotFound, AlreadyExists, Conflict, Invalid and so on.
// Models k8s.io/apimachinery/pkg/api/errors.
import { ApiError, type Cause } from './error.ts';
import { invalid } from './field/errors.ts';
import type { PatchError } from './patch/errors.ts';
import { type KindRow, qualifiedResource } from './scheme.ts';

function about(row: KindRow, name: string) {
  return { kind: row.kind, group: row.group, name };
}

export function notFound(row: KindRow, name: string): ApiError {
  return new ApiError(
    'NotFound',
    `${qualifiedResource(row)} "${name}" not found`,
    about(row, name),
  );
}

/** A generateName beside the name: the server says that it chose the name, whoever did. */
export function alreadyExists(
  row: KindRow,
  { name = '', generateName = '' }: { readonly name?: string; readonly generateName?: string },
): ApiError {
  const more =
    generateName === '' ? '' : ', the server was not able to generate a unique name for the object';
  const message = `${qualifiedResource(row)} "${name}" already exists${more}`;
  return new ApiError('AlreadyExists', message, about(row, name));
}

export function conflict(row: KindRow, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualifiedResource(row)} "${name}": ${why}`;
  return new ApiError('Conflict', message, about(row, name));
}

export const STALE =
  'the object has been modified; please apply your changes to the latest version and try again';

export function forbidden(row: KindRow, name: string, why: string): ApiError {
  const message = `${qualifiedResource(row)} "${name}" is forbidden: ${why}`;
  return new ApiError('Forbidden', message, about(row, name));
}

export function badRequest(row: KindRow, name: string, message: string): ApiError {
  return new ApiError('BadRequest', message, about(row, name));
}

export function internalError(row: KindRow, name: string, why: string): ApiError {
  return new ApiError('InternalError', `Internal error occurred: ${why}`, about(row, name));
}

/** 422 with all causes; equal ones are said once. */
export function invalidObject(row: KindRow, name: string, causes: readonly Cause[]): ApiError {
  const lines = [...new Set(causes.map((cause) => `${cause.field}: ${cause.text}`))];
  const all = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  const qualified = row.group === '' ? row.kind : `${row.kind}.${row.group}`;
  const message = `${qualified} "${name}" is invalid: ${all}`;
  const unique = causes.filter(
    (cause, i) => causes.findIndex((c) => c.field === cause.field && c.text === cause.text) === i,
  );
  return new ApiError('Invalid', message, about(row, name), unique);
}

/** 422 of a patch whose result cannot be decoded: about no object, as the server words it. */
export function invalidPatch(shown: string, why: string): ApiError {
  const cause = invalid('patch', shown, why);
  const message = ` "" is invalid: ${cause.field}: ${cause.text}`;
  return new ApiError('Invalid', message, { kind: '', group: '', name: '' }, [cause]);
}

/** How the server answers a patch that its library cannot apply. */
export function patchRefused(row: KindRow, name: string, error: PatchError): ApiError {
  switch (error.answer) {
    case 'bad-request':
      return badRequest(row, name, error.message);
    case 'unprocessable': {
      const text = 'the server rejected our request due to an error in our request';
      return new ApiError('Invalid', text, { kind: '', group: '', name: '' });
    }
    default:
      return new ApiError('Unknown', error.message, about(row, name));
  }
}

/** A path that nothing serves. */
export function noSuchPath(row: KindRow, name: string): ApiError {
  const text = 'the server could not find the requested resource';
  return new ApiError('NotFound', text, about(row, name));
}
