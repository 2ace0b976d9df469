// kubectl annotate. Models kubectl/pkg/cmd/annotate/annotate.go.
import { CommandError } from '../errors.ts';
import { type Change, changeMetadata, type Field, pairFlags } from '../metadata-pairs.ts';
import { type Printer, printerOf } from '../printer.ts';
import { dryRunSuffix, type Verb } from '../verb.ts';

const changeCause = 'kubernetes.io/change-cause';

const field: Field = {
  type: 'annotation',
  field: 'annotations',
  example: 'rsrc',
  parse,
  checkOverwrite: (current, set) => {
    const found = [...set].flatMap(([key, value]) => {
      const was = current.get(key);
      if (key === changeCause || was === undefined || was === value) return [];
      return [`'${key}' already has a value (${was})`];
    });
    if (found.length === 0) return;
    throw new CommandError(
      `--overwrite is false but found the following declared annotation(s): ${found.join('; ')}`,
    );
  },
  done: () => 'annotated',
  saysMissing: false,
};

function parse(pairs: readonly string[]): Change {
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at > 0) set.set(pair.slice(0, at), pair.slice(at + 1));
    else remove.push(pair.slice(0, -1));
  }
  const both = remove.filter((key) => set.has(key));
  if (both.length > 0) {
    throw new CommandError(
      `can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`,
    );
  }
  return { set, remove };
}

export const annotate: Verb = {
  words: ['annotate'],
  flags: pairFlags,
  // One printer for all objects, where label has one for each: YAML documents are separated.
  run: (call) => {
    let print: Printer | undefined;
    changeMetadata(call, field, (operation, dryRun) => {
      print ??= printerOf(call, `${operation}${dryRunSuffix(dryRun)}`);
      return print;
    });
  },
};
