// kubectl label. Models kubectl/pkg/cmd/label/label.go.
import { labelValue } from '../../../api/field/names.ts';
import { goJson } from '../../../api/go-json.ts';
import { Aggregate, CommandError } from '../errors.ts';
import { type Change, changeMetadata, type Field, pairFlags } from '../metadata-pairs.ts';
import { printerOf } from '../printer.ts';
import { dryRunSuffix, type Verb } from '../verb.ts';

const field: Field = {
  type: 'label',
  field: 'labels',
  example: 'pod',
  parse,
  checkOverwrite: (current, set) => {
    const errors: Error[] = [];
    for (const [key, value] of set) {
      const was = current.get(key);
      if (was === undefined || was === value) continue;
      errors.push(
        new CommandError(`'${key}' already has a value (${was}), and --overwrite is false`),
      );
    }
    if (errors.length > 0) throw new Aggregate(errors);
  },
  done: (before, after, overwrite) => {
    const [old, next] = [goJson(before), goJson(after)];
    if (old === next) return 'not labeled';
    return !overwrite && next.length < old.length ? 'unlabeled' : 'labeled';
  },
  saysMissing: true,
};

function parse(pairs: readonly string[]): Change {
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const pair of pairs) {
    const [key = '', value, ...more] = pair.split('=');
    if (value === undefined) {
      if (!pair.endsWith('-')) throw new CommandError(`unknown label spec: ${pair}`);
      remove.push(pair.slice(0, -1));
      continue;
    }
    if (more.length > 0) throw new CommandError(`invalid label spec: ${pair}`);
    const problems = labelValue(value);
    if (problems.length > 0) {
      throw new CommandError(`invalid label value: "${pair}": ${problems.join(';')}`);
    }
    set.set(key, value);
  }
  if (remove.some((key) => set.has(key))) {
    throw new CommandError('can not both modify and remove a label in the same command');
  }
  return { set, remove };
}

export const label: Verb = {
  words: ['label'],
  flags: pairFlags,
  run: (call) =>
    changeMetadata(call, field, (operation, dryRun) =>
      printerOf(call, `${operation}${dryRunSuffix(dryRun)}`),
    ),
};
