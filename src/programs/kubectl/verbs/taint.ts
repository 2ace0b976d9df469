// `kubectl taint`: adds, changes and removes taints of Nodes. Models kubectl/pkg/cmd/taint.
import { labelValue, qualifiedName } from '../../../api/field/names.ts';
import type { AnyObject, Node, Taint } from '../../../api/types.ts';
import { build, visit } from '../builder.ts';
import { taintText } from '../describe/fields.ts';
import { CommandError, throwAll } from '../errors.ts';
import { printerOf } from '../printer.ts';
import {
  allFlag,
  type Call,
  dryRunFlag,
  dryRunOf,
  fieldManagerFlag,
  printFlags,
  selectorFlag,
  usageError,
  type Verb,
  validateFlag,
} from '../verb.ts';

export const taint: Verb = {
  words: ['taint'],
  flags: [
    ...printFlags,
    dryRunFlag,
    validateFlag,
    selectorFlag,
    allFlag,
    fieldManagerFlag,
    { name: 'overwrite', type: 'bool' },
  ],
  run,
};

interface Change {
  readonly add: readonly Taint[];
  readonly remove: readonly Taint[];
}

function run(call: Call): void {
  const { resources, specs } = split(call.args);
  if (resources.length === 0) {
    throw new CommandError('one or more resources must be specified as <resource> <name>');
  }
  if (specs.length === 0) throw new CommandError('at least one taint update is required');
  const change = parsed(call, specs);
  check(call, resources, change);
  const dryRun = dryRunOf(call);
  const [all, selector] = [call.flags.bool('all'), call.flags.text('selector')];
  const args = all || selector !== '' ? ['nodes'] : ['nodes', ...resources.slice(1)];
  const errors: Error[] = [];
  visit(build(call, { args, all, selector }), errors, ({ row, name, object }) => {
    const { operation, taints } = changed(call, object, change);
    // Upstream forgets to say that it was a dry run.
    const print = printerOf(call, operation);
    if (dryRun === 'client') {
      print({ ...object, spec: { ...(object['spec'] as object), taints } });
      return;
    }
    const patch = { spec: { taints: taints.length === 0 ? null : taints } };
    print(call.host.requests.patch(row, { name }, 'merge', patch, { dryRun: dryRun === 'server' }));
  });
  throwAll(errors);
}

function split(args: readonly string[]) {
  const isTaint = (text: string): boolean => /[=:]|-$/.test(text);
  const first = args.findIndex(isTaint);
  const at = first < 0 ? args.length : first;
  const odd = args.slice(at).find((text) => !isTaint(text));
  if (odd !== undefined) {
    throw new CommandError(`all resources must be specified before taint changes: ${odd}`);
  }
  return { resources: args.slice(0, at), specs: args.slice(at) };
}

function parsed(call: Call, specs: readonly string[]): Change {
  const add: Taint[] = [];
  const remove: Taint[] = [];
  try {
    for (const spec of specs) {
      if (spec.endsWith('-')) {
        const { key, effect } = taintOf(spec.slice(0, -1));
        remove.push({ key, effect });
        continue;
      }
      const one = taintOf(spec);
      if (one.effect === '') throw new CommandError(`invalid taint spec: ${spec}`);
      if (add.some(({ key, effect }) => key === one.key && effect === one.effect)) {
        throw new CommandError(
          `duplicated taints with the same key and effect: {${one.key} ${one.value ?? ''} ${one.effect} <nil>}`,
        );
      }
      add.push(one);
    }
  } catch (error) {
    throw error instanceof CommandError ? usageError(call, error.message) : error;
  }
  return { add, remove };
}

const effects: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** "key=value:effect", "key:effect", "key". */
function taintOf(spec: string): Taint {
  const [head = '', effect, ...more] = spec.split(':');
  const fails = (why = ''): CommandError => new CommandError(`invalid taint spec: ${spec}${why}`);
  if (more.length > 0) throw fails();
  if (effect !== undefined && !effects.includes(effect)) {
    throw new CommandError(`invalid taint effect: ${effect}, unsupported taint effect`);
  }
  const [key = '', value, ...rest] = effect === undefined ? [head] : head.split('=');
  if (rest.length > 0) throw fails();
  const badValue = value === undefined ? [] : labelValue(value);
  if (badValue.length > 0) throw fails(`, ${badValue.join('; ')}`);
  const badKey = qualifiedName(key);
  if (badKey.length > 0) throw fails(`, ${badKey.join('; ')}`);
  const given = value === undefined || value === '' ? {} : { value };
  return { key, ...given, effect: effect ?? '' };
}

function check(call: Call, resources: readonly string[], { add, remove }: Change): void {
  const type = (resources[0] ?? '').toLowerCase();
  if (call.names.row(type).kind !== 'Node') {
    throw new CommandError(`invalid resource type ${type}, only node types are supported`);
  }
  const both = add.flatMap((one) =>
    remove.filter(({ key, effect }) => key === one.key && (effect === '' || effect === one.effect)),
  );
  if (both.length > 0) {
    const list = both.map(({ key, effect }) => `${key}=${effect}`).join(', ');
    throw new CommandError(
      `can not both modify and remove the following taint(s) in the same command: ${list}`,
    );
  }
  const [all, selector] = [call.flags.bool('all'), call.flags.text('selector')];
  if (all && selector !== '') {
    throw new CommandError("setting 'all' parameter with a non empty selector is prohibited");
  }
  if (!all && selector === '' && resources.length < 2) {
    throw new CommandError(
      "at least one resource name must be specified since 'all' parameter is not set",
    );
  }
}

const same = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;

function changed(call: Call, object: AnyObject, { add, remove }: Change) {
  const old = (object as unknown as Node).spec?.taints ?? [];
  const overwrite = call.flags.bool('overwrite');
  const present = add.filter((one) => old.some((other) => same(one, other)));
  if (!overwrite && present.length > 0) {
    throw new CommandError(
      `node ${object.metadata.name} already has ${present.map(({ key }) => key).join(',')} taint(s) with same effect(s) and --overwrite is false`,
    );
  }
  let taints: readonly Taint[] = [
    ...add,
    ...old.filter((other) => !add.some((one) => same(one, other))),
  ];
  const isAdded = taints.length !== old.length;
  let isRemoved = false;
  const errors: Error[] = [];
  for (const one of remove) {
    const left = taints.filter((other) =>
      one.effect === '' ? other.key !== one.key : !same(one, other),
    );
    isRemoved = left.length !== taints.length;
    if (!isRemoved)
      errors.push(new CommandError(`taint ${JSON.stringify(taintText(one))} not found`));
    taints = left;
  }
  throwAll(errors);
  const operation =
    (isAdded && isRemoved) || overwrite ? 'modified' : isAdded ? 'tainted' : 'untainted';
  return { operation, taints };
}
