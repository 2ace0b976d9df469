// journalctl of systemd: `journalctl -u UNIT -o cat`, the messages of one unit, oldest first. Times are left out, for the
// virtual clock's are its own. Nothing else of journald.
import type { Command } from './process.ts';

export const journalctl: Command = (argv, context) => {
  const words = argv.slice(1).join(' ').replace('--unit=', '-u ').replace('--output=', '-o ');
  const unit = /^(?:-o cat -u|-u) (\S+?)(?:\.service)?(?: -o cat)?$/.exec(words)?.[1];
  const isBare = /-o cat/.test(words);
  if (unit === undefined || !isBare) {
    const stderr = `journalctl: not modelled: ${argv.slice(1).join(' ')}\nknown: journalctl -u UNIT -o cat\n`;
    return { stdout: '', stderr, exitCode: 1 };
  }
  const lines = context.journal?.(unit) ?? [];
  const stdout = lines.length === 0 ? '-- No entries --\n' : `${lines.join('\n')}\n`;
  return { stdout, stderr: '', exitCode: 0 };
};
