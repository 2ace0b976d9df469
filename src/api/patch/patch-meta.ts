// What strategic merge patch needs to know of a field: which struct its value is, how it is merged and by which key.
// Models strategicpatch/meta.go on the field table; of kinds without a model spec and status are known by name alone.
import { fields } from '../fields.ts';
import { fieldOf } from '../values.ts';
import { type PatchKey, patchKeys } from './patch-keys.table.ts';

/** A struct of the field table; null where nothing is known: maps merge, lists are replaced. */
export type Struct = string | null;

export interface PatchMeta extends PatchKey {
  /** The struct of the field's value, or of its items. */
  readonly struct: Struct;
}

const unknown: PatchMeta = { struct: null };

/** "DeploymentSpec" and so on; `kind` itself is the root struct. */
export function metaOf(struct: Struct, field: string): PatchMeta {
  if (struct === null) return unknown;
  const code = fieldOf(fields[struct] ?? {}, field);
  const key = patchKeys[`${struct}.${field}`] ?? {};
  if (code !== undefined) {
    const of = code.replace(/^(\[\]|\{\})+/, '');
    return { ...key, struct: Object.hasOwn(fields, of) ? of : null };
  }
  if (Object.hasOwn(fields, struct)) return unknown;
  if (field === 'metadata') return { struct: 'ObjectMeta' };
  if (field === 'spec') return { struct: `${struct}Spec` };
  return field === 'status' ? { struct: `${struct}Status` } : { ...key, struct: null };
}
