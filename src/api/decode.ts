// Strict decoding: an object against the field table of its kind, worded as the API server words it. Pure; knows
// nothing of files (src/manifest adds positions). Not validation: whether values make sense is decided later.
// Models: sigs.k8s.io/json (strict.go, decode.go), apiserver pkg/endpoints/handlers/create.go.
import { base64Fault } from './base64.ts';
import { goTypeOf } from './decode-go.ts';
import { parseQuantity } from './field/quantity.ts';
import { fields, type Resource, resources } from './fields.ts';
import { quantities } from './quantities.table.ts';

export type Problem =
  | {
      readonly kind: 'unknown-field';
      /** "spec.ports[0].prot". */
      readonly path: string;
      /** The struct's field names, for a hint. */
      readonly known: readonly string[];
    }
  | {
      readonly kind: 'wrong-type';
      readonly path: string;
      /** "string", "number 1.5", "object" ...: what stands there. */
      readonly got: string;
      /** "int32", "[]v1.ServicePort": what Go would put there. */
      readonly wanted: string;
      /** The whole sentence of Go's decoder. */
      readonly text: string;
      /** The field's code in the table, "[]ServicePort"; for hints. */
      readonly code: string;
    };

/** What strict decoding answers about one object, in the API server's words. */
export interface StrictErrors {
  /** Full paths of unknown fields: "spec.prots". */
  readonly unknown: readonly string[];
  /** "json: cannot unmarshal ..." of the first wrong type; null when all types fit. */
  readonly type: string | null;
  /** `strict decoding error: unknown field "spec.prots", ...`; null when nothing is unknown. */
  readonly strict: string | null;
}

export type Recognition =
  | { readonly kind: 'modelled'; readonly resource: Resource; readonly model: string }
  /** A built-in kind without a model, or a custom resource: stored, shown, but nothing acts on it. */
  | { readonly kind: 'not-simulated'; readonly resource: Resource | null }
  | { readonly kind: 'unknown' };

const groups: ReadonlySet<string> = new Set(resources.map(({ group }) => group));

/** "apps/v1" -> { group: "apps", version: "v1" }; "v1" has the group "". */
export function splitApiVersion(apiVersion: string): {
  readonly group: string;
  readonly version: string;
} {
  const slash = apiVersion.indexOf('/');
  if (slash < 0) return { group: '', version: apiVersion };
  return { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** What is known of a kind. Groups with a dot that no Kubernetes release has are custom resources. */
export function recognize(apiVersion: string, kind: string): Recognition {
  const { group, version } = splitApiVersion(apiVersion);
  const resource = resources.find(
    (r) => r.kind === kind && r.group === group && r.version === version,
  );
  if (resource === undefined) {
    const custom = group.includes('.') && !groups.has(group) && version !== '';
    return custom ? { kind: 'not-simulated', resource: null } : { kind: 'unknown' };
  }
  return resource.model === null
    ? { kind: 'not-simulated', resource }
    : { kind: 'modelled', resource, model: resource.model };
}

/** All that is wrong with the fields of an object, in document order; [] for kinds without a model. */
export function checkFields(object: Readonly<Record<string, unknown>>): readonly Problem[] {
  const recognition = recognize(String(object['apiVersion']), String(object['kind']));
  const walk: Walk = { table: fields, problems: [] };
  if (recognition.kind === 'modelled') {
    checkStruct(object, recognition.model, { path: '', goPath: '' }, walk);
  } else if (Object.hasOwn(object, 'metadata')) {
    const place = { path: 'metadata', goPath: 'metadata', struct: String(object['kind']) };
    checkValue(object['metadata'], 'ObjectMeta', place, walk);
  }
  return walk.problems;
}

/** Like checkFields, by another table in the same codes (configuration documents). */
export function checkAgainst(
  table: FieldTable,
  model: string,
  object: Readonly<Record<string, unknown>>,
): readonly Problem[] {
  const walk: Walk = { table, problems: [] };
  checkStruct(object, model, { path: '', goPath: '' }, walk);
  return walk.problems;
}

/** checkFields in the words of the API server; at most 100 unknown fields, each once. */
export function strictErrors(object: Readonly<Record<string, unknown>>): StrictErrors {
  const unknown: string[] = [];
  let type: string | null = null;
  for (const problem of checkFields(object)) {
    if (problem.kind === 'wrong-type') type ??= problem.text;
    else if (unknown.length < 100) unknown.push(problem.path);
  }
  const listed = unknown.map((path) => `unknown field "${path}"`).join(', ');
  return { unknown, type, strict: listed === '' ? null : `strict decoding error: ${listed}` };
}

/** Struct name -> field -> code, as in fields.gen.ts. */
export type FieldTable = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Walk {
  readonly table: FieldTable;
  readonly problems: Problem[];
}

interface Place {
  /** "spec.ports[0]". */
  readonly path: string;
  /** "spec.ports": Go leaves out indexes and map keys. */
  readonly goPath: string;
}

interface FieldPlace extends Place {
  /** The innermost Go struct. */
  readonly struct: string;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function checkStruct(value: object, model: string, place: Place, walk: Walk): void {
  const known = walk.table[model] ?? {};
  for (const [key, child] of Object.entries(value)) {
    const path = join(place.path, key);
    const written = Object.hasOwn(known, key) ? known[key] : undefined;
    const code = quantities.has(`${model}.${key}`)
      ? written?.replace('string', 'quantity')
      : written;
    if (code === undefined) {
      walk.problems.push({ kind: 'unknown-field', path, known: Object.keys(known) });
      continue;
    }
    const at = { path, goPath: join(place.goPath, key), struct: model };
    checkValue(child, code, at, walk, goTypeOf(model, key, code));
  }
}

function checkValue(
  value: unknown,
  code: string,
  place: FieldPlace,
  walk: Walk,
  goType = goTypeOf('', '', code),
): void {
  if (value === null || value === undefined) return;
  if (code.startsWith('[]')) checkList(value, code.slice(2), place, walk, goType);
  else if (code.startsWith('{}')) checkMap(value, code.slice(2), place, walk, goType);
  else if (Object.hasOwn(walk.table, code)) {
    if (kindOf(value) === 'object') checkStruct(value, code, place, walk);
    else walk.problems.push(mismatch(value, goType, place, code));
  } else checkScalar(value, code, place, walk, goType);
}

function checkList(
  value: unknown,
  code: string,
  place: FieldPlace,
  walk: Walk,
  goType: string,
): void {
  if (!Array.isArray(value)) {
    walk.problems.push(mismatch(value, goType, place, `[]${code}`));
    return;
  }
  const item = goType.startsWith('[]') ? goType.slice(2) : goTypeOf('', '', code);
  for (const [i, child] of value.entries()) {
    checkValue(child, code, { ...place, path: `${place.path}[${i}]` }, walk, item);
  }
}

function checkMap(
  value: unknown,
  code: string,
  place: FieldPlace,
  walk: Walk,
  goType: string,
): void {
  if (kindOf(value) !== 'object') {
    walk.problems.push(mismatch(value, goType, place, `{}${code}`));
    return;
  }
  for (const [key, child] of Object.entries(value as object)) {
    checkValue(child, code, { ...place, path: `${place.path}[${key}]` }, walk);
  }
}

const ranges: Readonly<Record<string, number>> = { int32: 2 ** 31, int64: 2 ** 63 };

function checkScalar(
  value: unknown,
  code: string,
  place: FieldPlace,
  walk: Walk,
  goType: string,
): void {
  const kind = kindOf(value);
  switch (code) {
    case 'any':
      return;
    case 'bool':
      if (kind !== 'bool') walk.problems.push(mismatch(value, goType, place, code));
      return;
    case 'double':
      if (kind !== 'number') walk.problems.push(mismatch(value, goType, place, code));
      return;
    case 'int32':
    case 'int64':
      if (!isInteger(value, code)) walk.problems.push(mismatch(value, goType, place, code));
      return;
    case 'intstr':
      // intstr.UnmarshalJSON decodes by itself and so loses the field's name.
      if (kind === 'string' || isInteger(value, 'int32')) return;
      walk.problems.push(bare(value, 'int32', place, code));
      return;
    case 'quantity':
      if (kind !== 'string' && kind !== 'number') {
        walk.problems.push(bare(value, 'string', place, code));
      } else if (parseQuantity(String(value).trim()) === undefined) {
        walk.problems.push(noQuantity(String(value), place, code));
      }
      return;
    case 'time':
      if (kind !== 'string') walk.problems.push(bare(value, 'string', place, code));
      return;
    case 'byte': {
      const fault = kind === 'string' ? base64Fault(String(value)) : null;
      if (kind !== 'string') walk.problems.push(mismatch(value, goType, place, code));
      else if (fault !== null) walk.problems.push(noBase64(fault, place, code));
      return;
    }
    default:
      if (kind !== 'string') walk.problems.push(mismatch(value, goType, place, code));
  }
}

function isInteger(value: unknown, code: string): boolean {
  const bound = ranges[code] ?? 0;
  return Number.isInteger(value) && Number(value) >= -bound && Number(value) < bound;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** Go names the number itself where a number was wanted but this one does not fit. */
function gotOf(value: unknown, wanted: string): string {
  const kind = kindOf(value);
  return kind === 'number' && /^int(32|64)$/.test(wanted) ? `number ${value}` : kind;
}

function mismatch(value: unknown, wanted: string, place: FieldPlace, code: string): Problem {
  const got = gotOf(value, wanted);
  const field = `${place.struct}.${place.goPath}`;
  const text = `json: cannot unmarshal ${got} into Go struct field ${field} of type ${wanted}`;
  return { kind: 'wrong-type', path: place.path, got, wanted, text, code };
}

function bare(value: unknown, wanted: string, place: FieldPlace, code: string): Problem {
  const got = gotOf(value, wanted);
  const text = `json: cannot unmarshal ${got} into Go value of type ${wanted}`;
  return { kind: 'wrong-type', path: place.path, got, wanted, text, code };
}

function noBase64(fault: number, place: FieldPlace, code: string): Problem {
  const text = `illegal base64 data at input byte ${fault}`;
  return { kind: 'wrong-type', path: place.path, got: 'string', wanted: '[]uint8', text, code };
}

const quantityForm = '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$';

/** Quantity.UnmarshalJSON fails in words of its own, without the field's name. */
function noQuantity(value: string, place: FieldPlace, code: string): Problem {
  const text = new RegExp(quantityForm).test(value)
    ? "unable to parse quantity's suffix"
    : `quantities must match the regular expression '${quantityForm}'`;
  const got = `string "${value}"`;
  return { kind: 'wrong-type', path: place.path, got, wanted: 'resource.Quantity', text, code };
}
