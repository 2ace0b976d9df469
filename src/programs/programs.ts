// The commands that exist in every container, by name, as a shell would find them. Not a shell: no pipes, no
// variables, no quoting; argv comes split.
import { byCodeUnit } from '../sim/table.ts';
import { cat } from './cat.ts';
import { curl } from './curl.ts';
import { dig } from './dig.ts';
import { env } from './env.ts';
import { getent } from './getent.ts';
import { host } from './host.ts';
import { hostname } from './hostname.ts';
import { ip } from './ip.ts';
import { hostTools, nodeTools } from './node-tools.ts';
import { nslookup } from './nslookup.ts';
import { ping } from './ping.ts';
import type { Command, ProcessContext, ProcessResult } from './process.ts';
import { ps } from './ps.ts';
import { wget } from './wget.ts';

/** Everything that `exec` can start. */
export const commands: Readonly<Record<string, Command>> = {
  cat,
  curl,
  dig,
  env,
  getent,
  host,
  hostname,
  ip,
  nslookup,
  ping,
  ps,
  wget,
};

/** Runs one command. A name that does not exist fails as busybox sh does (127), and says what exists. */
export function runCommand(argv: readonly string[], context: ProcessContext): ProcessResult {
  const path = argv[0] ?? '';
  const name = path.slice(path.lastIndexOf('/') + 1);
  const tools = context.journal === undefined ? nodeTools : hostTools;
  const all = context.print === undefined ? commands : { ...commands, ...tools };
  const command = Object.hasOwn(all, name) ? all[name] : undefined;
  if (command !== undefined) return command(argv, context);
  const known = Object.keys(all).sort(byCodeUnit).join(', ');
  const stderr = `sh: ${path}: not found\nbuilt-in commands: ${known}\n`;
  return { stdout: '', stderr, exitCode: 127 };
}
