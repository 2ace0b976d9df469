// What `label` and `annotate` have in common: KEY=VALUE and KEY- arguments behind the resources, the change of one
// map of the metadata, --list, --local, --overwrite. Models kubectl/pkg/cmd/{label,annotate} and cmd/util ParsePairs.
import type { AnyObject } from '../../api/types.ts';
import { setField } from '../../api/values.ts';
import { byCodeUnit } from '../../sim/table.ts';
import { build, type Info, visit } from './builder.ts';
import { CommandError, throwAll } from './errors.ts';
import type { Flag } from './flags.ts';
import {
  allFlag,
  allNamespacesFlag,
  type Call,
  type DryRun,
  dryRunFlag,
  dryRunOf,
  fieldManagerFlag,
  fieldSelectorFlag,
  filenameFlags,
  localFlag,
  printFlags,
  recordFlag,
  selectorFlag,
} from './verb.ts';
import { nameOf } from './writing.ts';

export const pairFlags: readonly Flag[] = [
  ...filenameFlags,
  ...printFlags,
  selectorFlag,
  fieldSelectorFlag,
  allFlag,
  allNamespacesFlag,
  dryRunFlag,
  fieldManagerFlag,
  localFlag,
  recordFlag,
  { name: 'list', type: 'bool' },
  { name: 'overwrite', type: 'bool' },
  { name: 'resource-version', type: 'string' },
];

export type Pairs = ReadonlyMap<string, string>;

export interface Change {
  readonly set: Pairs;
  readonly remove: readonly string[];
}

/** What differs between the two verbs. */
export interface Field {
  /** "label", "annotation": as errors name it. */
  readonly type: string;
  readonly field: 'labels' | 'annotations';
  /** Names of example files in errors. */
  readonly example: 'pod' | 'rsrc';
  readonly parse: (pairs: readonly string[]) => Change;
  /** Throws when a value would be overwritten. */
  readonly checkOverwrite: (current: Pairs, set: Pairs) => void;
  /** The line behind "pod/web ". */
  readonly done: (before: AnyObject, after: AnyObject, overwrite: boolean) => string;
  /** Says which keys to remove are not there. */
  readonly saysMissing: boolean;
}

function isPair(word: string): boolean {
  return (word.includes('=') && !word.startsWith('=')) || (word.endsWith('-') && word !== '-');
}

/** The resources, then the pairs. */
function splitArgs(args: readonly string[], type: string): readonly [string[], string[]] {
  const at = args.findIndex(isPair);
  if (at < 0) return [[...args], []];
  const late = args.slice(at).find((word) => !isPair(word));
  if (late !== undefined) {
    throw new CommandError(`all resources must be specified before ${type} changes: ${late}`);
  }
  return [args.slice(0, at), args.slice(at)];
}

/** Runs the verb; `print` prints an object behind which `done` stands. */
export function changeMetadata(
  call: Call,
  field: Field,
  printer: (operation: string, dryRun: DryRun) => (object: AnyObject) => void,
): void {
  const { flags } = call;
  const dryRun = dryRunOf(call);
  const [resources, pairs] = splitArgs(call.args, field.type);
  const change = field.parse(pairs);
  const local = flags.bool('local');
  checkFlags(call, field, resources, change, dryRun);
  const result = build(call, {
    local,
    ...(local
      ? {}
      : {
          args: resources,
          selector: flags.text('selector'),
          fieldSelector: flags.text('field-selector'),
          allowEmptySelector: flags.bool('all'),
          allNamespaces: flags.bool('all-namespaces'),
          latest: true,
        }),
  });
  if (!result.single && flags.text('resource-version') !== '') {
    throw new CommandError('--resource-version may only be used with a single resource');
  }
  const errors: Error[] = [];
  visit(result, errors, (info) => {
    const changed = changedObject(call, field, info, change);
    const onlyHere = dryRun === 'client' || local || flags.bool('list');
    const stored = onlyHere ? changed : patched(call, field, info, change, changed, dryRun);
    if (flags.bool('list')) list(call, field, info, stored, result.single);
    else {
      const operation = field.done(info.object, changed, flags.bool('overwrite'));
      printer(operation, dryRun)(stored);
    }
  });
  throwAll(errors);
}

function checkFlags(
  { flags }: Call,
  { type, example }: Field,
  resources: readonly string[],
  change: Change,
  dryRun: DryRun,
): void {
  const files = flags.list('filename').length > 0;
  const fails = (text: string): never => {
    throw new CommandError(text);
  };
  if (flags.bool('list') && flags.text('output') !== '') {
    fails('--list and --output may not be specified together');
  }
  if (flags.bool('all') && flags.text('selector') !== '') {
    fails('cannot set --all and --selector at the same time');
  }
  if (flags.bool('all') && flags.text('field-selector') !== '') {
    fails('cannot set --all and --field-selector at the same time');
  }
  const names = `-f ${example}.yaml or --filename=${example}.json`;
  if (flags.bool('local')) {
    if (dryRun === 'server') {
      fails('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
    }
    if (resources.length > 0)
      fails(`can only use local files by ${names} when --local=true is set`);
    if (!files) fails(`one or more files must be specified as ${names}`);
  } else if (resources.length === 0 && !files) {
    fails('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  }
  if (change.set.size === 0 && change.remove.length === 0 && !flags.bool('list')) {
    fails(`at least one ${type} update is required`);
  }
}

function pairsOf(object: AnyObject, { field }: Field): Pairs {
  return new Map(Object.entries(object.metadata[field] ?? {}));
}

function changedObject(
  { flags }: Call,
  field: Field,
  { object }: Info,
  { set, remove }: Change,
): AnyObject {
  const current = pairsOf(object, field);
  if (!flags.bool('overwrite')) field.checkOverwrite(current, set);
  const next = new Map([...current, ...set]);
  for (const key of remove) next.delete(key);
  const { [field.field]: _, ...rest } = object.metadata;
  const value = Object.fromEntries(next);
  const keeps = next.size > 0 || object.metadata[field.field] !== undefined;
  return { ...object, metadata: keeps ? { ...rest, [field.field]: value } : rest };
}

function patched(
  call: Call,
  field: Field,
  info: Info,
  { set, remove }: Change,
  changed: AnyObject,
  dryRun: DryRun,
): AnyObject {
  const current = pairsOf(info.object, field);
  if (field.saysMissing) {
    for (const key of remove) {
      if (!current.has(key)) call.out(`${field.type} "${key}" not found.\n`);
    }
  }
  const values: Record<string, string | null> = {};
  for (const [key, value] of set) if (current.get(key) !== value) setField(values, key, value);
  for (const key of remove) if (current.has(key)) setField(values, key, null);
  const version = call.flags.text('resource-version');
  if (Object.keys(values).length === 0 && version === '') return changed;
  const metadata = {
    ...(Object.keys(values).length === 0 ? {} : { [field.field]: values }),
    ...(version === '' ? {} : { resourceVersion: version }),
  };
  const options = { dryRun: dryRun === 'server' };
  const stored = call.host.requests.patch(info.row, nameOf(info), 'merge', { metadata }, options);
  call.warn();
  return stored;
}

function list(call: Call, field: Field, info: Info, object: AnyObject, single: boolean): void {
  if (!single) {
    call.out(`Listing ${field.field} for ${info.row.kind}.${info.row.group}/${info.name}:\n`);
  }
  const pairs = [...pairsOf(object, field)].sort(([a], [b]) => byCodeUnit(a, b));
  for (const [key, value] of pairs) call.out(`${single ? '' : ' '}${key}=${value}\n`);
}
