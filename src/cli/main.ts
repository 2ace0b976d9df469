#!/usr/bin/env node
// The command line: names, options and exit statuses (0 all good, 1 a comparison or scenario failed, 2 unusable input
// or usage). Each command's modules are loaded only when it runs, so that `trace` never loads Cucumber.
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { InputError } from '../api/input-error.ts';
import type { Io } from './options.ts';
import {
  addCheck,
  addExec,
  addGet,
  addInit,
  addKubectl,
  addResolve,
  addRules,
  addRun,
  addServe,
  addSteps,
  addTrace,
  type Runner,
} from './program.ts';
import { report } from './report.ts';

const { stdout, stderr } = process;
/** https://no-color.org: set and not empty; --no-color is read here too, for what goes wrong before it is parsed. */
const colorWanted = (process.env['NO_COLOR'] ?? '') === '' && !process.argv.includes('--no-color');
/** `isTTY` is undefined, not false, on a pipe or a file; undefined would let picocolors guess from CI in the environment. */
const io: Io = {
  out: (text) => void stdout.write(text),
  err: (text) => void stderr.write(text),
  columns: stdout.isTTY ? (stdout.columns ?? 80) : null,
  color: stdout.isTTY === true && colorWanted,
  errColor: stderr.isTTY === true && colorWanted,
};

/** Commands of later versions: they exist by name, say so and exit 2. */
const laterCommands: readonly (readonly [string, string])[] = [
  ['describe', 'kubectl describe'],
  ['matrix', 'who reaches what'],
  ['diff', 'compare two manifest sets'],
  ['mutate', 'change manifests one line at a time'],
  ['conformance', 'the built-in conformance features'],
];

function programOf(run: Runner): Command {
  const program = new Command('svcspec');
  program
    .description('Tests Kubernetes Service networking without a cluster.')
    .version(version(), '-V, --version', 'print the version')
    .showHelpAfterError('(svcspec --help lists the commands)')
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({ writeOut: io.out, writeErr: io.err });
  for (const add of [
    addRun,
    addCheck,
    addTrace,
    addResolve,
    addRules,
    addGet,
    addKubectl,
    addExec,
    addServe,
    addSteps,
    addInit,
  ])
    add(program, run);
  for (const [name, description] of laterCommands) {
    program
      .command(name, { hidden: true })
      .description(`${description} (a later version)`)
      .allowUnknownOption()
      .allowExcessArguments()
      .helpOption(false)
      .action(() => {
        throw new InputError('not-modelled', `svcspec ${name} belongs to a later version`);
      });
  }
  const names = laterCommands.map(([name]) => name).join(', ');
  program.addHelpText('after', `\nNot yet: ${names}`);
  return program;
}

/** The package's own version; the same path in the tree and in the package. */
function version(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Runs the command line and gives the exit status. */
async function main(argv: readonly string[]): Promise<number> {
  let status = 0;
  const program = programOf(async (command) => {
    status = await command(io);
  });
  try {
    await program.parseAsync([...argv]);
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return report(error, io, argv.includes('-v') || argv.includes('--verbose'));
  }
}

for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
}
process.exitCode = await main(process.argv);
