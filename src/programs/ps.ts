// ps of BusyBox without options: the container's first process, and ps itself. Other processes of a container (the
// children of a shell) do not exist here, nor do users: everybody is root.
import type { Command } from './process.ts';

/** `kubectl exec` starts a process some numbers after the first. */
const ownPid = 7;

export const ps: Command = (argv, context) => {
  if (argv.length > 1) {
    return { stdout: '', stderr: `ps: options are not modelled: ${argv[1]}\n`, exitCode: 1 };
  }
  const first = context.readFile('/proc/1/cmdline');
  if (first === undefined) {
    const stderr =
      "ps: the image brings the program, its words are not known: no 'command' in the Pod\n";
    return { stdout: '', stderr, exitCode: 1 };
  }
  const row = (pid: number, words: string): string =>
    `${String(pid).padStart(5)} root      0:00 ${words}\n`;
  const words = first.replace(/\0$/, '').replaceAll('\0', ' ');
  const stdout = `PID   USER     TIME  COMMAND\n${row(1, words)}${row(ownPid, 'ps')}`;
  return { stdout, stderr: '', exitCode: 0 };
};
