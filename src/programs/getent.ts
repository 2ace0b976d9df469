// getent of glibc for the databases that ask DNS: hosts, ahosts, ahostsv4, ahostsv6. Prints as nss/getent.c does;
// the other databases are files that containers here do not have. Containers with musl have Alpine's: getent-musl.ts.
import { reverseName } from '../dns/message/name.ts';
import { hostsOf, resolveIn, sortedIn } from '../dns/resolver/container.ts';
import type { HostsEntry } from '../dns/resolver/hosts.ts';
import { familyOf, formatAddr, isLoopback, parseAddr } from '../net/addr.ts';
import { muslGetent } from './getent-musl.ts';
import type { Command, ProcessContext, ProcessResult } from './process.ts';

const databases = ['hosts', 'ahosts', 'ahostsv4', 'ahostsv6'];
/** Databases of glibc 2.36 that are files, or ask no DNS. */
const others = new Set([
  ...['aliases', 'ethers', 'group', 'gshadow', 'initgroups', 'netgroup', 'networks', 'passwd'],
  ...['protocols', 'rpc', 'services', 'shadow'],
]);
const help = "Try `getent --help' or `getent --usage' for more information.\n";
const notFound = 2;

interface Named {
  readonly addresses: readonly string[];
  readonly canonical: string;
  /** The other names of the hosts file's line, or those that led to the canonical one. */
  readonly aliases: readonly string[];
}

function lookUp(
  context: ProcessContext,
  name: string,
  wanted: 'address' | 'A' | 'AAAA',
): Named | null {
  const resolved = resolveIn(context, name, wanted);
  if (resolved.outcome !== 'answered') return null;
  const { addresses, queries } = resolved;
  const entry = fileEntry(context, (one) => one.names.some((n) => isSame(n, name)));
  if (queries.length === 0 && entry !== undefined) {
    const [canonical = name, ...aliases] = entry.names;
    return { addresses, canonical, aliases };
  }
  const records = queries.flatMap((q) => q.reply?.answers ?? []);
  const last = records.find((r) => r.kind === 'A' || r.kind === 'AAAA');
  const chain = records.filter((r) => r.kind === 'CNAME').map((r) => bare(r.name));
  return { addresses, canonical: bare(last?.name ?? name), aliases: [...new Set(chain)] };
}

const bare = (name: string): string => name.replace(/\.$/, '');
const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function fileEntry(
  context: ProcessContext,
  matches: (entry: HostsEntry) => boolean,
): HostsEntry | undefined {
  return hostsOf(context).find(matches);
}

function hosts(context: ProcessContext, key: string): string | null {
  const addr = parseAddr(key);
  if (addr !== undefined) {
    const entry = fileEntry(context, (one) => one.addr === addr);
    if (entry !== undefined) return line(formatAddr(addr), entry.names);
    const pointer = resolvePointer(context, reverseName(addr));
    return pointer === undefined ? null : line(formatAddr(addr), [pointer]);
  }
  const found = lookUp(context, key, 'AAAA') ?? lookUp(context, key, 'A');
  if (found === null) return null;
  const names = [found.canonical, ...found.aliases];
  return found.addresses.map((address) => line(address, names)).join('');
}

function resolvePointer(context: ProcessContext, name: string): string | undefined {
  const resolved = resolveIn(context, name, 'PTR');
  const answers = resolved.queries.flatMap((q) => q.answers);
  return answers.find((answer) => answer.type === 'PTR')?.data.replace(/\.$/, '');
}

function line(address: string, names: readonly string[]): string {
  return `${address.padEnd(15)} ${names.join(' ')}\n`;
}

/** AI_ADDRCONFIG: a machine with addresses of one family asks for that one alone. */
function familyOn(context: ProcessContext): 'address' | 'A' | 'AAAA' {
  const own = (context.devices?.() ?? [])
    .flatMap((device) => device.addresses.map(({ address }) => address))
    .filter((addr) => !isLoopback(addr));
  const families = new Set(own.map(familyOf));
  if (families.size !== 1) return 'address';
  return families.has(4) ? 'A' : 'AAAA';
}

function ahosts(
  context: ProcessContext,
  key: string,
  asked: 'address' | 'A' | 'AAAA',
): string | null {
  const own = familyOn(context);
  if (asked !== 'address' && own !== 'address' && asked !== own) return null;
  const found = lookUp(context, key, asked === 'address' ? own : asked);
  if (found === null) return null;
  const rows = sortedIn(context, found.addresses).flatMap((address, i) =>
    ['STREAM', 'DGRAM', 'RAW'].map((type, j) => {
      const name = i === 0 && j === 0 ? found.canonical : '';
      return `${address.padEnd(15)} ${type.padEnd(6)} ${name}\n`;
    }),
  );
  return rows.join('');
}

function refused(stderr: string): ProcessResult {
  return { stdout: '', stderr, exitCode: 1 };
}

/** The lines of /etc/hosts: gethostent(3) is after IPv4 alone, for which ::1 stands for 127.0.0.1. */
function allHosts(context: ProcessContext): string {
  const loopback = '127.0.0.1';
  return hostsOf(context)
    .filter(({ addr }) => familyOf(addr) === 4 || isLoopback(addr))
    .map(({ addr, names }) => line(familyOf(addr) === 4 ? formatAddr(addr) : loopback, names))
    .join('');
}

export const getent: Command = (argv, context) => {
  if (context.resolver === 'musl') return muslGetent(argv, context);
  const [database, ...keys] = argv.slice(1);
  if (database === undefined) return refused(`getent: wrong number of arguments\n${help}`);
  if (others.has(database)) {
    const known = `databases here: ${databases.join(', ')}`;
    return refused(`getent: ${database} is not modelled; ${known}\n`);
  }
  if (!databases.includes(database)) return refused(`Unknown database: ${database}\n${help}`);
  if (keys.length === 0) return { stdout: allHosts(context), stderr: '', exitCode: 0 };
  const family = database === 'ahostsv4' ? 'A' : database === 'ahostsv6' ? 'AAAA' : 'address';
  const texts = keys.map((key) =>
    database === 'hosts' ? hosts(context, key) : ahosts(context, key, family),
  );
  const exitCode = texts.includes(null) ? notFound : 0;
  return { stdout: texts.map((text) => text ?? '').join(''), stderr: '', exitCode };
};
