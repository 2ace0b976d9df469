// `svcspec get`: kubectl's tables of the settled cluster.
import { kubectlGet } from '../../programs/kubectl/get.ts';
import { openCluster } from '../open.ts';
import { type CommonOptions, durationMs, type Io, oneOf } from '../options.ts';

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
  const output = oneOf('output format', options.output ?? 'table', [
    'table',
    'wide',
    'yaml',
    'json',
    'name',
  ]);
  const afterMs = options.at === undefined ? 0 : durationMs(options.at);
  const cluster = await openCluster(options, io);
  if (afterMs > 0) cluster.advance(afterMs);
  const printed = kubectlGet(
    {
      nowMs: cluster.nowMs,
      raw: (kind, key) => cluster.objects.raw(kind, key),
      rawList: (kind, namespace) => cluster.objects.rawList(kind, namespace),
      kinds: () => cluster.objects.kinds(),
    },
    {
      resources,
      names,
      namespace: options.namespace,
      allNamespaces: options.allNamespaces,
      selector: options.selector,
      output,
      noHeaders: !options.headers,
    },
  );
  io.out(printed.stdout);
  io.err(printed.stderr);
  return printed.exitCode;
}
