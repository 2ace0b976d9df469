// The format of a log line: literal text, fields and metadata labels (CoreDNS plugin/pkg/replacer). What is no known field
// stays as it is written.
import { formatAddr } from '../../../net/addr.ts';
import { TCP } from '../../../net/packet.ts';
import { classText, typeText, wordOfRcode } from '../../go/names.ts';
import { wireLength } from '../../message/length.ts';
import { flagNames, type Message } from '../../message/message.ts';
import type { DnsRequest } from '../../plugin.ts';

export type Field =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'label'; readonly name: Label }
  | { readonly kind: 'metadata'; readonly name: string };

type Label = keyof typeof labels;

/** What was written to the client, as far as a recorder sees it. */
export interface Recorded {
  readonly reply: Message | null;
  /** Bytes, uncompressed; of all messages of a transfer. */
  readonly size: number;
  readonly seconds: number;
}

const labels = {
  '{type}': ({ question }: DnsRequest) => typeText(question.type),
  // Upstream keeps the first name it has looked at.
  '{name}': ({ qname }: DnsRequest) => qname,
  '{class}': ({ question }: DnsRequest) => classText(question.class),
  '{proto}': ({ turn }: DnsRequest) => (turn.client.proto === TCP ? 'tcp' : 'udp'),
  '{size}': ({ message }: DnsRequest) => String(wireLength(message)),
  '{remote}': ({ turn }: DnsRequest) => bracketed(formatAddr(turn.client.addr)),
  '{port}': ({ turn }: DnsRequest) => String(turn.client.port),
  '{local}': ({ turn }: DnsRequest) => localOf(turn),
  '{>id}': ({ message }: DnsRequest) => String(message.id),
  '{>opcode}': ({ message }: DnsRequest) => String(message.opcode),
  '{>do}': ({ message }: DnsRequest) => String(message.edns?.dnssecOk ?? false),
  '{>bufsize}': (request: DnsRequest) => String(sizeOf(request)),
  '{rcode}': (_: DnsRequest, { reply }: Recorded) => (reply === null ? '-' : rcodeOf(reply)),
  '{rsize}': (_: DnsRequest, { size }: Recorded) => String(size),
  '{duration}': (_: DnsRequest, { seconds }: Recorded) => `${seconds}s`,
  '{>rflags}': (_: DnsRequest, { reply }: Recorded) =>
    reply === null ? '-' : flagNames(reply).join(','),
} as const;

/** Brackets are found from the right one back, so that `{ {type} }` has a field in it. */
export function parseFormat(text: string): readonly Field[] {
  const fields: Field[] = [];
  let rest = text;
  for (let end = rest.indexOf('}'); end >= 0; end = rest.indexOf('}')) {
    const start = rest.lastIndexOf('{', end);
    const found = start < 0 ? '' : rest.slice(start, end + 1);
    const isMetadata = found.startsWith('{/');
    if (isLabel(found) || isMetadata) {
      if (start > 0) fields.push({ kind: 'literal', text: rest.slice(0, start) });
      fields.push(
        isLabel(found)
          ? { kind: 'label', name: found }
          : { kind: 'metadata', name: found.slice(2, -1) },
      );
    } else fields.push({ kind: 'literal', text: rest.slice(0, end + 1) });
    rest = rest.slice(end + 1);
  }
  return rest === '' ? fields : [...fields, { kind: 'literal', text: rest }];
}

function isLabel(text: string): text is Label {
  return Object.hasOwn(labels, text);
}

/** `metadata`: the value of a label; undefined: nobody has given one. */
export function formatLine(
  fields: readonly Field[],
  request: DnsRequest,
  recorded: Recorded,
  metadata: (name: string) => string | undefined,
): string {
  let line = '';
  for (const field of fields) {
    if (field.kind === 'literal') line += field.text;
    else if (field.kind === 'label') line += labels[field.name](request, recorded);
    else line += metadata(field.name) ?? '-';
  }
  return line;
}

function bracketed(addr: string): string {
  return addr.includes(':') ? `[${addr}]` : addr;
}

function rcodeOf({ rcode }: Message): string {
  return wordOfRcode(rcode) ?? String(rcode);
}

/** What the client can take (request.Size): 512 at least, everything over TCP. */
function sizeOf({ message, turn }: DnsRequest): number {
  if (turn.client.proto === TCP) return 65_535;
  return Math.max(512, message.edns?.udpSize ?? 512);
}

/** The address of the socket: over UDP that of all addresses stays, a TCP connection knows the machine's own. */
function localOf({ server, client, environment }: DnsRequest['turn']): string {
  const [, host = ''] = /^dns:\/\/(.*):\d+$/.exec(server) ?? [];
  if (host !== '') return host;
  const isV4 = typeof client.addr === 'number';
  const own = environment.localAddrs.find((addr) => (typeof addr === 'number') === isV4);
  return client.proto === TCP && own !== undefined ? bracketed(formatAddr(own)) : '[::]';
}
