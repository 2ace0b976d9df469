// conntrack, for reading: `-L` with what an entry must be (`-f`, `-p`, `-s`, `-d`, `-r`, `-q` and the ports of a protocol). Every
// other command is refused. The words are those of conntrack 1.4.7; its count goes to standard error.
import { parseAddr } from '../net/addr.ts';
import { type Cidr, parseCidr, single } from '../net/cidr.ts';
import { ICMP, ICMPV6, type Proto, SCTP, TCP, UDP } from '../net/packet.ts';
import type { WantedFlow } from './kernel-request.ts';
import type { Command, ProcessResult } from './process.ts';

const version = 'conntrack v1.4.7 (conntrack-tools)';
const usage =
  'known: conntrack -L [-f FAMILY] [-p PROTOCOL [--sport PORT] [--dport PORT]] [-s|-d|-r|-q ADDRESS[/BITS]]';

type Field = Exclude<keyof WantedFlow, 'family' | 'proto'>;

const addresses: Readonly<Record<string, Field>> = {
  '-s': 'src',
  '--src': 'src',
  '--orig-src': 'src',
  '-d': 'dst',
  '--dst': 'dst',
  '--orig-dst': 'dst',
  '-r': 'replySrc',
  '--reply-src': 'replySrc',
  '-q': 'replyDst',
  '--reply-dst': 'replyDst',
};

const ports: Readonly<Record<string, Field>> = {
  '--sport': 'sport',
  '--orig-port-src': 'sport',
  '--dport': 'dport',
  '--orig-port-dst': 'dport',
  '--reply-port-src': 'replySport',
  '--reply-port-dst': 'replyDport',
};

const protocols: Readonly<Record<string, Proto>> = {
  tcp: TCP,
  udp: UDP,
  sctp: SCTP,
  icmp: ICMP,
  icmpv6: ICMPV6,
  '6': TCP,
  '17': UDP,
  '132': SCTP,
  '1': ICMP,
  '58': ICMPV6,
};

/** A sentence of the real tool, or what is not modelled. */
interface Refusal {
  readonly exitCode: number;
  readonly stderr: string;
}

function wrong(sentence: string): Refusal {
  const hint = "Try `conntrack -h' or 'conntrack --help' for more information.";
  return { exitCode: 2, stderr: `${version}: ${sentence}\n${hint}\n` };
}

function unmodelled(text: string): Refusal {
  return { exitCode: 1, stderr: `conntrack: not modelled: ${text}\n${usage}\n` };
}

function rangeOf(text: string): Cidr | undefined {
  const addr = parseAddr(text);
  return addr === undefined ? parseCidr(text) : single(addr);
}

function parse(words: readonly string[]): WantedFlow | Refusal {
  const [command, ...rest] = words;
  if (command !== '-L' && command !== '--dump') return unmodelled(words.join(' '));
  if (rest[0] === 'conntrack') rest.shift();
  const wanted: { -readonly [K in keyof WantedFlow]: WantedFlow[K] } = {};
  for (let i = 0; i < rest.length; i += 2) {
    const [word = '', value] = [rest[i], rest[i + 1]];
    const [address, port] = [addresses[word], ports[word]];
    const isKnown = address ?? port ?? (/^(-p|--proto|-f|--family)$/.test(word) ? word : undefined);
    if (isKnown === undefined) return unmodelled(word);
    if (value === undefined) return wrong(`option \`${word}' requires an argument`);
    if (address !== undefined) {
      const range = rangeOf(value);
      if (range === undefined) return wrong(`Invalid IP address \`${value}'`);
      Object.assign(wanted, { [address]: range });
    } else if (port !== undefined) {
      if (wanted.proto === undefined && !hasProtocol(rest)) {
        return wrong(`unknown option \`${word}'`);
      }
      Object.assign(wanted, { [port]: portOf(value) });
    } else if (word === '-p' || word === '--proto') {
      const proto = protocols[value];
      if (proto === undefined) return wrong(`\`${value}' unsupported protocol`);
      wanted.proto = proto;
    } else if (value === 'ipv4' || value === 'ipv6') wanted.family = value === 'ipv4' ? 4 : 6;
    else return unmodelled(`${word} ${value}`);
  }
  return wanted;
}

/** As atoi reads it: 0 where no number begins. */
function portOf(text: string): number {
  return Number(/^\s*\+?(\d+)/.exec(text)?.[1] ?? 0) & 0xffff;
}

function hasProtocol(words: readonly string[]): boolean {
  return words.includes('-p') || words.includes('--proto');
}

export const conntrack: Command = (argv, context): ProcessResult => {
  const wanted = parse(argv.slice(1));
  if ('exitCode' in wanted) return { stdout: '', ...wanted };
  const answer = context.kernel?.({ kind: 'conntrack', wanted });
  const stdout = answer?.kind === 'text' ? answer.text : '';
  const count = stdout.split('\n').length - 1;
  const stderr = `${version}: ${count} flow entries have been shown.\n`;
  return { stdout, stderr, exitCode: 0 };
};
