// What is left when Go decodes an object: a null field is as if it were not there, an item of a list and a value of a map
// that are null are the zero value of their type, fields that a struct does not have are dropped. Shares what has neither
// of these in it.
import { recognize } from './decode.ts';
import { fields } from './fields.ts';
import type { AnyObject } from './types.ts';
import { dropNulls, isRecord } from './values.ts';

const zeros: Readonly<Record<string, unknown>> = {
  string: '',
  byte: '',
  quantity: '0',
  time: '',
  int32: 0,
  int64: 0,
  double: 0,
  bool: false,
  intstr: 0,
};

function zeroOf(code: string): unknown {
  if (code.startsWith('[]')) return [];
  return code.startsWith('{}') || Object.hasOwn(fields, code) ? {} : zeros[code];
}

/** `code` is a code of the field table. */
function filled(value: unknown, code: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const of = code.startsWith('[]') ? code.slice(2) : 'any';
    const items = value.map((item) => (item === null ? (zeroOf(of) ?? null) : filled(item, of)));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  const of = code.startsWith('{}') ? code.slice(2) : undefined;
  const struct = fields[code];
  let copy: Record<string, unknown> | undefined;
  for (const [key, item] of Object.entries(value)) {
    if (struct !== undefined && !Object.hasOwn(struct, key)) {
      copy ??= { ...value } as Record<string, unknown>;
      delete copy[key];
      continue;
    }
    const below = of ?? struct?.[key] ?? 'any';
    const next = item === null && of !== undefined ? (zeroOf(of) ?? null) : filled(item, below);
    if (next === item) continue;
    copy ??= { ...value } as Record<string, unknown>;
    copy[key] = next;
  }
  return copy ?? value;
}

/** The object as it is after decoding; its types were checked before. */
export function settleNulls(object: AnyObject): AnyObject {
  const recognition = recognize(object.apiVersion, object.kind);
  const code = recognition.kind === 'modelled' ? recognition.model : 'any';
  const whole = filled(object, code);
  return dropNulls(isRecord(whole) ? (whole as AnyObject) : object);
}
