// iptables-save and ip6tables-save: all tables, or with -t the one that is named. What they print is the machine's to say.
import type { Command } from './process.ts';

/** Those of Linux; one that a machine does not use is printed without rules by the real tool, here not at all. */
const tables = ['filter', 'mangle', 'nat', 'raw', 'security'];

export const iptablesSave: Command = (argv, context) => {
  const name = (argv[0] ?? '').replace(/^.*\//, '');
  const { print } = context;
  if (print === undefined) {
    return { stdout: '', stderr: `sh: ${argv[0]}: not found\n`, exitCode: 127 };
  }
  const words = argv.slice(1);
  const table = tableOf(words.join(' '));
  if (table === undefined) {
    const stderr = `${name}: not modelled: ${words.join(' ')}\nknown: ${name} [-t TABLE]\n`;
    return { stdout: '', stderr, exitCode: 1 };
  }
  if (table !== null && !tables.includes(table)) {
    return { stdout: '', stderr: `Table \`${table}' does not exist\n`, exitCode: 1 };
  }
  const text = print(name);
  const shown = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return { stdout: table === null ? shown : only(shown, table), stderr: '', exitCode: 0 };
};

/** null: no table is named; undefined: other options. */
function tableOf(words: string): string | null | undefined {
  if (words === '') return null;
  return /^(?:-t ?|--table[ =])([^ ]+)$/.exec(words)?.[1];
}

/** From a table's first comment to its last. */
function only(text: string, table: string): string {
  const parts = text.split(/(?<=^# Completed.*\n)/m);
  return parts.filter((part) => part.split('\n').includes(`*${table}`)).join('');
}
