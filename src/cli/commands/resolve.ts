// `svcspec resolve`: a look-up as a Pod makes it.
import { lookupBlame, resolveDocument, resolveText } from '../../analysis/resolve-document.ts';
import { InputError } from '../../api/input-error.ts';
import { openCluster } from '../open.ts';
import { type CommonOptions, type Io, oneOf } from '../options.ts';

export interface ResolveOptions extends CommonOptions {
  readonly from?: string;
  readonly expect?: string;
  readonly output: string;
}

const outcomes = ['answered', 'nxdomain', 'nodata', 'servfail', 'refused', 'timeout'] as const;

export async function resolve(
  name: string,
  type: string | undefined,
  options: ResolveOptions,
  io: Io,
): Promise<number> {
  const format = oneOf('output format', options.output, ['dig', 'nslookup', 'json']);
  const expected = options.expect === undefined ? null : oneOf('outcome', options.expect, outcomes);
  const { from } = options;
  if (from === undefined) {
    throw new InputError('usage', '--from WHO is needed', { hint: '--from pod/demo/client' });
  }
  const cluster = await openCluster(options, io);
  const lookup = cluster.resolve(from, name, type?.toUpperCase());
  if (format === 'nslookup') {
    const words = type === undefined ? [name] : [`-type=${type}`, name];
    const printed = cluster.exec(from, ['nslookup', ...words]);
    io.out(printed.stdout);
    io.err(printed.stderr);
  } else {
    const document = resolveDocument(from, lookup);
    const text = () => resolveText(document, lookupBlame(cluster, from, lookup));
    io.out(`${format === 'json' ? JSON.stringify(document, null, 2) : text()}\n`);
  }
  return expected === null || lookup.outcome === expected ? 0 : 1;
}
