// What the server writes into the metadata of a new object: its name from generateName, its uid, when it was made and its
// first generation. Models registry/rest/create.go (BeforeCreate) and names/generate.go.
import type { KindRow } from '../api/scheme.ts';
import type { AnyObject, ObjectMeta } from '../api/types.ts';
import { isUnset } from '../api/values.ts';
import type { Choices } from '../sim/choices.ts';
import { generatedName } from './pick.ts';

const generatedNamesMax = 8;

/** With a generated name where only its base is given; a few are tried. */
export function named(
  object: AnyObject,
  choices: Choices,
  isTaken: (named: AnyObject) => boolean,
): AnyObject {
  const { metadata } = object;
  if (!isUnset(metadata.name) || isUnset(metadata.generateName)) return object;
  let next = object;
  for (let i = 0; i < generatedNamesMax; i++) {
    const name = generatedName(choices, metadata.generateName);
    next = { ...object, metadata: { ...metadata, name } };
    if (!isTaken(next)) break;
  }
  return next;
}

/** What the server alone writes replaces what was sent. */
export function identified(
  object: AnyObject,
  row: KindRow,
  minor: number,
  made: { readonly uid: string; readonly creationTimestamp: string },
): AnyObject {
  const { resourceVersion, deletionTimestamp, deletionGracePeriodSeconds, generation, ...rest } =
    object.metadata;
  const counts = row.generationSince !== null && minor >= row.generationSince;
  const metadata: ObjectMeta = { ...rest, ...made, ...(counts ? { generation: 1 } : {}) };
  return { ...object, metadata };
}
