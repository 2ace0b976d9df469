// How what users send is decoded before the API server stores it: strictly, as kubectl asks for by default. Manifests
// of the start were checked with positions by src/manifest; what a test applies later is checked here.
// Models apiserver pkg/endpoints/handlers/create.go with fieldValidation=Strict and kubectl's REST mapping.
import { checkFields, recognize, splitApiVersion, strictErrors } from '../api/decode.ts';
import { hintFor, hintForKind } from '../api/decode-hint.ts';
import { ApiError } from '../api/error.ts';
import { InputError } from '../api/input-error.ts';
import type { Manifest } from '../api/manifest.ts';
import type { AnyObject } from '../api/types.ts';

/** An object without metadata is one without a name, which the API server refuses. */
export function withMetadata(manifest: Manifest): Manifest {
  const { metadata } = manifest.object as { readonly metadata?: AnyObject['metadata'] };
  if (metadata !== undefined) return manifest;
  return { ...manifest, object: { ...manifest.object, metadata: {} as AnyObject['metadata'] } };
}

/** Throws ApiError BadRequest for unknown fields and wrong types, InputError for kinds that do not exist. */
export function decodeStrictly({ object, source }: Manifest): void {
  const { apiVersion, kind } = object;
  const more = (hint: string) => {
    const position = source.at('kind');
    const sourceLine = position === null ? null : source.line(position.line);
    return { position, sourceLine, hint };
  };
  if (splitApiVersion(apiVersion).group === 'svcspec.dev') {
    const message = `a ${kind} document cannot be applied to a running cluster`;
    throw new InputError('cluster-document', message, more('give it at the start'));
  }
  if (recognize(apiVersion, kind).kind === 'unknown') {
    const message = `no matches for kind "${kind}" in version "${apiVersion}"`;
    throw new InputError('unknown-kind', message, more(hintForKind(apiVersion, kind)));
  }
  const { strict, type } = strictErrors(object);
  if (strict !== null || type !== null) throw undecodable(object, type ?? strict ?? '');
}

function undecodable({ apiVersion, kind, metadata }: AnyObject, why: string): ApiError {
  const message = `${kind} in version "${splitApiVersion(apiVersion).version}" cannot be handled as a ${kind}: ${why}`;
  const about = { kind, group: splitApiVersion(apiVersion).group, name: metadata?.name ?? '' };
  return new ApiError('BadRequest', message, about);
}

/** What setting a path made of an object: a path that is no field is the caller's mistake (InputError), a value of
 * the wrong type is refused by the API server (ApiError BadRequest). */
export function checkPatched(object: AnyObject): void {
  for (const problem of checkFields(object)) {
    if (problem.kind === 'wrong-type') throw undecodable(object, problem.text);
    const name = problem.path.slice(problem.path.lastIndexOf('.') + 1);
    throw new InputError('unknown-field', `${object.kind} has no field "${problem.path}"`, {
      hint: hintFor(name, problem.known),
    });
  }
}
