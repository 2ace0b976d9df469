// Reads the `errors` directive (CoreDNS plugin/errors/setup.go).

import { formatGoDuration } from '../../../api/go-duration.ts';
import type { Dispenser } from '../../corefile/dispenser.ts';
import { parseDuration } from '../../go/duration.ts';
import { compileGoRegexp } from '../../go/regexp.ts';
import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';
import type { Setup } from '../../plugin.ts';
import { ErrorsHandler, type Level, type Pattern } from './handler.ts';

const levels = ['warning', 'error', 'info', 'debug'] as const;
/** Characters of a regular expression, from 1.14.0 on. */
const regexpMax = 10_000;

export const setup: Setup = (d, { version }) => {
  let seen = false;
  const patterns: Pattern[] = [];
  while (d.next()) {
    if (seen) throw d.raw('this plugin can only be used once per Server Block');
    seen = true;
    const args = d.remainingArgs();
    if (args.length > 1) throw d.argErr();
    if (args.length === 1 && args[0] !== 'stdout') throw d.err(`invalid log file: ${args[0]}`);
    while (d.nextBlock()) {
      if (d.val() === 'stacktrace' && atLeast(version, '1.9.0')) continue;
      if (d.val() !== 'consolidate') throw d.syntaxErr(`Unknown field ${d.val()}`);
      patterns.push(patternIn(d, version));
    }
  }
  return [new ErrorsHandler(patterns)];
};

function patternIn(d: Dispenser, version: CoreDnsVersion): Pattern {
  const args = d.remainingArgs();
  const isNew = atLeast(version, '1.14.0');
  const argsMax = isNew ? 4 : atLeast(version, '1.8.6') ? 3 : 2;
  if (args.length < 2 || args.length > argsMax) throw d.argErr();
  const [duration = '', source = '', ...rest] = args;
  const periodMs = parseDuration(duration);
  if (typeof periodMs === 'string') throw d.err(periodMs);
  if (isNew && source.length > regexpMax) {
    throw d.err(`regex pattern too long: ${source.length} > ${regexpMax}`);
  }
  const regexp = compileGoRegexp(source);
  if (typeof regexp === 'string') throw d.err(regexp);
  const { level, showFirst } = optionsIn(d, rest, isNew);
  return { periodMs, period: formatGoDuration(periodMs), regexp, level, showFirst };
}

function optionsIn(d: Dispenser, args: readonly string[], isNew: boolean) {
  let level: Level | null = null;
  let showFirst = false;
  for (const arg of args) {
    const named = levels.find((name) => name === arg);
    if (named !== undefined) {
      if (level !== null) throw d.err('multiple log levels specified in consolidate');
      if (showFirst) throw d.err('log level must come before show_first in consolidate');
      level = named;
    } else if (isNew && arg === 'show_first') showFirst = true;
    else if (isNew) throw d.err(`unknown option in consolidate: ${arg}`);
    else throw d.err(`unknown log level argument in consolidate: ${arg}`);
  }
  return { level: level ?? 'error', showFirst };
}
