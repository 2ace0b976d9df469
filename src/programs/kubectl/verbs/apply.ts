// kubectl apply -f: create, or patch by the three-way difference of what was applied last, what is written, and what is
// there. Models kubectl/pkg/cmd/apply. Server-side apply, --prune and apply sets are refused.

import { ApiError } from '../../../api/error.ts';
import { goJson } from '../../../api/go-json.ts';
import { lastAppliedKey, withLastApplied } from '../../../api/last-applied.ts';
import { PatchError } from '../../../api/patch/errors.ts';
import { threeWayMergePatch, threeWayPatch } from '../../../api/patch/three-way.ts';
import { builtinRow } from '../../../api/scheme.ts';
import type { AnyObject } from '../../../api/types.ts';
import { dropNulls, isRecord } from '../../../api/values.ts';
import { build, type Info, visit } from '../builder.ts';
import { deletionFlags, deletionOf, waitGone } from '../deleting.ts';
import {
  CommandError,
  collect,
  fromFile,
  isNotFound,
  isPrintable,
  prefixed,
  throwAll,
} from '../errors.ts';
import { listOf, outputOf, printerOf } from '../printer.ts';
import {
  allFlag,
  type Call,
  dryRunFlag,
  dryRunSuffix,
  fieldManagerFlag,
  filenameFlags,
  notModelled,
  printFlags,
  recordFlag,
  selectorFlag,
  subresourceFlag,
  usageError,
  type Verb,
  validateFlag,
} from '../verb.ts';
import { create, nameOf, type Writing, writingOf } from '../writing.ts';

export const apply: Verb = {
  words: ['apply'],
  flags: [
    ...filenameFlags,
    ...printFlags,
    ...deletionFlags('false'),
    selectorFlag,
    allFlag,
    validateFlag,
    dryRunFlag,
    fieldManagerFlag,
    recordFlag,
    subresourceFlag,
    { name: 'overwrite', type: 'bool', initial: 'true' },
    { name: 'openapi-patch', type: 'bool', initial: 'true' },
    { name: 'server-side', type: 'bool' },
    { name: 'force-conflicts', type: 'bool' },
    { name: 'prune', type: 'bool' },
    { name: 'prune-allowlist', type: 'array' },
    { name: 'applyset', type: 'string' },
  ],
  run,
};

function run(call: Call): void {
  const { flags } = call;
  if (call.args.length > 0) {
    throw usageError(call, `Unexpected args: [${call.args.join(' ')}]`);
  }
  if (flags.list('filename').length === 0 && flags.text('kustomize') === '') {
    throw new CommandError('must specify one of -f and -k');
  }
  checkFlags(call);
  const writing = writingOf(call);
  const errors: Error[] = [];
  const infos: Info[] = [];
  visit(build(call, { selector: flags.text('selector') }), errors, (info) => void infos.push(info));
  if (infos.length === 0 && errors.length === 0) {
    throw new CommandError('no objects passed to apply');
  }
  const format = outputOf(call);
  const structured = format !== '' && format !== 'name';
  const results: AnyObject[] = [];
  for (const info of infos) {
    collect(errors, () => {
      const { object, done } = applyOne(call, info, writing);
      results.push(object);
      if (!structured) printerOf(call, `${done}${dryRunSuffix(writing.dryRun)}`)(object);
    });
  }
  throwAll(errors);
  if (structured) printerOf(call, '')(results.length === 1 ? results[0] : listOf(results));
}

function checkFlags({ flags }: Call): void {
  if (flags.bool('force-conflicts') && !flags.bool('server-side')) {
    throw new CommandError('--force-conflicts only works with --server-side');
  }
  if (flags.bool('server-side')) {
    throw notModelled('kubectl apply --server-side', 'use kubectl apply without it');
  }
  if (flags.text('dry-run') === 'server' && flags.bool('force')) {
    throw new CommandError('--dry-run=server cannot be used with --force');
  }
  if (flags.bool('all') && flags.text('selector') !== '') {
    throw new CommandError('cannot set --all and --selector at the same time');
  }
  if (flags.bool('prune') || flags.text('applyset') !== '') {
    throw notModelled('kubectl apply --prune', 'delete what is no longer wanted');
  }
  if (flags.text('subresource') !== '') {
    throw new CommandError('--subresource can only be specified for --server-side');
  }
}

interface Applied {
  readonly object: AnyObject;
  readonly done: 'created' | 'configured' | 'unchanged';
}

function applyOne(call: Call, info: Info, writing: Writing): Applied {
  const { generateName = '' } = info.object.metadata;
  if (info.name === '' && generateName !== '') {
    throw new CommandError(`from ${generateName}: cannot use generate name with apply`);
  }
  const modified = withLastApplied(info.object);
  const live = liveOf(call, info);
  if (live === undefined) {
    const wanted = dropNulls(modified);
    const object =
      writing.dryRun === 'client'
        ? wanted
        : fromFile('creating', info.file, () => create(call, info, wanted, writing));
    return { object, done: 'created' };
  }
  if (writing.dryRun === 'client') return { object: live, done: 'configured' };
  if (live.metadata.annotations?.[lastAppliedKey] === undefined) warnMissing(call, info);
  const patch = patchOf(info, modified, live);
  const isEmpty = Object.keys(patch).length === 0;
  const object = isEmpty ? live : send(call, info, { patch, modified, live }, writing);
  if (object.metadata.deletionTimestamp !== undefined) {
    call.err(
      `Warning: Detected changes to resource ${info.name} which is currently being deleted.\n`,
    );
  }
  return { object, done: isEmpty ? 'unchanged' : 'configured' };
}

function liveOf(call: Call, info: Info): AnyObject | undefined {
  try {
    const live = call.host.requests.get(info.row, nameOf(info));
    call.warn();
    return live;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw prefixed(
      error,
      `error when retrieving current configuration of:\n${infoText(info)}\nfrom server for: "${info.file}": `,
    );
  }
}

function warnMissing(call: Call, { row, name }: Info): void {
  call.err(
    `Warning: resource ${row.resource}/${name} is missing the ${lastAppliedKey} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
  );
}

type Fields = Readonly<Record<string, unknown>>;

function patchOf({ row }: Info, modified: AnyObject, live: AnyObject): Fields {
  const text = live.metadata.annotations?.[lastAppliedKey];
  const parsed: unknown = text === undefined ? {} : parsedJson(text);
  const last = isRecord(parsed) ? parsed : {};
  try {
    return builtinRow(row.kind, row.group) === undefined
      ? threeWayMergePatch(last, modified, live)
      : threeWayPatch(last, modified, live, row.kind);
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    const texts = `original:\n${text ?? ''}\nmodified:\n${goJson(modified)}\n\ncurrent:\n${goJson(live)}\n`;
    throw new CommandError(`creating patch with:\n${texts}\nfor: ${error.message}`);
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError('Invalid JSON document');
  }
}

interface Change {
  readonly patch: Fields;
  readonly modified: AnyObject;
  readonly live: AnyObject;
}

function send(call: Call, info: Info, change: Change, writing: Writing): AnyObject {
  const { patch, modified, live } = change;
  const { row, source } = info;
  const type = builtinRow(row.kind, row.group) === undefined ? 'merge' : 'strategic';
  const options = source === undefined ? writing.options : { ...writing.options, source };
  try {
    const stored = call.host.requests.patch(row, nameOf(info), type, patch, options);
    call.warn();
    return stored;
  } catch (error) {
    const isRefused =
      error instanceof ApiError && (error.reason === 'Conflict' || error.reason === 'Invalid');
    if (isRefused && call.flags.bool('force'))
      return recreated(call, info, live, modified, writing);
    const file = info.file ?? '';
    const inner = prefixed(error, `error when patching "${file}": `);
    throw prefixed(
      inner,
      `error when applying patch:\n${goJson(patch)}\nto:\n${infoText(info)}\nfor: "${file}": `,
    );
  }
}

function recreated(
  call: Call,
  info: Info,
  live: AnyObject,
  modified: AnyObject,
  writing: Writing,
): AnyObject {
  const deletion = deletionOf(call);
  const grace = deletion.graceSeconds < 0 ? {} : { gracePeriodSeconds: deletion.graceSeconds };
  const gone = call.host.requests.delete(info.row, nameOf(info), {
    propagation: deletion.propagation,
    ...grace,
  });
  const error = waitGone(call, info, gone.metadata.uid, deletion.timeoutMs || 300_000);
  if (error !== null) throw error;
  try {
    return create(call, info, modified, writing);
  } catch (refusal) {
    restored(call, info, live, writing, refusal);
    throw refusal;
  }
}

/** What was deleted for an object that is refused comes back. */
function restored(
  call: Call,
  info: Info,
  live: AnyObject,
  writing: Writing,
  refusal: unknown,
): void {
  try {
    create(call, info, live, writing);
  } catch (error) {
    if (!isPrintable(refusal) || !isPrintable(error)) throw error;
    throw new CommandError(
      `An error occurred force-replacing the existing object with the newly provided one:\n\n${refusal.message}.\n\nAdditionally, an error occurred attempting to restore the original object:\n\n${error.message}`,
    );
  }
}

/** resource.Info's String. */
function infoText({ row, namespace = '', name }: Info): string {
  const { group, version, kind, resource } = row;
  const of = group === '' ? `/${version}` : `${group}/${version}`;
  return `Resource: "${of}, Resource=${resource}", GroupVersionKind: "${of}, Kind=${kind}"\nName: "${name}", Namespace: "${namespace}"`;
}
