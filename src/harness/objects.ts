// Steps about stored objects: their state and values, and what happens to them.
import { checkFields } from '../api/decode.ts';
import { hintFor, unknownKind } from '../api/decode-hint.ts';
import { InputError } from '../api/input-error.ts';
import type { AnyObject, Pod } from '../api/types.ts';
import type { Cluster, ObjectEvent } from '../cluster/cluster.ts';
import { podStatus } from '../programs/kubectl/cells-pod.ts';
import { expect, fail } from './fail.ts';
import { kubectl } from './kubectl.ts';
import { refusable } from './manifests.ts';
import type { ObjectRef } from './refs.ts';
import { cellText, rowsOf, type Table } from './tables.ts';
import type { SvcWorld } from './world.ts';

/** The object, or a failing step that says what there is instead. */
export function objectOf(world: SvcWorld, cluster: Cluster, ref: ObjectRef): AnyObject {
  const found = cluster.objects.raw(ref.kind, ref.key);
  if (found !== undefined) return found;
  checkKind(cluster, ref);
  const others = cluster.objects.rawList(ref.kind).map((object) => nameOf(object));
  return fail(world, {
    expected: `${ref.text} exists`,
    actual: `there is no such object; ${ref.kind} objects: ${others.join(', ') || 'none'}`,
  });
}

/** A misspelt kind is a mistake in the feature, not an object that is missing. */
export function checkKind(cluster: Cluster, ref: ObjectRef): void {
  const mistake = unknownKind(ref.kind, cluster.objects.kinds());
  if (mistake !== null) throw mistake;
}

function nameOf(object: AnyObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** `Pod "x" is ready`, `exists`, `is Pending` ... */
export function hasState(world: SvcWorld, ref: ObjectRef, state: string): void {
  const cluster = world.cluster;
  if (state === 'does not exist') {
    checkKind(cluster, ref);
    const gone = cluster.objects.raw(ref.kind, ref.key) === undefined;
    expect(world, gone, () => ({ expected: `${ref.text} does not exist`, actual: 'it exists' }));
    return;
  }
  const object = objectOf(world, cluster, ref);
  if (state === 'exists') return;
  const word = state.replace(/^is /, '');
  if (word.endsWith('ready') && ref.kind !== 'Pod' && ref.kind !== 'Node') {
    throw new InputError('usage', `only Pods and Nodes are ready or not; ${ref.text} is neither`);
  }
  const actual = stateOf(object);
  const holds =
    word === 'ready' || word === 'not ready'
      ? actual.ready === (word === 'ready')
      : actual.phase === word;
  expect(world, holds, () => ({
    expected: `${ref.text} ${state}`,
    actual: `${actual.phase}, ${actual.ready ? 'ready' : 'not ready'}`,
  }));
}

function stateOf(object: AnyObject): { readonly phase: string; readonly ready: boolean } {
  const status = object['status'] as Readonly<Record<string, unknown>> | undefined;
  const conditions = (status?.['conditions'] ?? []) as readonly {
    readonly type: string;
    readonly status: string;
  }[];
  const ready = conditions.some((c) => c.type === 'Ready' && c.status === 'True');
  if (object.kind === 'Pod') return { phase: podStatus(object as unknown as Pod), ready };
  return { phase: String(status?.['phase'] ?? 'without a phase'), ready };
}

/** `Service "x" has:` a table of JSON paths and values. */
export function hasValues(world: SvcWorld, ref: ObjectRef, table: Table): void {
  const object = objectOf(world, world.cluster, ref);
  const differing: { readonly path: string; readonly want: string; readonly got: string }[] = [];
  for (const [path = '', want = ''] of rowsOf(table)) {
    checkPath(object, path);
    const value = valueAt(object, path);
    if (!sameValue(value, want)) differing.push({ path, want, got: cellText(value) });
  }
  const [first, ...more] = differing;
  if (first === undefined) return;
  const all = (of: 'want' | 'got') => differing.map((row) => `${row.path}: ${row[of]}`).join('\n');
  fail(world, {
    expected:
      more.length === 0
        ? `${first.path} of ${ref.text} is ${first.want}`
        : `${ref.text} has\n${all('want')}`,
    actual: more.length === 0 ? first.got : all('got'),
  });
}

/** Refuses a path that no object of this kind can have: it would be `<none>` whatever the cluster does. Kinds whose
 * fields are not known take any path. */
function checkPath({ apiVersion, kind }: AnyObject, path: string): void {
  const top: Record<string, unknown> = { apiVersion, kind };
  let place: Record<string, unknown> = top;
  const parts = [...path.matchAll(pathParts)];
  for (const [i, [, name, index, quoted]] of parts.entries()) {
    const isList = parts[i + 1]?.[2] !== undefined;
    const next = i + 1 === parts.length ? null : isList ? [] : {};
    if (index !== undefined) (place as unknown as unknown[]).push(next);
    else if (!(i === 0 && (name === 'kind' || name === 'apiVersion'))) {
      place[name ?? quoted ?? ''] = next;
    }
    if (next === null) break;
    place = next as Record<string, unknown>;
  }
  const [problem] = checkFields(top);
  if (problem === undefined) return;
  if (problem.kind === 'wrong-type') {
    throw new InputError(
      'wrong-type',
      `${kind} has no ${path}: ${problem.path} is no ${problem.got}`,
      {
        hint: `${problem.path} is of type ${problem.wanted}`,
      },
    );
  }
  const field = problem.path.split('.').at(-1) ?? '';
  throw new InputError('unknown-field', `${kind} has no field ${problem.path}`, {
    hint: hintFor(field, problem.known),
  });
}

/** Whether a value is what a table's cell says: compared as JSON where the cell is JSON, else as text. */
function sameValue(value: unknown, want: string): boolean {
  if (want === '<none>') return value === undefined;
  return cellText(value) === cellText(jsonOr(want));
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const pathParts = /([^.[\]]+)|\[(\d+)\]|\["([^"]*)"\]/g;

/** "spec.ports[0].port", "metadata.labels.app", `metadata.annotations["a.b/c"]`. */
export function valueAt(object: unknown, path: string): unknown {
  let value: unknown = object;
  for (const [, name, index, quoted] of path.matchAll(pathParts)) {
    if (typeof value !== 'object' || value === null) return undefined;
    const key = name ?? index ?? quoted ?? '';
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

/** `Pod "x" crashes`, `Node "n" goes down` ... */
/** What an administrator does to a Node, as kubectl's command line. */
const nodeCommands: Readonly<Record<string, readonly string[]>> = {
  'is cordoned': ['cordon'],
  'is uncordoned': ['uncordon'],
  'is drained': ['drain', '--ignore-daemonsets', '--delete-emptydir-data', '--force'],
};

export function happens(world: SvcWorld, ref: ObjectRef, event: string): void {
  if (ref.kind !== 'host') objectOf(world, world.cluster, ref);
  const command = nodeCommands[event];
  if (command !== undefined) {
    nodeIs(world, ref, command);
    return;
  }
  world.change(['happens', ref.text, event], (cluster) => {
    cluster.happen(ref.kind, ref.key, event as ObjectEvent);
    cluster.settle();
  });
}

function nodeIs(world: SvcWorld, ref: ObjectRef, command: readonly string[]): void {
  if (ref.kind !== 'Node') {
    throw new InputError('usage', `only Nodes are cordoned and drained, not ${ref.text}`, {
      position: world.step,
    });
  }
  world.change(['happens', ref.text, ...command], (cluster) => {
    const printed = kubectl(cluster, [...command, ref.key]);
    if (printed.exitCode !== 0) {
      const expected = `kubectl ${command[0]} ${ref.key} succeeds`;
      fail(world, { expected, actual: printed.stderr });
    }
    cluster.settle();
  });
}

export function scales(world: SvcWorld, ref: ObjectRef, replicas: number): void {
  objectOf(world, world.cluster, ref);
  refusable(world, ['scale', ref.text, replicas], (cluster) => {
    cluster.scale(ref.kind, ref.key, replicas);
    cluster.settle();
  });
}

/** The value is JSON where it can be read as JSON ("2", "true", "{}"), else text. */
export function sets(world: SvcWorld, path: string, ref: ObjectRef, value: string): void {
  objectOf(world, world.cluster, ref);
  refusable(world, ['set', ref.text, path, value], (cluster) => {
    cluster.set(ref.kind, ref.key, path, jsonOr(value));
    cluster.settle();
  });
}

export function deletes(world: SvcWorld, ref: ObjectRef): void {
  objectOf(world, world.cluster, ref);
  refusable(world, ['delete', ref.text], (cluster) => {
    cluster.delete(ref.kind, ref.key);
    cluster.settle();
  });
}
