// Values against the structural schema of a CustomResourceDefinition: types, limits, and the rules that a definition
// writes in CEL, here as functions. Paths come in the order of the schema; rules are asked only where the rest is right.
// Models kubeOpenAPIResultToFieldErrors of apiextensions-apiserver pkg/apiserver/validation and kube-openapi's errors.
import type { Cause } from './error.ts';
import {
  duplicate,
  invalid,
  invalidShown,
  required,
  tooLong,
  tooMany,
  unsupported,
} from './field/errors.ts';
import { isRecord } from './values.ts';

/** One x-kubernetes-validation: what it says when it does not hold. */
export interface SchemaRule {
  readonly message: string;
  readonly holds: (value: never) => boolean;
}

interface Common {
  readonly rules?: readonly SchemaRule[];
}

export type Schema = Common &
  (
    | {
        readonly kind: 'string';
        readonly enum?: readonly string[];
        readonly maxLength?: number;
        readonly pattern?: string;
      }
    | { readonly kind: 'integer'; readonly min?: number; readonly max?: number }
    | {
        readonly kind: 'array';
        readonly items: Schema;
        readonly min?: number;
        readonly max?: number;
        /** x-kubernetes-list-type: set. */
        readonly set?: true;
      }
    | {
        readonly kind: 'object';
        readonly fields: Readonly<Record<string, Schema>>;
        readonly required?: readonly string[];
        readonly minProperties?: number;
        readonly maxProperties?: number;
      }
    /** A map of strings. */
    | { readonly kind: 'map' }
  );

/** All that is wrong with a value; rules that the definition writes in CEL come last. */
export function schemaCauses(value: unknown, schema: Schema, path: string): readonly Cause[] {
  const causes = plainCauses(value, schema, path);
  return causes.length > 0 ? causes : ruleCauses(value, schema, path);
}

const goTypes = { string: 'string', integer: 'integer', array: 'array', object: 'object' } as const;

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'boolean' ? 'boolean' : typeof value;
}

function plainCauses(value: unknown, schema: Schema, path: string): readonly Cause[] {
  const wanted = schema.kind === 'map' ? 'object' : goTypes[schema.kind];
  const got = typeOf(value);
  if (got !== wanted) {
    return [invalid(path, got, `${path} in body must be of type ${wanted}: "${got}"`)];
  }
  switch (schema.kind) {
    case 'string':
      return stringCauses(value as string, schema, path);
    case 'integer':
      return integerCauses(value as number, schema, path);
    case 'array':
      return arrayCauses(value as readonly unknown[], schema, path);
    case 'object':
      return objectCauses(value as Readonly<Record<string, unknown>>, schema, path);
    case 'map':
      return [];
  }
}

type Of<K extends Schema['kind']> = Extract<Schema, { kind: K }>;

function stringCauses(value: string, schema: Of<'string'>, path: string): readonly Cause[] {
  if (schema.maxLength !== undefined && value.length > schema.maxLength) {
    return [tooLong(path, schema.maxLength)];
  }
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) {
    return [invalid(path, value, `${path} in body should match '${schema.pattern}'`)];
  }
  if (schema.enum === undefined || schema.enum.includes(value)) return [];
  return [unsupported(path, value, schema.enum)];
}

function integerCauses(value: number, { min, max }: Of<'integer'>, path: string): readonly Cause[] {
  if (max !== undefined && value > max) {
    return [invalid(path, value, `${path} in body should be less than or equal to ${max}`)];
  }
  if (min !== undefined && value < min) {
    return [invalid(path, value, `${path} in body should be greater than or equal to ${min}`)];
  }
  return [];
}

function arrayCauses(
  value: readonly unknown[],
  schema: Of<'array'>,
  path: string,
): readonly Cause[] {
  const { min = 0, max = Number.POSITIVE_INFINITY } = schema;
  const causes: Cause[] = [];
  if (value.length < min) {
    const detail = `${path} in body should have at least ${min} items`;
    causes.push(invalid(path, value.length, detail));
  }
  if (value.length > max) causes.push(tooMany(path, value.length, max));
  for (const [i, item] of value.entries()) {
    causes.push(...plainCauses(item, schema.items, `${path}[${i}]`));
    if (schema.set === true && value.indexOf(item) < i)
      causes.push(duplicate(`${path}[${i}]`, item));
  }
  return causes;
}

function objectCauses(
  value: Readonly<Record<string, unknown>>,
  schema: Of<'object'>,
  path: string,
): readonly Cause[] {
  const { fields, minProperties = 0, maxProperties = Number.POSITIVE_INFINITY } = schema;
  const causes: Cause[] = [];
  const size = Object.keys(value).length;
  if (size < minProperties) {
    const detail = `${path} in body should have at least ${minProperties} properties`;
    causes.push(invalid(path, size, detail));
  }
  if (size > maxProperties) causes.push(tooMany(path, size, maxProperties));
  for (const name of schema.required ?? []) {
    if (value[name] === undefined) causes.push(required(joined(path, name)));
  }
  for (const [name, field] of Object.entries(fields)) {
    if (value[name] === undefined) continue;
    causes.push(...plainCauses(value[name], field, joined(path, name)));
  }
  return causes;
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function ruleCauses(value: unknown, schema: Schema, path: string): readonly Cause[] {
  const causes: Cause[] = [];
  for (const { message, holds } of schema.rules ?? []) {
    if (holds(value as never)) continue;
    // The value is not shown, only its type.
    const shown = schema.kind === 'map' ? '"object"' : `"${schema.kind}"`;
    causes.push(invalidShown(path === '' ? '<nil>' : path, shown, message));
  }
  if (schema.kind === 'array' && Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      causes.push(...ruleCauses(item, schema.items, `${path}[${i}]`));
    }
  }
  if (schema.kind === 'object' && isRecord(value)) {
    for (const [name, field] of Object.entries(schema.fields)) {
      if (value[name] !== undefined)
        causes.push(...ruleCauses(value[name], field, joined(path, name)));
    }
  }
  return causes;
}
