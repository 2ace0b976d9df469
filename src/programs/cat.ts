// cat, for the files that the kubelet writes into a container, and those of a node's /proc that are modelled. Everything else of the image does not exist here.
import type { Command } from './process.ts';

export const cat: Command = (argv, context) => {
  let stdout = '';
  let stderr = '';
  for (const path of argv.slice(1)) {
    const text = context.readFile(path);
    if (text === undefined) stderr += `cat: can't open '${path}': No such file or directory\n`;
    else stdout += text;
  }
  return { stdout, stderr, exitCode: stderr === '' ? 0 : 1 };
};
