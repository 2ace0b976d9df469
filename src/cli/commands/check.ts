// `svcspec check`: what is wrong in manifests, without any spec.
import { checkDocument } from '../../analysis/check-document.ts';
import { type Checked, runChecks } from '../../analysis/checks/checks.ts';
import { InputError } from '../../api/input-error.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { noticeOf } from '../../cluster/dns-failures.ts';
import { checkText } from '../../report/check-text.ts';
import { loadFrom, sayNotices, settledFrom } from '../open.ts';
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
  const cluster = withDns(() => settledFrom(loaded, options));
  const { manifests, clusterSpec: spec } = loaded;
  const checked = runChecks({ manifests, spec, cluster });
  if (cluster !== null) sayNotices(untold(cluster, checked), options, io);
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

/** What is no finding already: of a CoreDNS that does not start the reason is one. */
function untold({ notices, dnsFailures }: Cluster, { findings }: Checked): readonly string[] {
  const messages = new Set(findings.map(({ message }) => message));
  const told = new Set(dnsFailures.filter((f) => messages.has(f.message)).map(noticeOf));
  return notices.filter((notice) => !told.has(notice));
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
