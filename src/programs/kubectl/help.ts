// `--help` of a verb: the options that are taken here, and nothing else of kubectl's own help. Models no upstream text.
import type { Flag } from './flags.ts';

/** Whether `-h` or `--help` stands among the words before "--". */
export function asksHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  const own = end < 0 ? words : words.slice(0, end);
  return own.includes('--help') || own.includes('-h');
}

export function usageOf(command: string, flags: readonly Flag[]): string {
  const lines = flags.map(({ name, short = '', type, initial }) => {
    const letter = short === '' ? '    ' : `-${short}, `;
    const kind = type === 'bool' ? '' : ` ${type}`;
    const usual = initial === undefined || initial === '' ? '' : ` (default ${initial})`;
    return `  ${letter}--${name}${kind}${usual}\n`;
  });
  return `Usage:\n  ${command} [options]\n\nOptions:\n${lines.join('')}`;
}
