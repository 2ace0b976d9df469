// sysctl of procps-ng 4.0, for reading: `sysctl [-n] NAME...`, from the files of /proc/sys that the machine has. Writing is refused.
import type { Command } from './process.ts';

export const sysctl: Command = (argv, context) => {
  const words = argv.slice(1);
  const options = words.filter((word) => word.startsWith('-'));
  const names = words.filter((word) => !word.startsWith('-'));
  const isWrite = names.some((name) => name.includes('='));
  if (names.length === 0 || isWrite || options.some((one) => one !== '-n' && one !== '--values')) {
    const stderr = `sysctl: not modelled: ${words.join(' ')}\nknown: sysctl [-n] NAME...\n`;
    return { stdout: '', stderr, exitCode: 1 };
  }
  let [stdout, stderr] = ['', ''];
  for (const name of names) {
    const path = `/proc/sys/${name.replaceAll('.', '/')}`;
    const value = context.readFile(path)?.trimEnd();
    if (value === undefined) stderr += `sysctl: cannot stat ${path}: No such file or directory\n`;
    else stdout += `${options.length > 0 ? '' : `${name.replaceAll('/', '.')} = `}${value}\n`;
  }
  return { stdout, stderr, exitCode: stderr === '' ? 0 : 1 };
};
