// getent of Alpine (aports main/musl getent.c, over musl's gethostbyname2_r.c, gethostbyaddr_r.c and getaddrinfo.c) for
// hosts, ahosts, ahostsv4 and ahostsv6. Its other databases are files that containers here do not have.
import { reverseName } from '../dns/message/name.ts';
import { hostsOf, resolveIn, sortedIn } from '../dns/resolver/container.ts';
import { familyOf, formatAddr, isLoopback, parseAddr } from '../net/addr.ts';
import type { ProcessContext, ProcessResult } from './process.ts';

const lists = ['hosts', 'ahosts', 'ahostsv4', 'ahostsv6'];
const others = ['networks', 'passwd', 'protocols', 'services', 'shadow', 'shells'];
const databases = ['ethers', 'group', ...lists, ...others];
const perLine = 7;
const notFound = 2;

type Wanted = 'address' | 'A' | 'AAAA';

interface Named {
  readonly addresses: readonly string[];
  readonly canonical: string;
}

/** The canonical name is the last CNAME's target, else the name as it was asked for. */
function lookUp(context: ProcessContext, name: string, wanted: Wanted): Named | null {
  const { outcome, queries, addresses } = resolveIn(context, name, wanted);
  if (outcome !== 'answered') return null;
  const sorted = sortedIn(context, addresses);
  const answered = queries.filter(({ answers }) => answers.length > 0);
  if (answered.length === 0) {
    const entry = hostsOf(context).find(({ names }) => names.includes(name));
    return { addresses: sorted, canonical: entry?.names[0] ?? name };
  }
  const chain = answered.flatMap(({ answers }) => answers).filter(({ type }) => type === 'CNAME');
  const canonical = chain.at(-1)?.data ?? answered.at(-1)?.name ?? name;
  return { addresses: sorted, canonical: canonical.replace(/\.$/, '') };
}

/** The first address alone; the canonical name is its own first alias. */
function hosts(context: ProcessContext, key: string): string | null {
  const addr = parseAddr(key);
  if (addr !== undefined) {
    const address = formatAddr(addr);
    const entry = hostsOf(context).find((one) => one.addr === addr);
    // getnameinfo(3) without NI_NAMEREQD: the address stands for the name it does not have.
    const name = entry?.names[0] ?? pointer(context, reverseName(addr)) ?? address;
    return line(address, [name, name]);
  }
  const found = lookUp(context, key, 'AAAA') ?? lookUp(context, key, 'A');
  const first = found?.addresses[0];
  if (found === null || first === undefined) return null;
  const { canonical } = found;
  return line(first, [canonical, canonical, ...(canonical === key ? [] : [key])]);
}

function pointer(context: ProcessContext, name: string): string | undefined {
  const answers = resolveIn(context, name, 'PTR').queries.flatMap((query) => query.answers);
  return answers.find(({ type }) => type === 'PTR')?.data.replace(/\.$/, '');
}

function line(address: string, [name = '', ...aliases]: readonly string[]): string {
  return `${address.padEnd(16)}  ${name}  ${aliases.join(' ')}\n`;
}

/** AI_ADDRCONFIG of musl: the family whose loopback address the machine has, when it has one family's alone. */
function configured(context: ProcessContext): Wanted {
  const own = (context.devices?.() ?? [])
    .flatMap(({ addresses }) => addresses.map(({ address }) => address))
    .filter(isLoopback);
  const families = new Set(own.map(familyOf));
  if (families.size !== 1) return 'address';
  return families.has(4) ? 'A' : 'AAAA';
}

/** Two rows an address, each with the name. */
function ahosts(context: ProcessContext, key: string, asked: Wanted): string | null {
  const own = configured(context);
  if (own !== 'address' && asked !== 'address' && own !== asked) return null;
  // AI_V4MAPPED asks for both families, and takes IPv4 when there is no IPv6.
  const wanted = asked === 'AAAA' ? 'address' : asked === 'address' ? own : asked;
  const found = lookUp(context, key, wanted);
  if (found === null) return null;
  const addresses = asked === 'AAAA' ? mapped(found.addresses) : found.addresses;
  const rows = addresses.flatMap((address) =>
    ['STREAM', 'DGRAM'].map((type) => {
      return `${address.padEnd(15)} ${type.padEnd(6)} ${found.canonical}\n`;
    }),
  );
  return rows.join('');
}

function mapped(addresses: readonly string[]): readonly string[] {
  const six = addresses.filter((address) => address.includes(':'));
  return six.length > 0 ? six : addresses.map((address) => `::ffff:${address}`);
}

function usage(first: string): ProcessResult {
  const rows = [databases.slice(0, perLine), databases.slice(perLine)];
  const known = rows.map((row) => `\n\t\t${row.join(' ')}`).join('');
  const text = `Usage: getent database [key ...]\n\tdatabase may be one of:${known}\n`;
  return { stdout: '', stderr: first + text, exitCode: 1 };
}

export function muslGetent(argv: readonly string[], context: ProcessContext): ProcessResult {
  const [database, ...keys] = argv.slice(1);
  if (database === undefined) return usage('');
  if (!databases.includes(database)) {
    return usage(`getent: Unknown database \`${database}': No error information\n`);
  }
  if (!lists.includes(database)) {
    const stderr = `getent: ${database} is not modelled; databases here: ${lists.join(', ')}\n`;
    return { stdout: '', stderr, exitCode: 1 };
  }
  const family = database === 'ahostsv4' ? 'A' : database === 'ahostsv6' ? 'AAAA' : 'address';
  let stdout = '';
  // Without a key gethostent(3) of musl has nothing to tell; the first one that is unknown ends it.
  for (const key of keys) {
    const text = database === 'hosts' ? hosts(context, key) : ahosts(context, key, family);
    if (text === null) return { stdout, stderr: '', exitCode: notFound };
    stdout += text;
  }
  return { stdout, stderr: '', exitCode: 0 };
}
