// What the verbs of `kubectl set` share: objects, a change of their pod spec, the patch between before and after, and how
// it is printed. Models kubectl/pkg/cmd/set/helper.go and polymorphichelpers/updatepodspec.go.
import { ApiError } from '../../../api/error.ts';
import { threeWayPatch } from '../../../api/patch/three-way.ts';
import { kubectlType } from '../../../api/scheme.ts';
import type { AnyObject, Container, PodSpec } from '../../../api/types.ts';
import { isRecord, sameValue } from '../../../api/values.ts';
import { build, type Info, infosOf } from '../builder.ts';
import { goTyped } from '../create/typed.ts';
import { CommandError } from '../errors.ts';
import type { Flag } from '../flags.ts';
import type { Printer } from '../printer.ts';
import {
  allFlag,
  type Call,
  dryRunFlag,
  dryRunOf,
  fieldManagerFlag,
  filenameFlags,
  localFlag,
  printFlags,
  recordFlag,
  selectorFlag,
} from '../verb.ts';

export const setFlags: readonly Flag[] = [
  ...printFlags,
  ...filenameFlags,
  allFlag,
  localFlag,
  dryRunFlag,
  fieldManagerFlag,
  selectorFlag,
  recordFlag,
];

const localOnly = `error: you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'`;

/** The objects of --local's files or of the server. */
export function objectsToSet(call: Call, args: readonly string[]): readonly Info[] {
  const { flags } = call;
  const local = flags.bool('local');
  if (local && args.length > 0) throw new CommandError(localOnly, { whole: true });
  const [all, selector] = [flags.bool('all'), flags.text('selector')];
  return infosOf(
    local ? build(call, { local }) : build(call, { args, all, selector, latest: true }),
  );
}

export function checkLocal(call: Call): void {
  if (call.flags.bool('local') && dryRunOf(call) === 'server') {
    throw new CommandError(
      'cannot specify --local and --dry-run=server - did you mean --dry-run=client?',
    );
  }
}

const templated: readonly string[] = [
  'ReplicationController',
  'Deployment',
  'DaemonSet',
  'ReplicaSet',
  'StatefulSet',
  'Job',
];

/** The object with another pod spec. Throws for what has none. */
export function withPodSpec(object: AnyObject, change: (spec: PodSpec) => PodSpec): AnyObject {
  const path =
    object.kind === 'Pod'
      ? ['spec']
      : object.kind === 'CronJob'
        ? ['spec', 'jobTemplate', 'spec', 'template', 'spec']
        : ['spec', 'template', 'spec'];
  if (object.kind !== 'Pod' && object.kind !== 'CronJob' && !templated.includes(object.kind)) {
    const type = `${object.apiVersion.split('/').at(-1)}.${object.kind}`;
    throw new CommandError(`the object is not a pod or does not have a pod template: *${type}`);
  }
  return at(object, path, (spec) => change(spec as PodSpec)) as AnyObject;
}

function at(value: unknown, path: readonly string[], change: (old: unknown) => unknown): unknown {
  const [field, ...rest] = path;
  if (field === undefined) return change(value);
  const record = isRecord(value) ? value : {};
  return { ...record, [field]: at(record[field], rest, change) };
}

/** Changes containers one by one. */
export function withContainers(
  spec: PodSpec,
  selects: (container: Container) => boolean,
  change: (container: Container) => Container,
): PodSpec {
  const each = (list: readonly Container[]) =>
    list.map((one) => (selects(one) ? change(one) : one));
  const inits = spec.initContainers;
  return {
    ...spec,
    containers: each(spec.containers ?? []),
    ...(inits === undefined ? {} : { initContainers: each(inits) }),
  };
}

/** selectString of upstream: "*" stands for anything. */
export function selectName(name: string, pattern: string): boolean {
  if (!pattern.includes('*')) return name === pattern;
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`).test(name);
}

export interface Setting {
  readonly infos: readonly Info[];
  readonly change: (object: AnyObject) => AnyObject;
  readonly print: Printer;
  /** "failed to patch image update to pod template: " */
  readonly failure: string;
  /** An object that stays as it is is printed all the same. */
  readonly always?: boolean;
}

/** Applies the change to all; what fails is left out and collected. */
export function setAll(call: Call, setting: Setting, errors: Error[]): void {
  const dryRun = dryRunOf(call);
  for (const info of setting.infos) {
    let after: AnyObject;
    try {
      after = setting.change(info.object);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      const name = call.flags.bool('local')
        ? `${kubectlType(info.row)}/${info.name}\n`
        : `${info.row.resource}/${info.name}`;
      errors.push(new CommandError(`error: ${name} ${error.message}\n`));
      continue;
    }
    if (sameValue(after, info.object) && setting.always !== true) continue;
    if (call.flags.bool('local') || dryRun === 'client') {
      setting.print(goTyped(after, call.host.minor));
      continue;
    }
    try {
      setting.print(patched(call, info, after, dryRun === 'server'));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      errors.push(
        setting.failure === '' ? error : new CommandError(`${setting.failure}${error.message}`),
      );
    }
  }
}

function patched(call: Call, info: Info, after: AnyObject, dryRun: boolean): AnyObject {
  const { row, namespace, name, object } = info;
  const patch = threeWayPatch(object, after, object, row.kind);
  const place = namespace === undefined ? { name } : { namespace, name };
  return call.host.requests.patch(row, place, 'strategic', patch, { dryRun });
}
