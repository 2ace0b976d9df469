// kubectl create -f. Models kubectl/pkg/cmd/create/create.go; --edit and --raw are refused. Generators
// (`create deployment` ...) are verbs of their own.

import { annotated } from '../../../api/last-applied.ts';
import { build, visit } from '../builder.ts';
import { CommandError, fromFile, throwAll } from '../errors.ts';
import { printerOf } from '../printer.ts';
import {
  type Call,
  dryRunFlag,
  dryRunSuffix,
  fieldManagerFlag,
  filenameFlags,
  notModelled,
  printFlags,
  recordFlag,
  selectorFlag,
  usageError,
  type Verb,
  validateFlag,
} from '../verb.ts';
import { create as post, writingOf } from '../writing.ts';

export const create: Verb = {
  words: ['create'],
  flags: [
    ...filenameFlags,
    ...printFlags,
    selectorFlag,
    validateFlag,
    dryRunFlag,
    fieldManagerFlag,
    recordFlag,
    { name: 'save-config', type: 'bool' },
    { name: 'edit', type: 'bool' },
    { name: 'raw', type: 'string' },
    { name: 'windows-line-endings', type: 'bool' },
  ],
  run,
};

function run(call: Call): void {
  const { flags } = call;
  if (call.args.length > 0) throw usageError(call, `Unexpected args: [${call.args.join(' ')}]`);
  if (flags.list('filename').length === 0 && flags.text('kustomize') === '') {
    throw new CommandError('must specify one of -f and -k');
  }
  if (flags.bool('edit') || flags.text('raw') !== '') throw notModelled('kubectl create --edit');
  const writing = writingOf(call);
  const print = printerOf(call, `created${dryRunSuffix(writing.dryRun)}`);
  const errors: Error[] = [];
  let count = 0;
  visit(build(call, { selector: flags.text('selector') }), errors, (info) => {
    const wanted = annotated(info.object, flags.bool('save-config'));
    const made =
      writing.dryRun === 'client'
        ? wanted
        : fromFile('creating', info.file, () => post(call, info, wanted, writing));
    count++;
    print(made);
  });
  throwAll(errors);
  if (count === 0) throw new CommandError('no objects passed to create');
}
