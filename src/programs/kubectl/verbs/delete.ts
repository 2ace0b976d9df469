// kubectl delete: by name, file, selector or --all. Models kubectl/pkg/cmd/delete; --interactive and --raw are refused.
import { build } from '../builder.ts';
import { deleteAll, deletionFlags, deletionOf, forced } from '../deleting.ts';
import { CommandError } from '../errors.ts';
import {
  allFlag,
  allNamespacesFlag,
  type Call,
  dryRunFlag,
  fieldSelectorFlag,
  filenameFlags,
  notModelled,
  selectorFlag,
  type Verb,
} from '../verb.ts';

export const deleteVerb: Verb = {
  words: ['delete'],
  flags: [
    ...filenameFlags,
    ...deletionFlags('true'),
    selectorFlag,
    fieldSelectorFlag,
    allFlag,
    allNamespacesFlag,
    dryRunFlag,
    { name: 'now', type: 'bool' },
    { name: 'ignore-not-found', type: 'bool' },
    { name: 'output', short: 'o', type: 'string' },
    { name: 'interactive', short: 'i', type: 'bool' },
    { name: 'raw', type: 'string' },
  ],
  run,
};

function run(call: Call): void {
  const { flags } = call;
  if (flags.bool('interactive')) throw notModelled('kubectl delete --interactive');
  if (flags.text('raw') !== '') throw notModelled('kubectl delete --raw');
  const selector = flags.text('selector');
  const fieldSelector = flags.text('field-selector');
  const result = build(call, {
    args: call.args,
    selector,
    fieldSelector,
    all: flags.bool('all'),
    allNamespaces: flags.bool('all-namespaces'),
    withoutObject: true,
  });
  const output = flags.text('output');
  if (output !== '' && output !== 'name') {
    throw new CommandError(`unexpected -o output mode: ${output}. We only support '-o name'`);
  }
  if (flags.bool('all') && selector !== '') {
    throw new CommandError('cannot set --all and --selector at the same time');
  }
  if (flags.bool('all') && fieldSelector !== '') {
    throw new CommandError('cannot set --all and --field-selector at the same time');
  }
  deleteAll(call, result, forced(call, deletionOf(call)));
}
