// hostname: the Pod's (or spec.hostname's) name; -i prints the machine's address as /etc/hosts has it.
import type { Command } from './process.ts';

export const hostname: Command = (argv, context) => {
  const option = argv[1];
  if (option === undefined) return { stdout: `${context.hostname}\n`, stderr: '', exitCode: 0 };
  if (option !== '-i') {
    return { stdout: '', stderr: `hostname: ${option}: not modelled\n`, exitCode: 1 };
  }
  for (const line of (context.readFile('/etc/hosts') ?? '').split('\n')) {
    const [address, ...names] = line.trim().split(/\s+/);
    if (address !== undefined && names.includes(context.hostname)) {
      return { stdout: `${address}\n`, stderr: '', exitCode: 0 };
    }
  }
  const stderr = `hostname: ${context.hostname}: Host not found\n`;
  return { stdout: '', stderr, exitCode: 1 };
};
