// The tools of a node that print what the kernel holds: iptables, ipset, ipvsadm, nft, conntrack. They read and never
// write. What they print is the machine's to say; which options there are stands here, and in the files of those that have
// many. Not in containers.
import { ipset } from './ipset.ts';
import { iptables } from './iptables.ts';
import { iptablesSave } from './iptables-save.ts';
import { journalctl } from './journalctl.ts';
import { nft } from './nft.ts';
import type { Command } from './process.ts';

/** Command lines, each as the one print it stands for. */
const lines: Readonly<Record<string, string>> = {
  'ipvsadm -Ln': 'ipvsadm',
  'ipvsadm -ln': 'ipvsadm',
  'ipvsadm -L -n': 'ipvsadm',
  'ipvsadm -Sn': 'ipvsadm-save',
  'ipvsadm -S -n': 'ipvsadm-save',
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
  return { stdout, stderr: name === 'conntrack' ? countText(text) : '', exitCode: 0 };
};

/** conntrack counts on standard error. */
function countText(text: string): string {
  const count = text.split('\n').filter((line) => line !== '').length;
  return `conntrack v1.4.7 (conntrack-tools): ${count} flow entries have been shown.\n`;
}

/** Those of an outside host: it has no sets and no tables of nf_tables. */
export const hostTools: Readonly<Record<string, Command>> = {
  conntrack: tool,
  'iptables-save': iptablesSave,
  ipvsadm: tool,
  journalctl,
};

export const nodeTools: Readonly<Record<string, Command>> = {
  conntrack: tool,
  ip6tables: iptables,
  'ip6tables-save': iptablesSave,
  ipset,
  iptables,
  'iptables-save': iptablesSave,
  ipvsadm: tool,
  nft,
};
