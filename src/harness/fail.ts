// How an expectation fails: expected against actual, the trace that led there with its rules, the blamed object with
// file and line, and the command that replays it; in the error's message and as attachments for the reports.

import { attemptDocument } from '../analysis/trace-document.ts';
import { attemptText } from '../analysis/trace-text.ts';
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import type { SvcWorld } from './world.ts';

export class ExpectationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExpectationError';
    // Cucumber prints the stack: where svcspec threw it is of no use to readers of a report.
    this.stack = `${this.name}: ${message}`;
  }
}

export interface Failure {
  readonly expected: string;
  readonly actual: string;
  /** The connection that shows it, with the cluster it was made on. */
  readonly attempt?: Attempt | undefined;
  readonly cluster?: Cluster;
}

/** Fails the running step. */
export function fail(world: SvcWorld, failure: Failure): never {
  const parts = [world.underGiven ? 'precondition not met' : 'expectation not met'];
  parts.push(labelled('expected', failure.expected), labelled('actual', failure.actual));
  const { attempt } = failure;
  if (attempt !== undefined) {
    const cluster = failure.cluster ?? world.cluster;
    const trace = attemptText(attemptDocument(cluster, attempt));
    parts.push(labelled('trace', trace));
    world.attach(trace, { mediaType: 'text/plain', fileName: 'trace.txt' });
  }
  if (world.timeline !== null) parts.push(labelled('timeline', world.timeline.text()));
  const replay = replayCommand(world);
  parts.push(labelled('replay', replay));
  const message = parts.join('\n');
  world.attach(message, { mediaType: 'text/plain', fileName: 'failure.txt' });
  throw new ExpectationError(message);
}

/** Runs this scenario alone with this seed, in the mode and over the backend that the run asked for. */
export function replayCommand(world: SvcWorld): string {
  const { file, line } = world.feature;
  const { backend = 'sim', imports = [], proxyMode, schedule } = world.parameters;
  const words = [
    quoted(`${file}:${line}`),
    ...imports.map((glob) => `--import ${quoted(glob)}`),
    ...(backend === 'sim' ? [] : [`--backend ${backend}`]),
    ...(proxyMode === undefined ? [] : [`--proxy-mode ${proxyMode}`]),
    `--seed ${world.seed}`,
    ...(schedule === undefined ? [] : [`--schedule ${quoted(schedule)}`]),
  ];
  return `npx svcspec run ${words.join(' ')}`;
}

/** A word for a shell: bare where that is safe. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** "expected: x", or the text indented below the label when it has several lines. */
function labelled(label: string, text: string): string {
  if (!text.includes('\n')) return `${`${label}:`.padEnd(10)}${text}`;
  const indented = text.split('\n').map((line) => `  ${line}`);
  return [`${label}:`, ...indented].join('\n');
}

/** Fails unless `holds`. */
export function expect(world: SvcWorld, holds: boolean, failure: () => Failure): void {
  if (!holds) fail(world, failure());
}
