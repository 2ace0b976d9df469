// JSON patch (RFC 6902), with the words of the library the API server uses (evanphx/json-patch 4.12): a list of
// operations carried out in order on a copy. The server answers most failures with a 422 that has no details.
import { isRecord, sameValue } from '../values.ts';
import { PatchError } from './errors.ts';

/** maxJSONPatchOperations of the API server. */
export const operationsMax = 10_000;

interface Operation {
  readonly op?: unknown;
  readonly path?: unknown;
  readonly from?: unknown;
  readonly value?: unknown;
}

type Container = Record<string, unknown> | unknown[];

function fails(message: string): PatchError {
  return new PatchError(message, 'unprocessable');
}

/** The document with the patch applied. Throws PatchError. */
export function jsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    const got = isRecord(patch) ? 'object' : typeof patch === 'boolean' ? 'bool' : typeof patch;
    const text = `error decoding patch: json: cannot unmarshal ${got} into Go value of type []handlers.jsonPatchOp`;
    throw new PatchError(text, 'bad-request');
  }
  let root = copy(document);
  for (const item of patch as readonly unknown[]) {
    const operation: Operation = isRecord(item) ? item : {};
    root = apply(root, operation);
  }
  return root;
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]));
}

function apply(root: unknown, operation: Operation): unknown {
  const { op, value } = operation;
  const path = pathOf(operation.path, op, 'path');
  switch (op) {
    case 'add':
      if (path.length === 0) return copy(value);
      add(root, path, copy(value ?? null));
      return root;
    case 'remove':
      remove(root, path, 'remove');
      return root;
    case 'replace':
      if (path.length === 0) return copy(value);
      replace(root, path, copy(value ?? null));
      return root;
    case 'move': {
      const moved = remove(root, pathOf(operation.from, op, 'from'), 'move');
      add(root, path, moved);
      return root;
    }
    case 'copy': {
      const [holder, key] = holderOf(root, pathOf(operation.from, op, 'from'), 'copy');
      add(root, path, copy(read(holder, key)));
      return root;
    }
    case 'test':
      test(root, path, value ?? null);
      return root;
    default:
      throw fails(`Unexpected kind: ${String(op ?? 'unknown')}`);
  }
}

/** "/spec/ports/0" -> ["spec", "ports", "0"]. */
function pathOf(path: unknown, op: unknown, name: string): readonly string[] {
  if (typeof path !== 'string') throw fails(`${String(op)} operation failed to decode ${name}`);
  if (path === '') return [];
  return path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

function holderOf(
  root: unknown,
  path: readonly string[],
  op: string,
): readonly [holder: Container, key: string] {
  let holder: unknown = root;
  for (const key of path.slice(0, -1)) {
    holder = isContainer(holder) ? read(holder, key) : undefined;
  }
  if (!isContainer(holder) || path.length === 0) {
    throw fails(
      `${op} operation does not apply: doc is missing path: "/${path.join('/')}": missing value`,
    );
  }
  return [holder, path.at(-1) ?? ''];
}

function read(holder: Container, key: string): unknown {
  if (!Array.isArray(holder)) return holder[key];
  return holder[indexIn(holder, key)];
}

/** Negative indexes count from the end, as the library allows. */
function indexIn(list: readonly unknown[], key: string, length = list.length): number {
  if (!/^-?\d+$/.test(key))
    throw fails(`strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`);
  const index = Number(key);
  if (index >= length || index < -length) {
    throw fails(`Unable to access invalid index: ${index}: invalid index referenced`);
  }
  return index < 0 ? index + length : index;
}

function add(root: unknown, path: readonly string[], value: unknown): void {
  const [holder, key] = holderOf(root, path, 'add');
  if (!Array.isArray(holder)) holder[key] = value;
  else if (key === '-') holder.push(value);
  else holder.splice(indexIn(holder, key, holder.length + 1), 0, value);
}

function remove(root: unknown, path: readonly string[], op: string): unknown {
  const [holder, key] = holderOf(root, path, op);
  if (Array.isArray(holder)) return holder.splice(indexIn(holder, key), 1)[0];
  if (!Object.hasOwn(holder, key)) {
    throw fails(`Unable to remove nonexistent key: ${key}: missing value`);
  }
  const value = holder[key];
  delete holder[key];
  return value;
}

function replace(root: unknown, path: readonly string[], value: unknown): void {
  const [holder, key] = holderOf(root, path, 'replace');
  if (Array.isArray(holder)) holder[indexIn(holder, key)] = value;
  else if (Object.hasOwn(holder, key)) holder[key] = value;
  else {
    const where = `/${path.join('/')}`;
    throw fails(`replace operation does not apply: doc is missing key: ${where}: missing value`);
  }
}

function test(root: unknown, path: readonly string[], value: unknown): void {
  const found = path.length === 0 ? root : read(...holderOf(root, path, 'test'));
  if (sameValue(found ?? null, value)) return;
  throw fails(`testing value /${path.join('/')} failed: test failed`);
}
