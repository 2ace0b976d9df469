// kubectl patch, also --local. Models kubectl/pkg/cmd/patch/patch.go, which says nothing of a dry run.
import { ApiError } from '../../../api/error.ts';
import { JsonSyntaxError, parseJsonText } from '../../../api/json-text.ts';
import { PatchError } from '../../../api/patch/errors.ts';
import { jsonPatch } from '../../../api/patch/json-patch.ts';
import { mergePatch } from '../../../api/patch/merge.ts';
import { strategicPatch } from '../../../api/patch/strategic.ts';
import type { PatchType } from '../../../api/requests.ts';
import { apiVersionOf, builtinRow } from '../../../api/scheme.ts';
import type { AnyObject } from '../../../api/types.ts';
import { isRecord, sameValue } from '../../../api/values.ts';
import { build, type Info, visit } from '../builder.ts';
import { CommandError, throwAll } from '../errors.ts';
import { printerOf } from '../printer.ts';
import {
  type Call,
  dryRunFlag,
  dryRunOf,
  fieldManagerFlag,
  filenameFlags,
  localFlag,
  printFlags,
  recordFlag,
  subresourceFlag,
  subresourceOf,
  type Verb,
} from '../verb.ts';
import { nameOf } from '../writing.ts';

export const patch: Verb = {
  words: ['patch'],
  flags: [
    ...filenameFlags,
    ...printFlags,
    dryRunFlag,
    fieldManagerFlag,
    localFlag,
    recordFlag,
    subresourceFlag,
    { name: 'patch', short: 'p', type: 'string' },
    { name: 'patch-file', type: 'string' },
    { name: 'type', type: 'string', initial: 'strategic' },
  ],
  run,
};

const types: readonly PatchType[] = ['json', 'merge', 'strategic'];

function run(call: Call): void {
  const { flags } = call;
  const dryRun = dryRunOf(call);
  const local = flags.bool('local');
  checkFlags(call, local, dryRun === 'server');
  const type = types.find((one) => one === flags.text('type').toLowerCase()) ?? 'strategic';
  const body = bodyOf(call);
  const subresource = flags.text('subresource');
  const result = build(call, { args: call.args, local, subresource });
  const onlyHere = local || dryRun === 'client';
  const errors: Error[] = [];
  let count = 0;
  visit(result, errors, (info) => {
    count++;
    const changed = onlyHere
      ? patchedHere(info.object, type, body)
      : patchedThere(call, info, type, body, dryRun === 'server');
    const done = sameValue(changed, info.object) ? 'patched (no change)' : 'patched';
    printerOf(call, done)(changed);
  });
  throwAll(errors);
  if (count === 0) throw new CommandError('no objects passed to patch');
}

function checkFlags({ flags, args }: Call, local: boolean, server: boolean): void {
  const [text, file] = [flags.text('patch'), flags.text('patch-file')];
  if (text !== '' && file !== '') {
    throw new CommandError('cannot specify --patch and --patch-file together');
  }
  if (text === '' && file === '') {
    throw new CommandError(
      'must specify --patch or --patch-file containing the contents of the patch',
    );
  }
  if (local && args.length > 0) {
    throw new CommandError('cannot specify --local and server resources');
  }
  if (local && server) {
    throw new CommandError(
      'cannot specify --local and --dry-run=server - did you mean --dry-run=client?',
    );
  }
  const type = flags.text('type');
  if (!types.some((one) => one === type.toLowerCase())) {
    throw new CommandError(`--type must be one of [json merge strategic], not "${type}"`);
  }
}

/** The patch, written as JSON or YAML: what begins as a JSON object goes to the server as it is. */
function bodyOf({ flags, host }: Call): unknown {
  const file = flags.text('patch-file');
  const text = file === '' ? flags.text('patch') : host.readText(file);
  if (!text.trimStart().startsWith('{')) return host.parse(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function patchedThere(
  call: Call,
  info: Info,
  type: PatchType,
  body: unknown,
  dryRun: boolean,
): AnyObject {
  const subresource = subresourceOf(call);
  const options = { dryRun, ...(subresource === undefined ? {} : { subresource }) };
  try {
    const stored = call.host.requests.patch(info.row, nameOf(info), type, body, options);
    call.warn();
    return stored;
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'UnsupportedMediaType') throw error;
    const gvk = `${apiVersionOf(info.row)}, Kind=${info.row.kind}`;
    throw new CommandError(`${mediaTypes[type]} is not supported by ${gvk}: ${error.message}`);
  }
}

const mediaTypes = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
} as const;

/** What kubectl's own patching says of a text that is no JSON; of a JSON patch, what is wrong with it. */
const localSyntax: Readonly<Partial<Record<PatchType, string>>> = {
  strategic: 'invalid JSON document',
  merge: 'Invalid JSON Patch',
};

function patchedHere(object: AnyObject, type: PatchType, body: unknown): AnyObject {
  try {
    const patch = typeof body === 'string' ? parseJsonText(body).value : body;
    return applied(object, type, patch) as AnyObject;
  } catch (error) {
    if (error instanceof JsonSyntaxError) {
      throw new CommandError(localSyntax[type] ?? error.message);
    }
    if (error instanceof PatchError) throw new CommandError(error.message);
    throw error;
  }
}

function applied(object: AnyObject, type: PatchType, body: unknown): unknown {
  if (type === 'json') return jsonPatch(object, body);
  if (type === 'merge') return mergePatch(object, body);
  const { apiVersion, kind } = object;
  const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : [''];
  const row = builtinRow(kind, group);
  if (row === undefined) {
    const gvk = `${apiVersion}, Kind=${kind}`;
    throw new CommandError(
      `strategic merge patch is not supported for ${gvk} locally, try --type merge`,
    );
  }
  if (!isRecord(body)) throw new CommandError(`unable to parse "${apiVersionOf(row)}" patch`);
  return strategicPatch(object, body, kind);
}
