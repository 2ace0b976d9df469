// kubectl wait: for a condition, a JSONPath's value, creation or deletion, on the virtual clock. Models
// kubectl/pkg/cmd/wait.
import type { AnyObject } from '../../../api/types.ts';
import { isRecord } from '../../../api/values.ts';
import { build, type Info, type Result, visit } from '../builder.ts';
import { waitGone } from '../deleting.ts';
import { CommandError, isNotFound, throwAll } from '../errors.ts';
import type { Template } from '../jsonpath/parse.ts';
import { relaxedPath } from '../jsonpath/print.ts';
import { findResults, goText } from '../jsonpath/walk.ts';
import { printerOf } from '../printer.ts';
import {
  allFlag,
  allNamespacesFlag,
  type Call,
  fieldSelectorFlag,
  filenameFlags,
  localFlag,
  printFlags,
  selectorFlag,
  type Verb,
} from '../verb.ts';
import { nameOf } from '../writing.ts';

const weekMs = 168 * 3_600_000;

export const wait: Verb = {
  words: ['wait'],
  flags: [
    ...filenameFlags,
    ...printFlags,
    selectorFlag,
    fieldSelectorFlag,
    allFlag,
    allNamespacesFlag,
    localFlag,
    { name: 'for', type: 'string' },
    { name: 'timeout', type: 'duration', initial: '30s' },
  ],
  run,
};

type Wanted =
  | { readonly kind: 'delete' | 'create' }
  | { readonly kind: 'holds'; readonly test: (object: AnyObject) => boolean };

function run(call: Call): void {
  const { flags, host } = call;
  const print = printerOf(call, 'condition met');
  const wanted = wantedOf(flags.text('for'));
  const timeoutMs = flags.duration('timeout') < 0 ? weekMs : flags.duration('timeout');
  const find = (): Result =>
    build(call, {
      args: call.args,
      selector: flags.text('selector'),
      fieldSelector: flags.text('field-selector'),
      all: flags.bool('all'),
      allNamespaces: flags.bool('all-namespaces'),
      latest: true,
    });
  const untilMs = host.nowMs + timeoutMs;
  if (wanted.kind === 'create') waitCreated(call, find, untilMs);
  const errors: Error[] = [];
  let count = 0;
  visit(find(), errors, (info) => {
    count++;
    print(met(call, info, wanted, timeoutMs));
  });
  const kept = errors.filter((error) => !(wanted.kind === 'delete' && isNotFound(error)));
  throwAll(kept);
  if (count === 0 && wanted.kind !== 'delete') {
    throw new CommandError('no matching resources found');
  }
}

function wantedOf(text: string): Wanted {
  const lower = text.toLowerCase();
  if (lower === 'delete' || lower === 'create') return { kind: lower };
  if (text.startsWith('condition=')) {
    const [name = '', status = 'true'] = text.slice('condition='.length).split(/=(.*)/s);
    return { kind: 'holds', test: (object) => conditionHolds(object, name, status) };
  }
  if (text.startsWith('jsonpath=')) return pathWanted(text.slice('jsonpath='.length));
  throw new CommandError(`unrecognized condition: "${text}"`);
}

/** `{.status.phase}=Running`; "==" belongs to the path. */
function pathWanted(text: string): Wanted {
  const parts = text.split(/(?<!=)=(?!=)/);
  if (parts.length > 2) {
    throw new CommandError(
      "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'",
    );
  }
  const [given = '', written] = parts;
  const path = relaxedPath(given);
  if (path.parts.length === 0) throw new CommandError('jsonpath expression cannot be empty');
  const value = written?.replace(/^['"]+|['"]+$/g, '');
  if (value === '') {
    throw new CommandError(
      "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
    );
  }
  return { kind: 'holds', test: (object) => pathHolds(object, path, value) };
}

function conditionHolds(object: AnyObject, name: string, wanted: string): boolean {
  const status = isRecord(object['status']) ? object['status'] : {};
  const conditions = Array.isArray(status['conditions']) ? status['conditions'] : [];
  const condition = conditions.find(
    (one: unknown) => isRecord(one) && String(one['type']).toLowerCase() === name.toLowerCase(),
  ) as Readonly<Record<string, unknown>> | undefined;
  if (condition === undefined) return false;
  const observed = condition['observedGeneration'] ?? status['observedGeneration'];
  const { generation } = object.metadata;
  if (generation !== undefined && observed !== undefined && Number(observed) < generation) {
    return false;
  }
  return String(condition['status']).toLowerCase() === wanted.toLowerCase();
}

function pathHolds(object: AnyObject, path: Template, wanted: string | undefined): boolean {
  const results = findResults(path, object, { allowMissingKeys: true });
  const [first] = results;
  if (first === undefined || first.length === 0) return false;
  if (results.length > 1) {
    throw new CommandError('given jsonpath expression matches more than one list');
  }
  if (first.length > 1) {
    throw new CommandError('given jsonpath expression matches more than one value');
  }
  if (wanted === undefined) return true;
  const [value] = first;
  if (typeof value === 'object' && value !== null) {
    throw new CommandError('jsonpath leads to a nested object or list which is not supported');
  }
  return goText(value).trim() === wanted.trim();
}

function waitCreated(call: Call, find: () => Result, untilMs: number): void {
  for (;;) {
    const errors: Error[] = [];
    let found = false;
    visit(find(), errors, () => {
      found = true;
    });
    const others = errors.filter((error) => !isNotFound(error));
    throwAll(others);
    if (found && errors.length === 0) return;
    if (!call.host.step(untilMs)) throw new CommandError('timed out waiting for the condition');
  }
}

/** The object when the condition holds; throws when it did not in time. */
function met(call: Call, info: Info, wanted: Wanted, timeoutMs: number): AnyObject {
  const { host } = call;
  const { row, name } = info;
  if (wanted.kind !== 'holds') {
    const error = wanted.kind === 'create' ? null : waitGone(call, info, undefined, timeoutMs);
    if (error === null) return info.object;
    throw timeoutMs === 0 ? notMet(info) : error;
  }
  const untilMs = host.nowMs + timeoutMs;
  for (;;) {
    const object = host.requests.get(row, nameOf(info));
    if (wanted.test(object)) return object;
    if (timeoutMs === 0) throw notMet(info);
    if (!host.step(untilMs)) {
      throw new CommandError(`timed out waiting for the condition on ${row.resource}/${name}`);
    }
  }
}

function notMet({ row, name }: Info): CommandError {
  return new CommandError(`condition not met for ${row.resource}/${name}`);
}
