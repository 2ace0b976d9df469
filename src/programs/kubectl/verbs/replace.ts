// kubectl replace, also with --force: delete, wait, create. Models kubectl/pkg/cmd/replace/replace.go.

import { annotated } from '../../../api/last-applied.ts';
import { build, visit } from '../builder.ts';
import { deleteAll, deletionFlags, deletionOf } from '../deleting.ts';
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
  subresourceFlag,
  type Verb,
  validateFlag,
} from '../verb.ts';
import { create, replace as put, writingOf } from '../writing.ts';

export const replace: Verb = {
  words: ['replace'],
  flags: [
    ...filenameFlags,
    ...printFlags,
    ...deletionFlags('false'),
    validateFlag,
    dryRunFlag,
    fieldManagerFlag,
    subresourceFlag,
    { name: 'save-config', type: 'bool' },
    { name: 'raw', type: 'string' },
  ],
  run,
};

function run(call: Call): void {
  const { flags } = call;
  if (flags.text('raw') !== '') throw notModelled('kubectl replace --raw');
  if (flags.list('filename').length === 0 && flags.text('kustomize') === '') {
    throw new CommandError('must specify one of -f and -k');
  }
  const writing = writingOf(call);
  const force = flags.bool('force');
  if (flags.int('grace-period') >= 0 && !force) {
    throw new CommandError('--grace-period must have --force specified');
  }
  if (flags.duration('timeout') !== 0 && !force) {
    throw new CommandError('--timeout must have --force specified');
  }
  if (force && writing.dryRun !== 'none') {
    throw new CommandError('--dry-run can not be used when --force is set');
  }
  if (force) {
    const deletion = deletionOf(call, true);
    // It waits, and so never deletes at once.
    const graceSeconds = deletion.graceSeconds === 0 ? 1 : deletion.graceSeconds;
    const gone = { ...deletion, graceSeconds, ignoreNotFound: true };
    deleteAll(call, build(call, { withoutObject: true }), gone);
  }
  const print = printerOf(call, `replaced${dryRunSuffix(writing.dryRun)}`);
  const errors: Error[] = [];
  let count = 0;
  visit(build(call, {}), errors, (info) => {
    count++;
    const wanted = annotated(info.object, flags.bool('save-config'));
    if (force) print(create(call, info, wanted, writing));
    else if (writing.dryRun === 'client') print(wanted);
    else print(fromFile('replacing', info.file, () => put(call, info, wanted, writing)));
  });
  throwAll(errors);
  if (count === 0) throw new CommandError('no objects passed to replace');
}
