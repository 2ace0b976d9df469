// env, without arguments: the environment, one variable a line, in the order in which the container got it.
import type { Command } from './process.ts';

export const env: Command = (argv, context) => {
  if (argv.length > 1) {
    const stderr = `env: ${argv[1]}: running another command is not modelled\n`;
    return { stdout: '', stderr, exitCode: 125 };
  }
  const lines = Object.entries(context.env).map(([name, value]) => `${name}=${value}\n`);
  return { stdout: lines.join(''), stderr: '', exitCode: 0 };
};
