// `svcspec exec`: one of the built-in programs inside a Pod; exits as the program did.
import { InputError } from '../../api/input-error.ts';
import { openCluster } from '../open.ts';
import type { CommonOptions, Io } from '../options.ts';

export async function exec(
  pod: string,
  argv: readonly string[],
  options: CommonOptions,
  io: Io,
): Promise<number> {
  if (argv.length === 0) {
    throw new InputError('usage', 'a command is needed', {
      hint: 'svcspec exec -f DIR NS/POD -- nslookup web',
    });
  }
  const cluster = await openCluster(options, io);
  const key = pod.replace(/^pod\//, '');
  const printed = cluster.exec(`pod/${key.includes('/') ? key : `default/${key}`}`, argv);
  io.out(printed.stdout);
  io.err(printed.stderr);
  return printed.exitCode;
}
