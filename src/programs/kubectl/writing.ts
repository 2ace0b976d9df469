// Requests of verbs that write, with kubectl's --dry-run and --validate, and the blame of what a file says. Models
// cli-runtime pkg/resource/helper.go.
import type { WriteOptions } from '../../api/requests.ts';
import type { AnyObject } from '../../api/types.ts';
import { without } from '../../api/values.ts';
import type { Info } from './builder.ts';
import { isNotFound } from './errors.ts';
import { type Call, type DryRun, dryRunOf, subresourceOf, validationOf } from './verb.ts';

export interface Writing {
  readonly dryRun: DryRun;
  readonly options: WriteOptions;
}

/** --dry-run, and --validate for verbs that have it. */
export function writingOf(call: Call): Writing {
  const dryRun = dryRunOf(call);
  const validates = call.flags.text('validate') !== '';
  return {
    dryRun,
    options: {
      dryRun: dryRun === 'server',
      ...(validates ? { fieldValidation: validationOf(call) } : {}),
    },
  };
}

function optionsFor(info: Info, { options }: Writing): WriteOptions {
  return info.source === undefined ? options : { ...options, source: info.source };
}

/** POST of the object, without the resourceVersion it may carry. */
export function create(call: Call, info: Info, object: AnyObject, writing: Writing): AnyObject {
  const body = { ...object, metadata: without(object.metadata, 'resourceVersion') };
  const made = call.host.requests.create(info.row, info.namespace, body, optionsFor(info, writing));
  call.warn();
  return made;
}

/** PUT of the object; without a resourceVersion it replaces whatever is there. */
export function replace(call: Call, info: Info, object: AnyObject, writing: Writing): AnyObject {
  const { requests } = call.host;
  const name = nameOf(info);
  let body = object;
  if ((object.metadata.resourceVersion ?? '') === '') {
    const resourceVersion = currentVersion(call, info);
    if (resourceVersion !== undefined) {
      body = { ...object, metadata: { ...object.metadata, resourceVersion } };
    }
  }
  const subresource = subresourceOf(call);
  const options = {
    ...optionsFor(info, writing),
    ...(subresource === undefined ? {} : { subresource }),
  };
  const stored = requests.update(info.row, name, body, options);
  call.warn();
  return stored;
}

function currentVersion(call: Call, info: Info): string | undefined {
  try {
    return call.host.requests.get(info.row, nameOf(info)).metadata.resourceVersion;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export function nameOf({ namespace, name }: Info) {
  return namespace === undefined ? { name } : { namespace, name };
}
