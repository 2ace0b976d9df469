// `kubectl set env`: adds, changes, removes and lists variables of containers. Models kubectl/pkg/cmd/set/set_env.go and
// set/env. Not here: --resolve, and "-" for variables from standard input.
import type { AnyObject, ConfigMap, Container, EnvVar, EnvVarSource } from '../../../api/types.ts';
import { build, infosOf } from '../builder.ts';
import { keysOf } from '../describe/fields.ts';
import { CommandError, throwAll } from '../errors.ts';
import { outputOf, printerOf } from '../printer.ts';
import { type Call, dryRunOf, dryRunSuffix, notModelled, type Verb } from '../verb.ts';
import {
  checkLocal,
  objectsToSet,
  selectName,
  setAll,
  setFlags,
  withContainers,
  withPodSpec,
} from './set-common.ts';

export const setEnv: Verb = {
  words: ['set', 'env'],
  flags: [
    ...setFlags,
    { name: 'containers', short: 'c', type: 'string', initial: '*' },
    { name: 'from', type: 'string' },
    { name: 'prefix', type: 'string' },
    { name: 'env', short: 'e', type: 'array' },
    { name: 'keys', type: 'strings' },
    { name: 'list', type: 'bool' },
    { name: 'resolve', type: 'bool' },
    { name: 'overwrite', type: 'bool', initial: 'true' },
  ],
  run,
};

interface Change {
  readonly env: readonly EnvVar[];
  readonly remove: readonly string[];
}

function run(call: Call): void {
  const { flags } = call;
  if (flags.bool('all') && flags.text('selector') !== '') {
    throw new CommandError('cannot set --all and --selector at the same time');
  }
  const { resources, words } = split(call.args);
  const print = printerOf(call, `env updated${dryRunSuffix(dryRunOf(call))}`);
  checkLocal(call);
  check(call, resources);
  const change = withFrom(call, parsed([...flags.list('env'), ...words]));
  const infos = objectsToSet(call, resources);
  const errors: Error[] = [];
  if (flags.bool('list')) {
    for (const { object } of infos) list(call, changed(call, object, change));
    return;
  }
  if (change.env.length === 0 && words.length === 0 && !flags.bool('local')) {
    throw new CommandError('at least one environment variable must be provided');
  }
  setAll(
    call,
    {
      infos,
      print,
      failure: 'failed to patch env update to pod template: ',
      change: (object) => changed(call, object, change),
    },
    errors,
  );
  throwAll(errors);
}

function split(args: readonly string[]) {
  const isEnv = (text: string): boolean => /^.+=/s.test(text) || text.endsWith('-');
  const first = args.findIndex(isEnv);
  const at = first < 0 ? args.length : first;
  if (args.slice(at).some((text) => !isEnv(text))) {
    throw new CommandError(
      `all resources must be specified before environment changes: ${args.join(' ')}`,
    );
  }
  return { resources: args.slice(0, at), words: args.slice(at) };
}

function check(call: Call, resources: readonly string[]): void {
  const { flags } = call;
  if (flags.list('filename').length === 0 && resources.length === 0) {
    throw new CommandError(
      'one or more resources must be specified as <resource> <name> or <resource>/<name>',
    );
  }
  if (flags.bool('list') && outputOf(call) !== '') {
    throw new CommandError('--list and --output may not be specified together');
  }
  if (flags.list('keys').length > 0 && flags.text('from') === '') {
    throw new CommandError(
      'when specifying --keys, a configmap or secret must be provided with --from',
    );
  }
  if (flags.bool('resolve')) throw notModelled('kubectl set env --resolve', 'read the ConfigMap');
}

function parsed(words: readonly string[]): Change {
  const env: EnvVar[] = [];
  const remove: string[] = [];
  for (const word of words) {
    const at = word.indexOf('=');
    if (word === '-') throw notModelled('kubectl set env -', 'write the variables out');
    if (at >= 0) env.push({ name: word.slice(0, at), value: word.slice(at + 1) });
    else if (word.endsWith('-')) remove.push(word.slice(0, -1));
    else throw new CommandError(`unknown environment variable: ${word}`);
  }
  if (remove.some((name) => env.some((one) => one.name === name))) {
    throw new CommandError(
      'can not both modify and remove the same environment variable in the same command',
    );
  }
  return { env, remove };
}

function withFrom(call: Call, { env, remove }: Change): Change {
  const { flags } = call;
  const [from, prefix, keys] = [flags.text('from'), flags.text('prefix'), flags.list('keys')];
  const infos = from === '' ? [] : infosOf(build(call, { args: [from] }));
  const more = infos.flatMap(({ object }) => variablesOf(call, object, keys));
  const all = [...env, ...more].map((one) => ({ ...one, name: `${prefix}${one.name}` }));
  return { env: all, remove };
}

/** One variable for each key, in order; Go's maps have none. */
function variablesOf(call: Call, object: AnyObject, keys: readonly string[]): readonly EnvVar[] {
  const { name } = object.metadata;
  const reference = (key: string): EnvVarSource =>
    object.kind === 'Secret' ? { secretKeyRef: { name, key } } : { configMapKeyRef: { name, key } };
  if (object.kind !== 'Secret' && object.kind !== 'ConfigMap') {
    throw new CommandError('unsupported resource specified in --from');
  }
  return keysOf((object as unknown as ConfigMap).data)
    .filter((key) => keys.length === 0 || keys.includes(key))
    .map((key) => {
      const variable = key.replaceAll(/[^a-zA-Z0-9_]/g, '_').toUpperCase();
      if (variable !== key) call.err(`Warning: key ${key} transferred to ${variable}\n`);
      return { name: variable, valueFrom: reference(key) };
    });
}

function changed(call: Call, object: AnyObject, change: Change): AnyObject {
  const pattern = call.flags.text('containers');
  const isNamed = (one: Container): boolean => selectName(one.name, pattern);
  return withPodSpec(object, (spec) => {
    if (![...(spec.containers ?? []), ...(spec.initContainers ?? [])].some(isNamed)) {
      const quoted = JSON.stringify(pattern);
      call.err(
        `Warning: ${object.kind}/${object.metadata.name} does not have any containers matching ${quoted}\n`,
      );
    }
    return withContainers(spec, isNamed, (one) => withVariables(call, one, change));
  });
}

function withVariables(call: Call, container: Container, { env, remove }: Change): Container {
  const existing = container.env ?? [];
  if (!call.flags.bool('overwrite')) {
    for (const one of env) {
      const old = existing.find(({ name }) => name === one.name);
      if (old !== undefined && (old.value ?? '') !== (one.value ?? '')) {
        throw new CommandError(
          `'${old.name}' already has a value (${old.value ?? ''}), and --overwrite is false`,
        );
      }
    }
  }
  const covered = new Set(remove);
  const out: EnvVar[] = [];
  for (const old of existing) {
    if (covered.has(old.name)) continue;
    const newer = env.find(({ name }) => name === old.name);
    if (newer !== undefined) covered.add(old.name);
    out.push(newer === undefined ? old : bare(newer));
  }
  for (const one of env) {
    if (covered.has(one.name)) continue;
    covered.add(one.name);
    out.push(bare(one));
  }
  if (out.length === 0) {
    const { env: _, ...rest } = container;
    return rest;
  }
  return { ...container, env: out };
}

/** An empty value is not written. */
function bare(variable: EnvVar): EnvVar {
  const { value, ...rest } = variable;
  return value === undefined || value === '' ? rest : { ...rest, value };
}

function list(call: Call, object: AnyObject): void {
  const pattern = call.flags.text('containers');
  withPodSpec(object, (spec) => {
    const all = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
    for (const { name, env = [] } of all.filter((one) => selectName(one.name, pattern))) {
      call.out(`# ${object.kind} ${object.metadata.name}, container ${name}\n`);
      for (const one of env) {
        const from = one.valueFrom;
        const text = `# ${one.name} from ${from === undefined ? '' : referenceText(from)}`;
        call.out(from === undefined ? `${one.name}=${one.value ?? ''}\n` : `${text}\n`);
      }
    }
    return spec;
  });
}

function referenceText(from: EnvVarSource): string {
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = from;
  if (configMapKeyRef !== undefined) {
    return `configmap ${configMapKeyRef.name}, key ${configMapKeyRef.key}`;
  }
  if (secretKeyRef !== undefined) return `secret ${secretKeyRef.name}, key ${secretKeyRef.key}`;
  if (fieldRef !== undefined) return `field path ${fieldRef.fieldPath}`;
  if (resourceFieldRef === undefined) return 'invalid valueFrom';
  const { containerName = '', resource } = resourceFieldRef;
  return `resource field ${containerName === '' ? '' : `${containerName}/`}${resource}`;
}
