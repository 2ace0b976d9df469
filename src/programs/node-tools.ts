// The tools of a node that print what the kernel holds: iptables-save, ipset, ipvsadm, nft, conntrack. They read and never
// write. What they print is the machine's to say; which options there are stands here. Not in containers.
import type { Command } from './process.ts';

/** Command lines, each as the one print it stands for. */
const lines: Readonly<Record<string, string>> = {
  'iptables-save': 'iptables-save',
  'ip6tables-save': 'ip6tables-save',
  'ipset save': 'ipset-save',
  'ipvsadm -Ln': 'ipvsadm',
  'ipvsadm -ln': 'ipvsadm',
  'ipvsadm -L -n': 'ipvsadm',
  'ipvsadm -Sn': 'ipvsadm-save',
  'ipvsadm -S -n': 'ipvsadm-save',
  'nft list ruleset': 'nft',
  'conntrack -L': 'conntrack',
};

const tool: Command = (argv, context) => {
  const name = (argv[0] ?? '').replace(/^.*\//, '');
  const print = context.print;
  if (print === undefined) {
    return { stdout: '', stderr: `sh: ${argv[0]}: not found\n`, exitCode: 127 };
  }
  const what = lines[[name, ...argv.slice(1)].join(' ')];
  if (what === undefined) {
    const known = Object.keys(lines).filter((line) => line.split(' ')[0] === name);
    const stderr = `${name}: not modelled: ${argv.slice(1).join(' ')}\nknown: ${known.join(', ')}\n`;
    return { stdout: '', stderr, exitCode: 1 };
  }
  const text = print(what);
  const stdout = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return { stdout, stderr: '', exitCode: 0 };
};

export const nodeTools: Readonly<Record<string, Command>> = {
  conntrack: tool,
  'ip6tables-save': tool,
  ipset: tool,
  'iptables-save': tool,
  ipvsadm: tool,
  nft: tool,
};
