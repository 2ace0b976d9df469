// getent of glibc for the databases that ask DNS: hosts, ahosts, ahostsv4, ahostsv6. Prints as nss/getent.c does;
// the other databases are files that containers here do not have.
import type { Message } from '../dns/message/message.ts';
import { reverseName } from '../dns/message/name.ts';
import { resolveIn } from '../dns/resolver/container.ts';
import { hostName, parseHosts } from '../dns/resolver/hosts.ts';
import { formatAddr, parseAddr } from '../net/addr.ts';
import type { Command, ProcessContext } from './process.ts';

const databases = ['hosts', 'ahosts', 'ahostsv4', 'ahostsv6'];
const notFound = 2;

interface Named {
  readonly addresses: readonly string[];
  readonly canonical: string;
}

function lookUp(
  context: ProcessContext,
  name: string,
  wanted: 'address' | 'A' | 'AAAA',
): Named | null {
  const resolved = resolveIn(context, name, wanted);
  if (resolved.outcome !== 'answered') return null;
  const replies = resolved.queries.flatMap((q) => (q.reply === null ? [] : [q.reply]));
  return {
    addresses: resolved.addresses,
    canonical: canonicalOf(replies) ?? name.replace(/\.$/, ''),
  };
}

/** The name that the addresses belong to, after CNAMEs. */
function canonicalOf(replies: readonly Message[]): string | undefined {
  const records = replies.flatMap((reply) => reply.answers);
  return records.find((r) => r.kind === 'A' || r.kind === 'AAAA')?.name.replace(/\.$/, '');
}

function hosts(context: ProcessContext, key: string): string | null {
  const addr = parseAddr(key);
  if (addr !== undefined) {
    const local = hostName(parseHosts(context.readFile('/etc/hosts') ?? ''), addr);
    const pointer = local ?? resolvePointer(context, reverseName(addr));
    return pointer === undefined ? null : line(formatAddr(addr), pointer);
  }
  const found = lookUp(context, key, 'AAAA') ?? lookUp(context, key, 'A');
  if (found === null) return null;
  return found.addresses.map((address) => line(address, found.canonical)).join('');
}

function resolvePointer(context: ProcessContext, name: string): string | undefined {
  const resolved = resolveIn(context, name, 'PTR');
  const answers = resolved.queries.flatMap((q) => q.answers);
  return answers.find((answer) => answer.type === 'PTR')?.data.replace(/\.$/, '');
}

function line(address: string, name: string): string {
  return `${address.padEnd(15)} ${name}\n`;
}

function ahosts(
  context: ProcessContext,
  key: string,
  wanted: 'address' | 'A' | 'AAAA',
): string | null {
  const found = lookUp(context, key, wanted);
  if (found === null) return null;
  const rows = found.addresses.flatMap((address, i) =>
    ['STREAM', 'DGRAM', 'RAW'].map((type, j) => {
      const name = i === 0 && j === 0 ? ` ${found.canonical}` : '';
      return `${address.padEnd(15)} ${type.padEnd(6)}${name}\n`;
    }),
  );
  return rows.join('');
}

export const getent: Command = (argv, context) => {
  const [database, ...keys] = argv.slice(1);
  if (database === undefined || !databases.includes(database) || keys.length === 0) {
    const known = `databases here: ${databases.join(', ')}; each needs a name or address`;
    const stderr = `Unknown database: ${database ?? ''}\n${known}\n`;
    return { stdout: '', stderr, exitCode: 1 };
  }
  let stdout = '';
  for (const key of keys) {
    const family = database === 'ahostsv4' ? 'A' : database === 'ahostsv6' ? 'AAAA' : 'address';
    const text = database === 'hosts' ? hosts(context, key) : ahosts(context, key, family);
    if (text === null) return { stdout, stderr: '', exitCode: notFound };
    stdout += text;
  }
  return { stdout, stderr: '', exitCode: 0 };
};
