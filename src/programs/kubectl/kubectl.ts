// kubectl in process: finds the verb, reads its options, runs it, and prints what it threw. Models kubectl/pkg/cmd
// (cobra's dispatch). It changes nothing but through `KubectlHost`, and lets no time pass but in verbs that wait.

import type { ApiError } from '../../api/error.ts';
import { groupHelp, unknownCommand, verbAt } from './dispatch.ts';
import { CommandError, isPrintable, printedError, refusalsIn } from './errors.ts';
import { type Flag, parseFlags } from './flags.ts';
import { asksHelp, usageOf } from './help.ts';
import type { KubectlHost, Printed } from './host.ts';
import { Names } from './names.ts';
import { type Call, globalFlags, notModelled, refusedGlobals, type Verb } from './verb.ts';
import { verbs } from './verbs.table.ts';

/** Runs `kubectl ARGS`. Throws InputError for what is not modelled. */
export function runKubectl(host: KubectlHost, args: readonly string[]): Printed {
  const output = { stdout: '', stderr: '' };
  let exitCode = 0;
  let refusals: readonly ApiError[] = [];
  try {
    run(host, args, output);
  } catch (error) {
    if (!isPrintable(error)) throw error;
    const printed = printedError(error);
    output.stderr += printed.text;
    exitCode = printed.exitCode;
    refusals = refusalsIn(error);
  }
  return { ...output, exitCode, refusals };
}

interface Output {
  stdout: string;
  stderr: string;
}

function run(host: KubectlHost, args: readonly string[], output: Output): void {
  const found = verbAt(args, verbs);
  if (found.verb === null) {
    const help = found.word === '' && asksHelp(found.rest);
    if (!help) throw unknownCommand(found, verbs, host.minor);
    output.stdout += groupHelp(found, verbs);
    return;
  }
  const { verb, rest } = found;
  const command = `kubectl ${verb.words.join(' ')}`;
  if (verb.instead !== undefined) throw notModelled(command, verb.instead);
  if (asksHelp(rest)) {
    output.stdout += usageOf(command, flagsOf(verb));
    return;
  }
  const { flags, ...parsed } = parseFlags(command, flagsOf(verb), rest);
  for (const name of refusedGlobals) {
    const isOwn = verb.flags.some((flag) => flag.name === name);
    if (!isOwn && flags.changed(name))
      throw notModelled(`kubectl --${name}`, 'there is one server and one user');
  }
  host.requests.warnings();
  const definitions = definitionsOf(host);
  let warned = 0;
  const call: Call = {
    host,
    names: new Names([...host.requests.resources(), ...host.undefinedKinds()]),
    definitions,
    command,
    flags,
    ...parsed,
    namespace: flags.text('namespace') === '' ? 'default' : flags.text('namespace'),
    explicitNamespace: flags.text('namespace') !== '',
    out: (text) => {
      output.stdout += text;
    },
    err: (text) => {
      output.stderr += text;
    },
    warn: () => {
      for (const warning of host.requests.warnings()) {
        warned++;
        output.stderr += `Warning: ${warning}\n`;
      }
    },
  };
  try {
    verb.run(call);
  } finally {
    call.warn();
  }
  if (warned > 0 && flags.bool('warnings-as-errors')) {
    throw new CommandError(`${warned} warning${warned === 1 ? '' : 's'} received`);
  }
}

function flagsOf(verb: Verb): readonly Flag[] {
  const own = new Set(verb.flags.flatMap(({ name, short }) => [name, short]));
  const others = globalFlags.filter(({ name }) => !own.has(name));
  return [
    ...verb.flags,
    ...others.map((flag) => (own.has(flag.short) ? { ...flag, short: '' } : flag)),
  ];
}

function definitionsOf({ requests }: KubectlHost) {
  const row = requests.resources().find(({ kind }) => kind === 'CustomResourceDefinition');
  return row === undefined ? [] : requests.list(row).items;
}
