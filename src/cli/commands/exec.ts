// `svcspec exec`: one of the built-in programs inside a Pod; exits as the program did.
import { InputError } from '../../api/input-error.ts';
import { isWhoType } from '../../cluster/who.ts';
import { openCluster } from '../open.ts';
import type { CommonOptions, Io } from '../options.ts';

export interface ExecOptions extends CommonOptions {
  readonly namespace?: string;
}

export async function exec(
  pod: string,
  argv: readonly string[],
  options: ExecOptions,
  io: Io,
): Promise<number> {
  if (argv.length === 0) {
    throw new InputError('usage', 'a command is needed', {
      hint: 'svcspec exec -f DIR pod/NS/NAME -- nslookup web',
    });
  }
  const cluster = await openCluster(options, io);
  const printed = cluster.exec(whoOf(pod, options.namespace), argv);
  io.out(printed.stdout);
  io.err(printed.stderr);
  return printed.exitCode;
}

/** WHO, NS/POD, or kubectl's POD and TYPE/NAME with the namespace of -n. */
function whoOf(text: string, namespace: string | undefined): string {
  const [first = '', ...rest] = text.split('/');
  if (rest.length === 0) return `pod/${namespace ?? 'default'}/${text}`;
  if (!isWhoType(first)) return within(`pod/${text}`, namespace);
  if (rest.length > 1 || /^(?:node|host)$/i.test(first)) return within(text, namespace);
  return `${first}/${namespace ?? 'default'}/${rest[0]}`;
}

function within(who: string, namespace: string | undefined): string {
  const [, own] = who.split('/');
  if (namespace === undefined || who.split('/').length < 3 || own === namespace) return who;
  throw new InputError('usage', `"${who}" is not in namespace "${namespace}"`, {
    hint: 'give the namespace once: in the name, or by -n',
  });
}
