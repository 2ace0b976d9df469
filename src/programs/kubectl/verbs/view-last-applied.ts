// kubectl apply view-last-applied: the annotation's content; objects without one are passed over in silence, as
// kubectl does. Models kubectl/pkg/cmd/apply/apply_view_last_applied.go.

import { lastAppliedKey } from '../../../api/last-applied.ts';
import { build, infosOf } from '../builder.ts';
import { toJson, toYaml } from '../print-yaml.ts';
import { allFlag, filenameFlags, selectorFlag, usageError, type Verb } from '../verb.ts';

export const viewLastApplied: Verb = {
  words: ['apply', 'view-last-applied'],
  flags: [
    ...filenameFlags,
    { name: 'output', short: 'o', type: 'string', initial: 'yaml' },
    selectorFlag,
    allFlag,
  ],
  run: (call) => {
    const { flags } = call;
    const infos = infosOf(
      build(call, {
        args: call.args,
        selector: flags.text('selector'),
        all: flags.bool('all'),
        allowEmptySelector: call.explicitNamespace,
        latest: true,
      }),
    );
    const format = flags.text('output');
    for (const { object } of infos) {
      const text = object.metadata.annotations?.[lastAppliedKey];
      if (text === undefined) continue;
      const value: unknown = JSON.parse(text);
      if (format === 'yaml') call.out(toYaml(value));
      else if (format === 'json') call.out(`${toJson(value, 2)}\n`);
      else {
        throw usageError(
          call,
          `Unexpected -o output mode: ${format}, the flag 'output' must be one of yaml|json`,
        );
      }
    }
  },
};
