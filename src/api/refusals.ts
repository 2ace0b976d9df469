// The API server's refusals, worded once: NotFound, AlreadyExists, Conflict, Invalid and so on.
// Models k8s.io/apimachinery/pkg/api/errors.
import { ApiError, type Cause } from './error.ts';
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

export function alreadyExists(row: KindRow, name: string): ApiError {
  const message = `${qualifiedResource(row)} "${name}" already exists`;
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
