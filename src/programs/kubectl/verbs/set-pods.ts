// `kubectl set image|resources|serviceaccount|selector`. Models the files of the same names of kubectl/pkg/cmd/set.
import type { AnyObject, Container } from '../../../api/types.ts';
import { amounts, labelSelectorOf } from '../create/policy.ts';
import { CommandError, throwAll } from '../errors.ts';
import { printerOf } from '../printer.ts';
import { type Call, dryRunOf, dryRunSuffix, type Verb } from '../verb.ts';
import {
  checkLocal,
  objectsToSet,
  selectName,
  setAll,
  setFlags,
  withContainers,
  withPodSpec,
} from './set-common.ts';

const noResources =
  'one or more resources must be specified as <resource> <name> or <resource>/<name>';

function aggregate(errors: readonly string[]): void {
  throwAll(errors.map((text) => new CommandError(text)));
}

/** Arguments before the first pair, and the pairs. */
export function splitPairs(args: readonly string[], type: string) {
  const isPair = (text: string): boolean => /^[^=].*=/s.test(text) || text.endsWith('-');
  const first = args.findIndex(isPair);
  const at = first < 0 ? args.length : first;
  const odd = args.slice(at).find((text) => !isPair(text));
  if (odd !== undefined) {
    throw new CommandError(`all resources must be specified before ${type} changes: ${odd}`);
  }
  return { resources: args.slice(0, at), pairs: args.slice(at) };
}

export const setImage: Verb = {
  words: ['set', 'image'],
  flags: setFlags,
  run: (call) => {
    const { resources, pairs } = splitPairs(call.args, 'image');
    const images = imagesOf(pairs);
    const print = printerOf(call, `image updated${dryRunSuffix(dryRunOf(call))}`);
    const infos = objectsToSet(call, resources);
    const { flags } = call;
    const problems: string[] = [];
    if (flags.bool('all') && flags.text('selector') !== '') {
      problems.push('cannot set --all and --selector at the same time');
    }
    if (resources.length === 0 && flags.list('filename').length === 0) problems.push(noResources);
    if (images.size === 0) problems.push('at least one image update is required');
    if (images.size > 1 && images.has('*')) {
      problems.push(
        'all containers are already specified by *, but saw more than one container_name=container_image pairs',
      );
    }
    aggregate(problems);
    checkLocal(call);
    const errors: Error[] = [];
    const failure = 'failed to patch image update to pod template: ';
    const change = (object: AnyObject) => withImages(object, images, errors);
    setAll(call, { infos, print, failure, change }, errors);
    throwAll(errors);
  },
};

function imagesOf(pairs: readonly string[]): ReadonlyMap<string, string> {
  const invalid = pairs.filter((pair) => !pair.includes('=') || pair.startsWith('='));
  if (invalid.length > 0) throw new CommandError(`invalid image format: ${invalid.join(', ')}`);
  return new Map(
    pairs.map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

function withImages(
  object: AnyObject,
  images: ReadonlyMap<string, string>,
  errors: Error[],
): AnyObject {
  return withPodSpec(object, (spec) => {
    let changed = spec;
    for (const [name, image] of images) {
      const isNamed = (one: Container): boolean => name === '*' || one.name === name;
      const all = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
      if (!all.some(isNamed)) {
        const quoted = JSON.stringify(name);
        errors.push(new CommandError(`error: unable to find container named ${quoted}`));
      }
      changed = withContainers(changed, isNamed, (one) => ({ ...one, image }));
    }
    return changed;
  });
}

export const setResources: Verb = {
  words: ['set', 'resources'],
  flags: [
    ...setFlags,
    { name: 'containers', short: 'c', type: 'string', initial: '*' },
    { name: 'limits', type: 'string' },
    { name: 'requests', type: 'string' },
  ],
  run: (call) => {
    const print = printerOf(call, `resource requirements updated${dryRunSuffix(dryRunOf(call))}`);
    const infos = objectsToSet(call, call.args);
    const { flags } = call;
    checkLocal(call);
    if (flags.bool('all') && flags.text('selector') !== '') {
      throw new CommandError('cannot set --all and --selector at the same time');
    }
    const [limits, requests] = [amounts(flags.text('limits')), amounts(flags.text('requests'))];
    if (limits === undefined && requests === undefined) {
      throw new CommandError(
        'you must specify an update to requests or limits (in the form of --requests/--limits)',
      );
    }
    const errors: Error[] = [];
    const pattern = flags.text('containers');
    const isNamed = (one: Container): boolean => selectName(one.name, pattern);
    const change = (object: AnyObject) =>
      withPodSpec(object, (spec) => {
        if (![...(spec.containers ?? []), ...(spec.initContainers ?? [])].some(isNamed)) {
          errors.push(new CommandError(`error: unable to find container named ${pattern}`));
        }
        return withContainers(spec, isNamed, (one) => ({
          ...one,
          resources: {
            ...one.resources,
            ...(limits === undefined ? {} : { limits: { ...one.resources?.limits, ...limits } }),
            ...(requests === undefined
              ? {}
              : { requests: { ...one.resources?.requests, ...requests } }),
          },
        }));
      });
    const failure = 'failed to patch resources update to pod template ';
    setAll(call, { infos, print, failure, change }, errors);
    throwAll(errors);
  },
};

export const setServiceAccount: Verb = {
  words: ['set', 'serviceaccount'],
  aliases: ['sa'],
  flags: setFlags,
  run: (call) => {
    checkLocal(call);
    const print = printerOf(call, `serviceaccount updated${dryRunSuffix(dryRunOf(call))}`);
    const { args } = call;
    if (args.length === 0) throw new CommandError('serviceaccount is required');
    const serviceAccountName = args.at(-1) ?? '';
    const infos = objectsToSet(call, args.slice(0, -1));
    const errors: Error[] = [];
    const failure = 'failed to patch ServiceAccountName ';
    const change = (object: AnyObject) =>
      withPodSpec(object, (spec) => ({ ...spec, serviceAccountName }));
    setAll(call, { infos, print, failure, change, always: true }, errors);
    throwAll(errors);
  },
};

export const setSelector: Verb = {
  words: ['set', 'selector'],
  flags: [...setFlags, { name: 'resource-version', type: 'string' }],
  run: (call: Call) => {
    const { args } = call;
    const selector = args.length === 0 ? undefined : labelSelectorOf(args.at(-1) ?? '');
    const print = printerOf(call, `selector updated${dryRunSuffix(dryRunOf(call))}`);
    if (selector === undefined) throw new CommandError('one selector is required');
    const { matchLabels = {}, matchExpressions = [] } = selector as {
      matchLabels?: Readonly<Record<string, string>>;
      matchExpressions?: readonly { key: string; operator: string; values?: string[] }[];
    };
    const infos = objectsToSet(call, args.slice(0, -1));
    const errors: Error[] = [];
    for (const info of infos) {
      if (info.object.kind !== 'Service') {
        throw new CommandError('setting a selector is only supported for Services');
      }
      if (matchExpressions.length > 0) {
        const shown = matchExpressions
          .map(({ key, operator, values = [] }) => `{${key} ${operator} [${values.join(' ')}]}`)
          .join(' ');
        throw new CommandError(`match expression [${shown}] not supported on this object`);
      }
    }
    const change = (object: AnyObject): AnyObject => ({
      ...object,
      spec: { ...(object['spec'] as object), selector: matchLabels },
    });
    setAll(call, { infos, print, failure: '', change, always: true }, errors);
    throwAll(errors);
  },
};
