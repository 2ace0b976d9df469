// `svcspec check`: what is wrong in manifests, without any spec.
import { checkDocument } from '../../analysis/check-document.ts';
import { runChecks } from '../../analysis/checks/checks.ts';
import { InputError } from '../../api/input-error.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { checkText } from '../../report/check-text.ts';
import { loadFrom, settleFrom } from '../open.ts';
import { type CommonOptions, type Io, later, oneOf } from '../options.ts';

export interface CheckOptions extends CommonOptions {
  readonly failOn: string;
  readonly output: string;
}

const laterFormats = ['sarif', 'github', 'markdown'];

export async function check(options: CheckOptions, io: Io): Promise<number> {
  if (laterFormats.includes(options.output)) throw later(`-o ${options.output} of check`);
  const format = oneOf('output format', options.output, ['text', 'json']);
  const failOn = oneOf('severity', options.failOn, ['error', 'warning']);
  const loaded = await loadFrom(options);
  const cluster = withDns(() => settleFrom(loaded, options, io));
  const { manifests, clusterSpec: spec } = loaded;
  const checked = runChecks({ manifests, spec, cluster });
  const document = checkDocument(checked);
  const color = options.color && io.color;
  io.out(
    format === 'json'
      ? `${JSON.stringify(document, null, 2)}\n`
      : checkText(checked, { color, verbose: options.verbose }),
  );
  const { errors, warnings } = document.summary;
  return errors > 0 || (failOn === 'warning' && warnings > 0) ? 1 : 0;
}

/** A Corefile that CoreDNS or svcspec refuses is a finding of its own, not the end of the command. */
function withDns(settle: () => Cluster): Cluster | null {
  try {
    return settle();
  } catch (error) {
    if (error instanceof InputError && isCorefiles(error)) return null;
    throw error;
  }
}

function isCorefiles({ code }: InputError): boolean {
  return code === 'corefile' || code === 'not-modelled';
}
