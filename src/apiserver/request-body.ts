// Bodies of requests: from undecoded JSON to an object of the kind that was asked for, strictly, with warnings or
// without checking unknown fields, in the server's words (A10). Models apiserver pkg/endpoints/handlers/create.go.

import { strictErrors } from '../api/decode.ts';
import { settleNulls } from '../api/decode-nulls.ts';
import { isTooDeep, JsonSyntaxError, parseJsonText } from '../api/json-text.ts';
import { badRequest } from '../api/refusals.ts';
import type { FieldValidation } from '../api/requests.ts';
import { apiVersionOf, type KindRow, splitApiVersion } from '../api/scheme.ts';
import type { AnyObject, ObjectMeta } from '../api/types.ts';
import { isRecord, isUnset } from '../api/values.ts';

/** What decoding found: the object, and what to warn of. */
export interface Decoded {
  readonly object: AnyObject;
  readonly warnings: readonly string[];
}

/** The value of a body, which may be JSON text; and what is wrong with it besides its kind. */
interface Parsed {
  readonly value: unknown;
  /** Fields that stand in the text twice. */
  readonly duplicates: readonly string[];
}

/** A body that is text is read as JSON. Throws BadRequest for text that is none, and for endless nesting. */
export function parseBody(
  row: KindRow,
  body: unknown,
  refused = (why: string): Error =>
    badRequest(row, '', `couldn't get version/kind; json parse error: ${why}`),
): Parsed {
  if (isTooDeep(body)) throw badRequest(row, '', 'exceeded max depth');
  if (typeof body !== 'string') return { value: body, duplicates: [] };
  try {
    return parseJsonText(body);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw refused(error.message);
  }
}

/** Throws BadRequest: not an object, another kind, a wrong type, or unknown or repeated fields where `validation` is
 * Strict. */
export function decodeBody(row: KindRow, body: unknown, validation: FieldValidation): Decoded {
  const { value, duplicates } = parseBody(row, body);
  const typed = withKind(row, value);
  const { metadata } = typed;
  const name = isRecord(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : '';
  const refuse = (why: string) => {
    const { version } = splitApiVersion(typed.apiVersion);
    const text = `${typed.kind} in version ${JSON.stringify(version)} cannot be handled as a ${row.kind}: ${why}`;
    return badRequest(row, name, text);
  };
  if (typed.kind !== row.kind) {
    const made = `v1.${typed.kind}`;
    throw refuse(`converting (${made}) to (core.${row.kind}): unknown conversion`);
  }
  const { type, unknown } = strictErrors(typed);
  if (type !== null) throw refuse(type);
  const strict = strictSentences(unknown, duplicates);
  if (strict.length > 0 && validation === 'Strict') throw refuse(strictError(strict));
  return { object: decoded(typed), warnings: validation === 'Warn' ? strict : [] };
}

const strictMax = 100;

/** `unknown field "spec.prots"`, `duplicate field "spec.type"`: at most a hundred. */
export function strictSentences(
  unknown: readonly string[],
  duplicates: readonly string[],
): readonly string[] {
  return [
    ...unknown.map((path) => `unknown field ${JSON.stringify(path)}`),
    ...duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`),
  ].slice(0, strictMax);
}

export function strictError(sentences: readonly string[]): string {
  return `strict decoding error: ${sentences.join(', ')}`;
}

/** As decoding leaves it: no nulls, and always metadata. */
function decoded(object: AnyObject): AnyObject {
  const known = settleNulls(object);
  return isRecord(known.metadata) ? known : { ...known, metadata: {} as ObjectMeta };
}

/** apiVersion and kind may be left out: the path says them. */
function withKind(row: KindRow, body: unknown): AnyObject {
  const expected = apiVersionOf(row);
  if (!isRecord(body)) {
    const got = Array.isArray(body) ? 'array' : typeof body === 'boolean' ? 'bool' : typeof body;
    const why = `couldn't get version/kind; json parse error: json: cannot unmarshal ${got} into Go value of type struct { APIVersion string "json:"apiVersion,omitempty""; Kind string "json:"kind,omitempty"" }`;
    throw badRequest(row, '', why);
  }
  const { apiVersion: givenVersion, kind: givenKind } = body;
  const apiVersion = isUnset(givenVersion) || givenVersion === null ? expected : `${givenVersion}`;
  const kind = isUnset(givenKind) || givenKind === null ? row.kind : `${givenKind}`;
  const { group, version } = splitApiVersion(apiVersion);
  if (group !== row.group || !row.versions.includes(version)) {
    const text = `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`;
    throw badRequest(row, '', text);
  }
  return { ...body, apiVersion, kind } as unknown as AnyObject;
}
