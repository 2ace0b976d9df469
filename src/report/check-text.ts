// The findings of `svcspec check` for a terminal: severity and id, place, the source line with a caret, what traffic
// will do, and the fix; a line of totals last. What was found is src/analysis/checks' work.
import picocolors from 'picocolors';
import type { CheckFinding, Severity } from '../analysis/checks/check.ts';
import type { Checked } from '../analysis/checks/checks.ts';
import { excerpt, oneLine } from './diagnostic.ts';

export interface CheckTextOptions {
  readonly color: boolean;
  /** Findings of severity info too. */
  readonly verbose: boolean;
}

/** Lines with their ends. */
export function checkText({ findings, muted }: Checked, options: CheckTextOptions): string {
  const shown = findings.filter(({ severity }) => options.verbose || severity !== 'info');
  const blocks = shown.map((finding) => `${findingText(finding, options.color)}\n`);
  const count = (wanted: Severity, word: string) => {
    const n = findings.filter(({ severity }) => severity === wanted).length;
    return `${n} ${word}${n === 1 ? '' : 's'}`;
  };
  const isHidden = shown.length < findings.length;
  const notes = `${count('info', 'note')}${isHidden ? ' (-v shows them)' : ''}`;
  const totals = [count('error', 'error'), count('warning', 'warning'), notes];
  if (muted > 0) totals.push(`${muted} muted`);
  return `${blocks.join('\n')}${blocks.length > 0 ? '\n' : ''}${totals.join(', ')}\n`;
}

function findingText(finding: CheckFinding, color: boolean): string {
  const paint = picocolors.createColors(color);
  const { id, severity, object, position, sourceLine, message, effect, fix } = finding;
  const pen = { error: paint.red, warning: paint.yellow, info: paint.cyan }[severity];
  const head = `${paint.bold(pen(`${severity}[${id}]`))}: ${oneLine(message)}`;
  const notes = [
    `${paint.cyan('object')}: ${object}`,
    `${paint.cyan('traffic')}: ${oneLine(effect)}`,
    `${paint.cyan('fix')}: ${oneLine(fix)}`,
  ];
  const lines = [head, ...excerpt(position, sourceLine, paint), ...notes];
  return lines.map((line) => line.trimEnd()).join('\n');
}
