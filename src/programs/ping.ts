// ping as iputils (20221126) and BusyBox print it: -c, -i, -W, -q, -n, -4, -6. Every packet takes the same 50
// microseconds, so times tell nothing. Without a count ping never ends, so one is asked for. Not modelled: sizes, floods,
// patterns, broadcasts, records of the route.
import { reverseName } from '../dns/message/name.ts';
import { resolveIn } from '../dns/resolver/container.ts';
import { GAI_TEXTS } from '../dns/resolver/errors.table.ts';
import type { GaiError } from '../dns/resolver/found.ts';
import { hostName, parseHosts } from '../dns/resolver/hosts.ts';
import { type Addr, familyOf, formatAddr, parseAddr } from '../net/addr.ts';
import type { Pinged } from '../node/dial.ts';
import type { Command, ProcessContext, ProcessResult } from './process.ts';

interface Plan {
  readonly host: string;
  readonly count: number;
  readonly intervalMs: number;
  readonly waitMs: number;
  readonly quiet: boolean;
  readonly numeric: boolean;
  readonly family: 4 | 6 | null;
}

/** How long iputils waits for the last answer when it has heard none. */
const lingerMs = 10_000;
const countMax = 10_000;

export const ping: Command = (argv, context) => {
  const plan = parse(argv.slice(1));
  if (typeof plan === 'string') return { stdout: '', stderr: `ping: ${plan}\n`, exitCode: 2 };
  const busybox = isBusybox(context.image);
  const to = target(plan, context);
  if (typeof to === 'string') {
    const why = GAI_TEXTS[context.resolver === 'musl' ? 'musl' : 'glibc'][to];
    const text = busybox ? `ping: bad address '${plan.host}'\n` : `ping: ${plan.host}: ${why}\n`;
    return { stdout: '', stderr: text, exitCode: busybox ? 1 : 2 };
  }
  const heard: Pinged[] = [];
  for (let n = 0; n < plan.count; n++) {
    if (n > 0) context.wait(plan.intervalMs);
    heard.push(context.ping(to));
    if (heard[n]?.kind === 'no-route') break;
  }
  if (heard.at(-1)?.kind === 'silence') context.wait(plan.waitMs);
  if (heard[0]?.kind === 'no-route') {
    const text = busybox
      ? 'ping: sendto: Network unreachable\n'
      : 'ping: connect: Network is unreachable\n';
    return {
      stdout: busybox ? busyboxHead(plan, to) : '',
      stderr: text,
      exitCode: busybox ? 1 : 2,
    };
  }
  return busybox ? asBusybox(plan, to, heard) : asIputils(plan, to, heard, context);
};

function isBusybox(image: string): boolean {
  return /(^|\/)(busybox|alpine)(:|@|$)/.test(image);
}

/** The address, or why there is none. */
function target({ host, family }: Plan, context: ProcessContext): Addr | GaiError {
  const literal = parseAddr(host);
  const found = literal === undefined ? context.resolve(host) : null;
  const all = found?.kind === 'addresses' ? found.addresses : [];
  const addresses = literal === undefined ? all : [literal];
  const fits = addresses.find((addr) => family === null || familyOf(addr) === family);
  if (fits !== undefined) return fits;
  return found?.kind === 'failed' ? (found.error ?? 'EAI_NONAME') : 'EAI_NONAME';
}

function asIputils(
  plan: Plan,
  to: Addr,
  heard: readonly Pinged[],
  context: ProcessContext,
): ProcessResult {
  const ip = formatAddr(to);
  const isName = parseAddr(plan.host) === undefined;
  const shown = isName ? canonical(plan.host, context) : plan.host;
  const named = (addr: Addr) => {
    const text = formatAddr(addr);
    const name = isName && !plan.numeric ? nameOf(addr, context) : undefined;
    return name === undefined ? text : `${name} (${text})`;
  };
  const lines = [
    familyOf(to) === 4
      ? `PING ${shown} (${ip}) 56(84) bytes of data.`
      : `PING ${shown}(${named(to)}) 56 data bytes`,
  ];
  let stderr = '';
  for (const [i, one] of heard.entries()) {
    const seq = `icmp_seq=${i + 1}`;
    if (one.kind === 'not-permitted') stderr += 'ping: sendmsg: Operation not permitted\n';
    if (plan.quiet) continue;
    if (one.kind === 'reply') {
      const other = one.by === to ? '' : ' (DIFFERENT ADDRESS!)';
      lines.push(`64 bytes from ${named(one.by)}: ${seq} ttl=${one.ttl} time=0.050 ms${other}`);
    } else if (one.kind === 'error') {
      lines.push(`From ${named(one.by)} ${seq} ${errorWords(one.code, familyOf(to))}`);
    }
  }
  const received = heard.filter(({ kind }) => kind === 'reply').length;
  const errors = heard.filter((one) => one.kind === 'error');
  const slow = errors.some((one) => one.kind === 'error' && one.afterMs > plan.intervalMs);
  const pipe = Math.min(heard.length, 4);
  const more = errors.length === 0 ? '' : ` +${errors.length} errors,`;
  const spentMs = (heard.length - 1) * plan.intervalMs;
  lines.push(
    '',
    `--- ${shown} ping statistics ---`,
    `${heard.length} packets transmitted, ${received} received,${more} ${Number(lost(heard, received).toPrecision(6))}% packet loss, time ${spentMs}ms`,
  );
  if (received > 0) lines.push('rtt min/avg/max/mdev = 0.050/0.050/0.050/0.000 ms');
  else lines.push(slow && pipe > 1 ? `pipe ${pipe}` : '');
  return { stdout: `${lines.join('\n')}\n`, stderr, exitCode: received > 0 ? 0 : 1 };
}

function errorWords(code: Extract<Pinged, { kind: 'error' }>['code'], family: 4 | 6): string {
  return family === 6 ? words6[code] : words4[code];
}

const words4 = {
  'port-unreachable': 'Destination Port Unreachable',
  'net-unreachable': 'Destination Net Unreachable',
  'host-unreachable': 'Destination Host Unreachable',
  'admin-prohibited': 'Packet filtered',
  'ttl-exceeded': 'Time to live exceeded',
} as const;
const words6 = {
  'port-unreachable': 'Destination unreachable: Port unreachable',
  'net-unreachable': 'Destination unreachable: No route',
  'host-unreachable': 'Destination unreachable: Address unreachable',
  'admin-prohibited': 'Destination unreachable: Administratively prohibited',
  'ttl-exceeded': 'Time exceeded: Hop limit',
} as const;

function busyboxHead({ host }: Plan, to: Addr): string {
  return `PING ${host} (${formatAddr(to)}): 56 data bytes\n`;
}

/** BusyBox tells of answers only. */
function asBusybox(plan: Plan, to: Addr, heard: readonly Pinged[]): ProcessResult {
  const lines: string[] = [];
  let stderr = '';
  for (const [i, one] of heard.entries()) {
    if (one.kind === 'not-permitted') stderr = 'ping: sendto: Operation not permitted\n';
    if (one.kind !== 'reply' || plan.quiet) continue;
    lines.push(`64 bytes from ${formatAddr(one.by)}: seq=${i} ttl=${one.ttl} time=0.050 ms`);
  }
  if (stderr !== '') return { stdout: busyboxHead(plan, to), stderr, exitCode: 1 };
  const received = heard.filter(({ kind }) => kind === 'reply').length;
  lines.push(
    '',
    `--- ${plan.host} ping statistics ---`,
    `${heard.length} packets transmitted, ${received} packets received, ${Math.trunc(lost(heard, received))}% packet loss`,
  );
  if (received > 0) lines.push('round-trip min/avg/max = 0.050/0.050/0.050 ms');
  const stdout = `${busyboxHead(plan, to)}${lines.join('\n')}\n`;
  return { stdout, stderr, exitCode: received > 0 ? 0 : 1 };
}

/** In per cent. */
function lost(heard: readonly Pinged[], received: number): number {
  return (100 * (heard.length - received)) / heard.length;
}

/** The name that the search list made of it. */
function canonical(host: string, context: ProcessContext): string {
  const hosts = parseHosts(context.readFile('/etc/hosts') ?? '');
  if (hosts.some(({ names }) => names.includes(host))) return host;
  const resolved = resolveIn(context, host, 'address');
  const records = resolved.queries.flatMap((query) => query.answers);
  const last = records.findLast(({ type }) => type === 'A' || type === 'AAAA');
  return last?.name.replace(/\.$/, '') ?? host;
}

function nameOf(addr: Addr, context: ProcessContext): string | undefined {
  const local = hostName(parseHosts(context.readFile('/etc/hosts') ?? ''), addr);
  if (local !== undefined) return local;
  const resolved = resolveIn(context, reverseName(addr), 'PTR');
  const answers = resolved.queries.flatMap((query) => query.answers);
  return answers.find(({ type }) => type === 'PTR')?.data.replace(/\.$/, '');
}

/** The plan, or what is wrong with the words. */
function parse(words: readonly string[]): Plan | string {
  let [count, intervalMs, waitMs] = [0, 1000, lingerMs];
  let [quiet, numeric] = [false, false];
  let family: 4 | 6 | null = null;
  const hosts: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('-') || word === '-') {
      hosts.push(word);
      continue;
    }
    const letter = word[1] ?? '';
    if ('ciW'.includes(letter)) {
      const value = word.length > 2 ? word.slice(2) : words[++i];
      const number = Number(value);
      if (value === undefined || value === '' || !(number > 0)) {
        return `invalid argument: '${value ?? ''}'`;
      }
      if (letter === 'c') count = number;
      else if (letter === 'i') intervalMs = Math.round(number * 1000);
      else waitMs = Math.round(number * 1000);
      continue;
    }
    if (word === '-q') quiet = true;
    else if (word === '-n') numeric = true;
    else if (word === '-4') family = 4;
    else if (word === '-6') family = 6;
    else return `${word}: not modelled; options here: -c -i -W -q -n -4 -6`;
  }
  const [host, ...others] = hosts;
  if (host === undefined || others.length > 0) return 'usage error: Destination address required';
  if (!Number.isInteger(count) || count < 1 || count > countMax) {
    return `without a count it never ends: write -c N, 1 to ${countMax}`;
  }
  return { host, count, intervalMs, waitMs, quiet, numeric, family };
}
