// A pod template as the JSON text that a ControllerRevision holds: what Go's typed encoder writes, so that the hash over
// it is the real one. A field at its zero value is left out unless it is a pointer or has no omitempty.
// Models getPatch of pkg/controller/statefulset and pkg/controller/daemon (the same patch for both kinds).
import { canonicalQuantity } from '../../api/field/quantity.ts';
import type { PodTemplateSpec } from '../../api/types.ts';
import { byCodeUnit } from '../../sim/table.ts';
import { type GoField, structs } from '../deployment/template-hash.table.ts';

type Values = Readonly<Record<string, unknown>>;

/** What `data` of a ControllerRevision is. */
export interface TemplatePatch {
  readonly spec: { readonly template: Values };
}

/** Since this minor a zero metadata.creationTimestamp is left out instead of written as null. */
const omitsZeroTime = 34;

/** Scalars that may be zero and are written all the same: "Struct.json". */
const always: ReadonlySet<string> = new Set([
  'HTTPHeader.value',
  'Sysctl.value',
  'SleepAction.seconds',
]);

/** Pointers that are written as null where others are left out. */
const nullable: ReadonlySet<string> = new Set([
  'TypedLocalObjectReference.apiGroup',
  'TypedObjectReference.apiGroup',
]);

/** The patch that puts a template (as stored, with its defaults) back into place. */
export function templatePatch(template: PodTemplateSpec, minor: number): TemplatePatch {
  const encoded = encodeStruct('PodTemplateSpec', template as unknown as Values, minor);
  return { spec: { template: { ...encoded, $patch: 'replace' } } };
}

/** json.Marshal of plain values: keys sorted, and HTML's special characters escaped. */
export function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => byCodeUnit(a, b));
    return `{${entries.map(([key, one]) => `${goText(key)}:${goJson(one)}`).join(',')}}`;
  }
  return typeof value === 'string' ? goText(value) : JSON.stringify(value ?? null);
}

function goText(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function encodeStruct(name: string, values: Values, minor: number): Values {
  const out: Record<string, unknown> = {};
  for (const field of structs[name] ?? []) {
    if (minor < (field.since ?? 0) || minor >= (field.until ?? 999)) continue;
    if (field.json === '') {
      Object.assign(out, encodeStruct(structOf(field.type) ?? '', values, minor));
      continue;
    }
    const value = encodeField(name, field, values[field.json] ?? undefined, minor);
    if (value !== undefined) out[field.json] = value;
  }
  return out;
}

/** "v1.Container" -> "Container", when the table knows it. */
function structOf(type: string): string | undefined {
  const name = type.startsWith('v1.') ? type.slice(3) : type;
  return structs[name] === undefined ? undefined : name;
}

/** The field's JSON value; undefined where Go leaves it out. */
function encodeField(name: string, { type, json }: GoField, value: unknown, minor: number) {
  if (type === 'v1.Time') return minor >= omitsZeroTime ? undefined : null;
  if (type === 'resource.Quantity') return canonicalQuantity(String(value ?? '0'));
  const struct = structOf(type);
  if (struct !== undefined) return encodeStruct(struct, (value ?? {}) as Values, minor);
  if (value === undefined) return nullable.has(`${name}.${json}`) ? null : undefined;
  if (type.startsWith('*')) return encode(type.slice(1), value, minor);
  if (isZero(value) && !always.has(`${name}.${json}`)) return undefined;
  return encode(type, value, minor);
}

function isZero(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false;
}

function encode(type: string, value: unknown, minor: number): unknown {
  if (type.startsWith('[]') && Array.isArray(value)) {
    const of = type.slice(2).replace(/^\*/, '');
    return value.map((one) => encode(of, one, minor));
  }
  if (type === 'v1.ResourceList') return mapped('resource.Quantity', value, minor);
  if (type.startsWith('map[string]')) return mapped(type.slice('map[string]'.length), value, minor);
  if (type === 'resource.Quantity') return canonicalQuantity(String(value));
  const struct = structOf(type);
  return struct === undefined ? value : encodeStruct(struct, (value ?? {}) as Values, minor);
}

function mapped(of: string, value: unknown, minor: number): Values {
  const entries = Object.entries(value as Values);
  return Object.fromEntries(entries.map(([key, one]) => [key, encode(of, one, minor)]));
}
