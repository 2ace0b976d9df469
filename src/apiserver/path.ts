// JSON paths as the vocabulary and messages write them ("spec.ports[0].port", "metadata.labels[a.b/c]"): parsing,
// reading, and setting or removing one value in an immutable object.
import { InputError } from '../api/input-error.ts';
import { fieldOf, isRecord, setField } from '../api/values.ts';

type Step = string | number;

/** "spec.ports[0].port" -> ["spec", "ports", 0, "port"]; a key with dots stands in brackets, quoted or not. */
export function parsePath(path: string): readonly Step[] {
  const steps: Step[] = [];
  const form = /([^.[\]]+)|\[(?:'([^']*)'|"([^"]*)"|([^\]]*))\]|\./gy;
  let last = 0;
  for (const match of path.matchAll(form)) {
    last = match.index + match[0].length;
    const bracket = match[2] ?? match[3] ?? match[4];
    if (match[1] !== undefined) steps.push(match[1]);
    else if (bracket !== undefined) {
      steps.push(match[4] !== undefined && /^\d+$/.test(bracket) ? Number(bracket) : bracket);
    }
  }
  if (last !== path.length || steps.length === 0) {
    throw new InputError('invalid-value', `"${path}" is not a JSON path`, {
      hint: 'write it like spec.ports[0].port or metadata.labels[app.kubernetes.io/name]',
    });
  }
  return steps;
}

export function valueAt(object: unknown, steps: readonly Step[]): unknown {
  let value: unknown = object;
  for (const step of steps) {
    if (Array.isArray(value)) value = typeof step === 'number' ? value[step] : undefined;
    else value = isRecord(value) ? fieldOf(value, String(step)) : undefined;
  }
  return value;
}

/** The object with one value set; `undefined` or null removes it. Missing objects on the way are made. */
export function withValue(object: unknown, steps: readonly Step[], value: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  const removes = value === undefined || value === null;
  if (typeof step === 'number' || Array.isArray(object)) {
    const list = Array.isArray(object) ? object.slice() : [];
    if (typeof step !== 'number' || step > list.length) {
      throw new InputError('invalid-value', `there is no [${step}] in a list of ${list.length}`);
    }
    if (removes && rest.length === 0) list.splice(step, 1);
    else list[step] = withValue(list[step], rest, value);
    return list;
  }
  const copy: Record<string, unknown> = isRecord(object) ? { ...object } : {};
  if (removes && rest.length === 0) delete copy[step];
  else if (removes && fieldOf(copy, step) === undefined) return object;
  else setField(copy, step, withValue(fieldOf(copy, step), rest, value));
  return copy;
}
