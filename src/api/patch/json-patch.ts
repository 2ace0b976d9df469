// JSON patch (RFC 6902) as the library of the API server and kubectl carries it out (evanphx/json-patch 4.12), with its
// words: replace adds a missing field, negative indexes count from the end, adding at "" fails. Works on a copy.
import { fieldOf, isRecord, sameValue, setField } from '../values.ts';
import { PatchError } from './errors.ts';

interface Operation {
  readonly op?: unknown;
  readonly path?: unknown;
  readonly from?: unknown;
  readonly value?: unknown;
}

type Container = Record<string, unknown> | unknown[];

const MISSING = 'missing value';

function fails(message: string): PatchError {
  return new PatchError(message, 'unprocessable');
}

/** What went wrong inside a list or object, in the context of the operation. */
function within<T>(context: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    throw fails(`${context}: ${error.message}`);
  }
}

/** The document with the patch applied. Throws PatchError. */
export function jsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    const got = isRecord(patch) ? 'object' : typeof patch === 'boolean' ? 'bool' : typeof patch;
    const text = `error decoding patch: json: cannot unmarshal ${got} into Go value of type []handlers.jsonPatchOp`;
    throw new PatchError(text, 'bad-request');
  }
  let root = copied(document) as Container;
  for (const item of patch as readonly unknown[]) {
    root = apply(root, isRecord(item) ? item : {});
  }
  return root;
}

function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copied);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copied(item)]));
}

function apply(root: Container, operation: Operation): Container {
  switch (operation.op) {
    case 'add':
      add(root, operation);
      return root;
    case 'remove':
      remove(root, operation);
      return root;
    case 'replace':
      return replace(root, operation);
    case 'move':
      move(root, operation);
      return root;
    case 'copy':
      copy(root, operation);
      return root;
    case 'test':
      test(root, operation);
      return root;
    default:
      throw fails(
        `Unexpected kind: ${typeof operation.op === 'string' ? operation.op : 'unknown'}`,
      );
  }
}

interface Place {
  readonly path: string;
  readonly holder: Container;
  readonly key: string;
}

function pathIn({ path }: Operation, failure: string): string {
  if (typeof path === 'string') return path;
  throw fails(failure);
}

/** The list or object that holds the last step of a path; `missing` begins the complaint when there is none. */
function placeOf(root: Container, path: string, missing: string, quote = ''): Place {
  const steps = path.split('/').slice(1);
  let holder: unknown = steps.length === 0 ? undefined : root;
  for (const step of steps.slice(0, -1)) {
    const key = unescaped(step);
    if (Array.isArray(holder)) holder = holder[indexIn(holder.length, key) ?? -1];
    else holder = isRecord(holder) ? fieldOf(holder, key) : undefined;
  }
  if (typeof holder !== 'object' || holder === null) {
    throw fails(`${missing}: ${quote}${path}${quote}: ${MISSING}`);
  }
  return { path, holder: holder as Container, key: unescaped(steps.at(-1) ?? '') };
}

function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** undefined: not an index of a list of this length. */
function indexIn(length: number, key: string): number | undefined {
  if (!/^[+-]?\d+$/.test(key)) return undefined;
  const index = Number(key);
  if (index >= length || index < -length) return undefined;
  return index < 0 ? index + length : index;
}

function checkedIndex(length: number, key: string): number {
  const index = indexIn(length, key);
  if (index !== undefined) return index;
  if (!/^[+-]?\d+$/.test(key)) {
    throw fails(`strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`);
  }
  throw fails(`Unable to access invalid index: ${Number(key)}: invalid index referenced`);
}

function get({ holder, key }: Place): unknown {
  return Array.isArray(holder) ? holder[checkedIndex(holder.length, key)] : fieldOf(holder, key);
}

function put({ holder, key }: Place, value: unknown): void {
  if (!Array.isArray(holder)) setField(holder, key, value);
  else if (key === '-') holder.push(value);
  else if (/^[+-]?\d+$/.test(key)) holder.splice(checkedIndex(holder.length + 1, key), 0, value);
  else {
    within(`value was not a proper array index: '${key}'`, () => checkedIndex(0, key));
  }
}

function take({ holder, key }: Place): void {
  if (Array.isArray(holder)) holder.splice(checkedIndex(holder.length, key), 1);
  else if (Object.hasOwn(holder, key)) delete holder[key];
  else throw fails(`Unable to remove nonexistent key: ${key}: ${MISSING}`);
}

function valueIn({ value }: Operation): unknown {
  return copied(value ?? null);
}

function add(root: Container, operation: Operation): void {
  const path = pathIn(operation, `add operation failed to decode path: ${MISSING}`);
  const place = placeOf(root, path, 'add operation does not apply: doc is missing path', '"');
  within(`error in add for path: '${path}'`, () => put(place, valueIn(operation)));
}

function remove(root: Container, operation: Operation): void {
  const path = pathIn(operation, `remove operation failed to decode path: ${MISSING}`);
  const place = placeOf(root, path, 'remove operation does not apply: doc is missing path', '"');
  within(`error in remove for path: '${path}'`, () => take(place));
}

const noPath = `operation missing path field: ${MISSING}`;
const noFrom = `operation, missing from field: ${MISSING}`;

function replace(root: Container, operation: Operation): Container {
  const path = pathIn(operation, `replace operation failed to decode path: ${noPath}`);
  const value = valueIn(operation);
  if (path === '') return typeof value === 'object' && value !== null ? (value as Container) : root;
  const place = placeOf(root, path, 'replace operation does not apply: doc is missing path');
  const { holder, key } = place;
  if (Array.isArray(holder)) {
    const index = indexIn(holder.length, key);
    if (index === undefined) {
      throw fails(`replace operation does not apply: doc is missing key: ${path}: ${MISSING}`);
    }
    holder[index] = value;
  } else setField(holder, key, value);
  return root;
}

function fromOf(operation: Operation, op: string): string {
  if (typeof operation.from === 'string') return operation.from;
  throw fails(`${op} operation failed to decode from: ${noFrom}`);
}

function move(root: Container, operation: Operation): void {
  const from = fromOf(operation, 'move');
  const source = placeOf(root, from, 'move operation does not apply: doc is missing from path');
  const context = `error in move for path: '${source.key}'`;
  const value = within(context, () => get(source));
  within(context, () => take(source));
  const path = pathIn(operation, `move operation failed to decode path: ${noPath}`);
  const missing = 'move operation does not apply: doc is missing destination path';
  const target = placeOf(root, path, missing);
  within(`error in move for path: '${path}'`, () => put(target, value));
}

function copy(root: Container, operation: Operation): void {
  const from = fromOf(operation, 'copy');
  const source = placeOf(root, from, 'copy operation does not apply: doc is missing from path');
  const value = within(`error in copy for from: '${from}'`, () => get(source));
  const path = pathIn(operation, `copy operation failed to decode path: ${MISSING}`);
  const missing = 'copy operation does not apply: doc is missing destination path';
  const target = placeOf(root, path, missing);
  within('error while adding value during copy', () => put(target, copied(value ?? null)));
}

function test(root: Container, operation: Operation): void {
  const path = pathIn(operation, `test operation failed to decode path: ${noPath}`);
  const value = operation.value ?? null;
  let found: unknown = root;
  if (path !== '') {
    const place = placeOf(root, path, 'test operation does not apply: is missing path');
    found = within(`error in test for path: '${path}'`, () => get(place));
  }
  if (!sameValue(found ?? null, value)) {
    throw fails(`testing value ${path} failed: test failed`);
  }
}
