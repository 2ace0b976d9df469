// `svcspec get`: kubectl's tables of the settled cluster, with the input's options beside kubectl's.

import { InputError } from '../../api/input-error.ts';
import { kubectl } from '../../harness/kubectl.ts';
import { openCluster } from '../open.ts';
import { type CommonOptions, durationMs, type Io } from '../options.ts';

export interface GetCommandOptions extends CommonOptions {
  readonly namespace: string;
  readonly allNamespaces: boolean;
  readonly selector: string;
  readonly output?: string;
  readonly at?: string;
  readonly headers: boolean;
}

export async function get(
  resources: string,
  names: readonly string[],
  options: GetCommandOptions,
  io: Io,
): Promise<number> {
  checkOutput(options.output);
  const afterMs = options.at === undefined ? 0 : durationMs(options.at);
  const cluster = await openCluster(options, io);
  if (afterMs > 0) cluster.advance(afterMs);
  const printed = kubectl(cluster, [
    'get',
    `--namespace=${options.namespace}`,
    ...(options.allNamespaces ? ['-A'] : []),
    ...(options.selector === '' ? [] : [`--selector=${options.selector}`]),
    ...(options.output === undefined ? [] : [`--output=${options.output}`]),
    ...(options.headers ? [] : ['--no-headers']),
    '--',
    resources,
    ...names,
  ]);
  io.out(printed.stdout);
  io.err(printed.stderr);
  return printed.exitCode;
}

/** A misspelt format is a mistake of usage here, before anything is loaded. */
function checkOutput(output: string | undefined): void {
  const known =
    /^(?:wide|yaml|json|name|(?:jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file)=.*)$/s;
  if (output === undefined || known.test(output)) return;
  throw new InputError('usage', `unknown output format "${output}"`, {
    hint: 'wide, yaml, json, name, jsonpath=TEMPLATE or custom-columns=HEADER:PATH',
  });
}
