// `kubectl describe`: objects by name, prefix or selector, described one after the other. Models kubectl/pkg/cmd/describe;
// what is printed of each kind is in ../describe.
import type { AnyObject } from '../../../api/types.ts';
import { clockStartSeconds } from '../../../sim/time.ts';
import { build, type Info, visit } from '../builder.ts';
import { describeObject } from '../describe/describers.table.ts';
import type { DescribeContext, Lookup } from '../describe/fields.ts';
import { CommandError, isNotFound, throwAll } from '../errors.ts';
import { allNamespacesFlag, type Call, filenameFlags, selectorFlag, type Verb } from '../verb.ts';

export const describe: Verb = {
  words: ['describe'],
  flags: [
    ...filenameFlags,
    selectorFlag,
    allNamespacesFlag,
    { name: 'show-events', type: 'bool', initial: 'true' },
    { name: 'chunk-size', type: 'int', initial: '500' },
  ],
  run,
};

function run(call: Call): void {
  const { args, flags } = call;
  if (args.length === 0 && flags.list('filename').length === 0) {
    throw new CommandError(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n',
    );
  }
  const allNamespaces = flags.bool('all-namespaces');
  const selector = flags.text('selector');
  const result = build(call, {
    args,
    selector,
    allNamespaces,
    allowEmptySelector: true,
    latest: true,
  });
  const errors: Error[] = [];
  const infos: Info[] = [];
  visit(result, errors, (info) => void infos.push(info));
  const [error] = errors;
  if (error !== undefined && errors.length === 1 && args.length === 2 && isNotFound(error)) {
    describeMatching(call, error);
    return;
  }
  const context = contextOf(call);
  call.out(infos.map(({ object }) => describeObject(object, context)).join('\n\n'));
  if (infos.length === 0 && errors.length === 0) {
    call.err(
      allNamespaces
        ? 'No resources found\n'
        : `No resources found in ${call.namespace} namespace.\n`,
    );
  }
  throwAll(errors);
}

/** All objects whose name begins with the one that there is not. */
function describeMatching(call: Call, error: Error): void {
  const [type = '', prefix = ''] = call.args;
  const found: Info[] = [];
  const errors: Error[] = [];
  visit(build(call, { args: [type], allowEmptySelector: true }), errors, (info) => {
    if (info.name.startsWith(prefix)) found.push(info);
  });
  throwAll(errors);
  if (found.length === 0) throw error;
  const context = contextOf(call);
  for (const { object } of found) call.out(`${describeObject(object, context)}\n`);
}

function contextOf(call: Call): DescribeContext {
  const { minor, nowMs } = call.host;
  return {
    lookup: lookupOf(call),
    nowSeconds: clockStartSeconds + Math.floor(nowMs / 1000),
    minor,
    showEvents: call.flags.bool('show-events'),
  };
}

function lookupOf({ host: { requests } }: Call): Lookup {
  const rowOf = (kind: string) => requests.resources().find((row) => row.kind === kind);
  return {
    get: (kind, namespace, name): AnyObject | undefined => {
      const row = rowOf(kind);
      if (row === undefined) return undefined;
      try {
        return requests.get(row, { name, ...(namespace === undefined ? {} : { namespace }) });
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    list: (kind, namespace) => {
      const row = rowOf(kind);
      if (row === undefined) return [];
      return requests.list(row, namespace === undefined ? {} : { namespace }).items;
    },
  };
}
