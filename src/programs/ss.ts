// ss of iproute2 6.1, for listening sockets: `-l` and `-n` with `-t`, `-u`, `-S` (SCTP), `-4`, `-6` and `-H`. The kernel lists sockets in
// the order of a hash; here they stand by protocol and port. A backlog is 4096, as Go's programs have it. Not modelled:
// connections, processes (`-p`), filters.
import { familyOf, formatAddr } from '../net/addr.ts';
import { type Proto, SCTP, TCP, UDP } from '../net/packet.ts';
import type { SocketView } from './kernel-request.ts';
import type { Command } from './process.ts';

const usage = 'known: ss -ltn, with -u, -S, -4, -6 and -H';

/** In the order in which ss asks for them. */
const kinds: readonly { readonly letter: string; readonly proto: Proto; readonly netid: string }[] =
  [
    { letter: 'u', proto: UDP, netid: 'udp' },
    { letter: 't', proto: TCP, netid: 'tcp' },
    { letter: 'S', proto: SCTP, netid: 'sctp' },
  ];

const longs: Readonly<Record<string, string>> = {
  '--listening': '-l',
  '--numeric': '-n',
  '--tcp': '-t',
  '--udp': '-u',
  '--sctp': '-S',
  '--ipv4': '-4',
  '--ipv6': '-6',
  '--no-header': '-H',
};

/** A column: how its cells stand, and what goes before it. */
interface Column {
  readonly head: string;
  readonly before: string;
  readonly right?: true;
}

const columns: readonly Column[] = [
  { head: 'Netid', before: '' },
  { head: 'State', before: ' ' },
  { head: 'Recv-Q', before: ' ' },
  { head: 'Send-Q', before: ' ' },
  { head: 'Local Address:', before: ' ', right: true },
  { head: 'Port', before: '' },
  { head: 'Peer Address:', before: ' ', right: true },
  { head: 'Port', before: '' },
  { head: 'Process', before: '' },
];

export const ss: Command = (argv, context) => {
  const words = argv.slice(1).map((word) => longs[word] ?? word);
  const letters = words.flatMap((word) =>
    /^-[A-Za-z0-9]+$/.test(word) ? [...word.slice(1)] : ['?'],
  );
  const isKnown = letters.every((letter) => 'ltunS46H'.includes(letter));
  if (!isKnown || !letters.includes('l') || !letters.includes('n')) {
    const stderr = `ss: not modelled: ${argv.slice(1).join(' ')}\n${usage}\n`;
    return { stdout: '', stderr, exitCode: 1 };
  }
  const asked = kinds.filter(({ letter }) => letters.includes(letter));
  const chosen = asked.length === 0 ? kinds : asked;
  const answer = context.kernel?.({ kind: 'sockets' });
  const all = answer?.kind === 'sockets' ? answer.sockets : [];
  const family = letters.includes('4') ? 4 : letters.includes('6') ? 6 : null;
  const rows = chosen.flatMap(({ proto, netid }) =>
    all
      .filter((socket) => socket.proto === proto && isOf(socket, family))
      .sort((a, b) => a.port - b.port)
      .map((socket) => cells(socket, netid)),
  );
  const hasHead = !letters.includes('H');
  const text = table(chosen.length > 1, hasHead, rows);
  return { stdout: text, stderr: '', exitCode: 0 };
};

/** A socket for any address is one of IPv6 that takes IPv4 too. */
function isOf({ addr }: SocketView, family: 4 | 6 | null): boolean {
  return family === null || (addr === null ? 6 : familyOf(addr)) === family;
}

function cells({ proto, addr, port }: SocketView, netid: string): readonly string[] {
  const waits = proto !== UDP;
  const six = addr !== null && familyOf(addr) === 6;
  const local = addr === null ? '*' : six ? `[${formatAddr(addr)}]` : formatAddr(addr);
  const peer = addr === null ? '*' : six ? '[::]' : '0.0.0.0';
  const state = waits ? 'LISTEN' : 'UNCONN';
  const ends = [`${local}:`, `${port}`, `${peer}:`, '*'];
  const numbers = ['0', waits ? '4096' : '0'].map((number) => number.padEnd(6));
  return [netid, state, ...numbers, ...ends, ''];
}

/** Where all sockets are of one kind, the first column is left out. */
function table(hasKind: boolean, hasHead: boolean, rows: readonly (readonly string[])[]): string {
  const head = columns.map((column) => column.head);
  const shown = hasHead ? [head, ...rows] : rows;
  const first = hasKind ? 0 : 1;
  const widths = columns.map((_, i) => Math.max(0, ...shown.map((row) => (row[i] ?? '').length)));
  return shown
    .map((row) => {
      const texts = columns.slice(first).map(({ before, right }, n) => {
        const i = n + first;
        const cell = row[i] ?? '';
        const width = widths[i] ?? 0;
        const text = right === true ? cell.padStart(width) : cell.padEnd(width);
        return `${n === 0 ? '' : before}${text}`;
      });
      return `${texts.join('')}\n`;
    })
    .join('');
}
