// ipset, for reading: `list [NAME]`, `list -name`, `save [NAME]`, `test SET MEMBER`. Members stand sorted, as with
// `-sorted`. Sets are written by kube-proxy alone: every other command is refused. The words are those of 7.17.
import type { KernelAnswer, KernelRequest } from './kernel-request.ts';
import type { Command, ProcessResult } from './process.ts';

const usage = 'known: ipset list [NAME], list -name, save [NAME], test SET MEMBER';

const forms: Readonly<Record<string, 'list' | 'save' | 'test'>> = {
  list: 'list',
  '-L': 'list',
  save: 'save',
  '-S': 'save',
  test: 'test',
  '-T': 'test',
};

/** Undefined: not modelled. */
function requestOf(argv: readonly string[]): KernelRequest | undefined {
  const words = argv.slice(1).filter((word) => word !== '-sorted');
  const isNames = words.some((word) => word === '-n' || word === '-name');
  const [command = '', ...rest] = words.filter((word) => word !== '-n' && word !== '-name');
  const form = forms[command];
  const [set, member, ...more] = rest;
  if (form === undefined || more.length > 0 || rest.some((word) => word.startsWith('-'))) {
    return undefined;
  }
  if (form === 'test') {
    if (set === undefined || member === undefined || isNames) return undefined;
    return { kind: 'ipset-test', set, member };
  }
  if (member !== undefined || (isNames && form === 'save')) return undefined;
  return { kind: 'ipset', form: isNames ? 'names' : form, set: set ?? null };
}

export const ipset: Command = (argv, context) => {
  const request = requestOf(argv);
  if (request === undefined) {
    const stderr = `ipset: not modelled: ${argv.slice(1).join(' ')}\n${usage}\n`;
    return { stdout: '', stderr, exitCode: 1 };
  }
  const answer = context.kernel?.(request);
  return answer === undefined ? missing : resultOf(request, answer);
};

const missing: ProcessResult = {
  stdout: '',
  stderr: 'ipset v7.17: The set with the given name does not exist\n',
  exitCode: 1,
};

/** A test prints on standard error, whatever it says. */
function resultOf({ kind }: KernelRequest, answer: KernelAnswer): ProcessResult {
  if (answer.kind !== 'text') return missing;
  const { text, exitCode } = answer;
  return kind === 'ipset-test'
    ? { stdout: '', stderr: text, exitCode }
    : { stdout: text, stderr: '', exitCode };
}
