// `kubectl cordon` and `uncordon`: spec.unschedulable of Nodes. Models kubectl/pkg/cmd/drain/drain.go (RunCordonOrUncordon).
import { ApiError } from '../../../api/error.ts';
import type { Node } from '../../../api/types.ts';
import { build, type Info, infosOf } from '../builder.ts';
import type { Flag } from '../flags.ts';
import { printerOf } from '../printer.ts';
import {
  type Call,
  dryRunFlag,
  dryRunOf,
  dryRunSuffix,
  printFlags,
  selectorFlag,
  usageError,
  type Verb,
} from '../verb.ts';

export const nodeFlags: readonly Flag[] = [selectorFlag, dryRunFlag, ...printFlags];

export const cordon: Verb = {
  words: ['cordon'],
  flags: nodeFlags,
  run: (call) => cordonAll(call, nodesOf(call, 'cordon NODE'), true),
};

export const uncordon: Verb = {
  words: ['uncordon'],
  flags: nodeFlags,
  run: (call) => cordonAll(call, nodesOf(call, 'uncordon NODE'), false),
};

/** The Nodes named or selected. */
export function nodesOf(call: Call, usage: string): readonly Info[] {
  const { args, flags } = call;
  const selector = flags.text('selector');
  if (args.length === 0 && !flags.changed('selector')) {
    throw usageError(call, `USAGE: ${usage} [flags]`);
  }
  if (args.length > 0 && selector !== '') {
    throw usageError(call, 'error: cannot specify both a node name and a --selector option');
  }
  if (args.length === 0) return infosOf(build(call, { args: ['nodes'], selector }));
  const named = args.map((name) => (name.includes('/') ? name : `nodes/${name}`));
  return infosOf(build(call, { args: named, singleType: true }));
}

export function cordonAll(call: Call, nodes: readonly Info[], desired: boolean): void {
  const word = desired ? 'cordon' : 'uncordon';
  const dryRun = dryRunOf(call);
  for (const { row, name, object } of nodes) {
    const { spec } = object as unknown as Node;
    const isChanged = (spec?.unschedulable ?? false) !== desired;
    const done = `${isChanged ? '' : 'already '}${word}ed${dryRunSuffix(dryRun)}`;
    if (isChanged && dryRun !== 'client') {
      const patch = { spec: { unschedulable: desired ? true : null } };
      try {
        call.host.requests.patch(row, { name }, 'strategic', patch, {
          dryRun: dryRun === 'server',
        });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        call.err(`error: unable to ${word} node ${JSON.stringify(name)}: ${error.message}\n`);
        continue;
      }
    }
    printerOf(call, done)(object);
  }
}
