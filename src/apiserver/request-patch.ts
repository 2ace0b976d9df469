// One patch request: the patch applied to the stored object and the result decoded again, refused as the API server
// refuses it. Models apiserver pkg/endpoints/handlers/patch.go. Not modelled: server-side apply.

import { strictErrors } from '../api/decode.ts';
import { settleNulls } from '../api/decode-nulls.ts';
import { ApiError } from '../api/error.ts';
import { goValue, PatchError } from '../api/patch/errors.ts';
import { jsonPatch } from '../api/patch/json-patch.ts';
import { mergePatch } from '../api/patch/merge.ts';
import { strategicPatch } from '../api/patch/strategic.ts';
import { badRequest, invalidPatch, patchRefused } from '../api/refusals.ts';
import type { FieldValidation, PatchType } from '../api/requests.ts';
import { builtinRow, type KindRow } from '../api/scheme.ts';
import type { AnyObject } from '../api/types.ts';
import { isRecord } from '../api/values.ts';
import { type Decoded, parseBody, strictError, strictSentences } from './request-body.ts';

/** The object as the patch wants it; throws ApiError. */
export function patchedObject(
  row: KindRow,
  object: AnyObject,
  type: PatchType,
  body: unknown,
  validation: FieldValidation,
): Decoded {
  const { name = '' } = object.metadata;
  const { value: patch, duplicates } = patchIn(row, name, type, body);
  let result: unknown;
  try {
    result = patched(row, object, type, patch);
  } catch (error) {
    if (error instanceof PatchError) throw patchRefused(row, name, error);
    throw error;
  }
  const shown = type === 'strategic' ? goValue(patch) : JSON.stringify(result);
  if (!isRecord(result)) {
    throw invalidPatch(shown, `json: cannot unmarshal ${typeof result} into Go value`);
  }
  const typed = { ...result, apiVersion: object.apiVersion, kind: object.kind };
  const { type: wrong, unknown } = strictErrors(typed);
  if (wrong !== null) throw invalidPatch(shown, wrong);
  const strict = strictSentences(unknown, duplicates);
  if (strict.length > 0 && validation === 'Strict') throw invalidPatch(shown, strictError(strict));
  const warnings = validation === 'Warn' ? strict : [];
  const next = settleNulls(typed as unknown as AnyObject);
  return { object: isRecord(next.metadata) ? next : { ...next, metadata: { name } }, warnings };
}

/** A patch that is text is read as JSON; only of a strategic one the parser's complaint stands alone. */
function patchIn(row: KindRow, name: string, type: PatchType, body: unknown) {
  const lead = type === 'strategic' ? '' : 'error decoding patch: ';
  return parseBody(row, body, (why) => badRequest(row, name, `${lead}${why}`));
}

function patched(row: KindRow, object: AnyObject, type: PatchType, patch: unknown): unknown {
  if (type === 'json') return jsonPatch(object, patch);
  if (!isRecord(patch)) {
    const got = Array.isArray(patch) ? 'array' : typeof patch === 'boolean' ? 'bool' : typeof patch;
    const why = `json: cannot unmarshal ${got} into Go value of type map[string]interface {}`;
    const text = type === 'merge' ? `error decoding patch: ${why}` : why;
    throw badRequest(row, object.metadata.name ?? '', text);
  }
  if (type === 'merge') return mergePatch(object, patch);
  if (builtinRow(row.kind, row.group) === undefined && row.kind !== 'Scale') {
    throw new ApiError('UnsupportedMediaType', unsupported, {
      kind: row.kind,
      group: row.group,
      name: object.metadata.name ?? '',
    });
  }
  return strategicPatch(object, patch, row.kind);
}

const unsupported =
  'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml';
