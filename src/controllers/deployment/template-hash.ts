// pod-template-hash: FNV-32a over Go's spew dump of the pod template, as digits in upstream's safe alphabet.
// pkg/controller/controller_utils.go ComputeHash, k8s.io/kubernetes/pkg/util/hash DeepHashObject. The dump holds
// every field of the Go structs, so the hash changes with the Kubernetes minor version.
import { canonicalQuantity, parseQuantity } from '../../api/field/quantity.ts';
import type { PodTemplateSpec } from '../../api/types.ts';
import { fnv32a, utf8 } from '../../net/fnv.ts';
import { byCodeUnit } from '../../sim/table.ts';
import { safeEncode } from '../names.ts';
import { type GoField, structs, zeroTime } from './template-hash.table.ts';

/** The label's value for a template as stored (defaults filled in, without the pod-template-hash label). */
export function templateHash(
  template: PodTemplateSpec,
  minor: number,
  collisionCount?: number,
): string {
  let bytes = utf8(dumpTemplate(template, minor));
  if (collisionCount !== undefined) {
    const tail = [0, 8, 16, 24].map((shift) => (collisionCount >>> shift) & 255);
    bytes = [...bytes, ...tail, 0, 0, 0, 0];
  }
  return safeEncode(String(fnv32a(bytes)));
}

/** The `%#v` dump that is hashed. Throws on a field that the table does not know. */
export function dumpTemplate(template: PodTemplateSpec, minor: number): string {
  return `(v1.PodTemplateSpec)${dumpStruct('PodTemplateSpec', template, minor)}`;
}

type Values = Readonly<Record<string, unknown>>;

function dumpStruct(name: string, value: unknown, minor: number): string {
  const fields = structs[name];
  if (fields === undefined) throw new Error(`pod-template-hash: no field table for ${name}`);
  const values = (value ?? {}) as Values;
  const parts = fields
    .filter((field) => minor >= (field.since ?? 0) && minor < (field.until ?? 999))
    .map((field) => `${field.go}:${dumpField(field, values, minor)}`);
  return `{${parts.join(' ')}}`;
}

function dumpField(field: GoField, values: Values, minor: number): string {
  // An embedded struct (VolumeSource, ProbeHandler ...) has no JSON name: its fields stand in the outer object.
  const value = field.json === '' ? values : values[field.json];
  return `(${printed(field.type)})${dump(field.type, value, minor)}`;
}

/** Go's name of a type in the dump: everything of core/v1 and meta/v1 is "v1.". */
function printed(type: string): string {
  if (type === '[]byte') return '[]uint8';
  return type;
}

function dump(type: string, value: unknown, minor: number): string {
  if (type.startsWith('[]')) {
    if (value === undefined || value === null) return '<nil>';
    return dumpSlice(type.slice(2), value as readonly unknown[], minor);
  }
  if (type.startsWith('map[string]') || type === 'v1.ResourceList') {
    if (value === undefined || value === null) return '<nil>';
    const of = type === 'v1.ResourceList' ? 'resource.Quantity' : type.slice('map[string]'.length);
    const entries = Object.entries(value as Values).sort(([a], [b]) => byCodeUnit(a, b));
    return `map[${entries.map(([k, v]) => `${k}:${dump(of, v, minor)}`).join(' ')}]`;
  }
  if (type.startsWith('*')) {
    return value === undefined || value === null ? '<nil>' : dump(type.slice(1), value, minor);
  }
  return dumpScalar(type, value, minor);
}

function dumpSlice(of: string, values: readonly unknown[], minor: number): string {
  const one = (value: unknown): string => {
    if (!of.startsWith('*')) return dump(of, value, minor);
    return value === undefined || value === null
      ? '<nil>'
      : `<*>${dump(of.slice(1), value, minor)}`;
  };
  return `[${values.map(one).join(' ')}]`;
}

function dumpScalar(type: string, value: unknown, minor: number): string {
  switch (type) {
    case 'bool':
      return value === true ? 'true' : 'false';
    case 'int32':
    case 'int64':
      return String(value ?? 0);
    case 'v1.Time':
      return zeroTime;
    case 'intstr.IntOrString':
      return dumpIntOrString(value);
    case 'resource.Quantity':
      return dumpQuantity(String(value ?? ''));
    default:
      break;
  }
  const name = type.startsWith('v1.') ? type.slice(3) : type;
  if (structs[name] !== undefined) return dumpStruct(name, value, minor);
  if (value !== undefined && value !== null && typeof value !== 'string') {
    throw new Error(`pod-template-hash: no field table for ${type}`);
  }
  return value ?? '';
}

function dumpIntOrString(value: unknown): string {
  const text = typeof value === 'string';
  const number = typeof value === 'number' ? value : 0;
  return `{Type:(intstr.Type)${text ? 1 : 0} IntVal:(int32)${number} StrVal:(string)${text ? value : ''}}`;
}

/** A stored quantity as Go holds it after decoding its canonical text; the text is kept only where parsing keeps it. */
function dumpQuantity(text: string): string {
  const stored = canonicalQuantity(text);
  const quantity = parseQuantity(stored);
  if (quantity === undefined) throw new Error(`pod-template-hash: "${text}" is no quantity`);
  const { value, scale, format, fast, cached } = quantity;
  const tail = `s:(string)${cached ? stored : ''} Format:(resource.Format)${format}`;
  const amount = (n: bigint, at: number) =>
    `i:(resource.int64Amount){value:(int64)${n} scale:(resource.Scale)${at}}`;
  if (fast)
    return `{${amount(value, scale)} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} ${tail}}`;
  const dec = `(*inf.Dec){unscaled:${bigInt(value)} scale:(inf.Scale)${-scale}}`;
  return `{${amount(0n, 0)} d:(resource.infDecAmount){Dec:${dec}} ${tail}}`;
}

/** math/big.Int: words of 64 bits, lowest first. */
function bigInt(value: bigint): string {
  const words: bigint[] = [];
  for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 64n) {
    words.push(rest & 0xffffffffffffffffn);
  }
  return `(big.Int){neg:(bool)${value < 0n} abs:(big.nat)[${words.join(' ')}]}`;
}
