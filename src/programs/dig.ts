// dig of BIND 9.18, as far as scenarios use it: @server, -t, -q, -x, -p, +short, +tcp, +norec, +search, +noall +answer,
// +time, +tries, +noedns, +nocookie. One query per call. Other options are refused by name.
import { decode } from '../dns/message/decode.ts';
import { encode } from '../dns/message/encode.ts';
import { COOKIE, type Message, parseType, query } from '../dns/message/message.ts';
import { absolute, labelsOf, reverseName } from '../dns/message/name.ts';
import { digBanner, printDig, printDigAnswers, printDigShort } from '../dns/print/dig.ts';
import { idsOf, resolvConfOf } from '../dns/resolver/container.ts';
import { type Addr, formatAddr, parseAddr } from '../net/addr.ts';
import { TCP, UDP } from '../net/packet.ts';
import { ndots } from '../net/resolv-conf.ts';
import { clockStartSeconds } from '../sim/time.ts';
import type { Command, ProcessContext, ProcessResult } from './process.ts';

interface Options {
  server: string | null;
  name: string | null;
  type: number | null;
  port: number;
  short: boolean;
  answersOnly: boolean;
  tcp: boolean;
  recurse: boolean;
  search: boolean;
  edns: boolean;
  cookie: boolean;
  timeSeconds: number;
  tries: number;
}

class Usage extends Error {}

/** What each flag sets; `+answer` only means something after `+noall`, which already leaves just the answers. */
const plus: Readonly<Record<string, Partial<Options>>> = {
  short: { short: true },
  noshort: { short: false },
  tcp: { tcp: true },
  vc: { tcp: true },
  notcp: { tcp: false },
  norec: { recurse: false },
  norecurse: { recurse: false },
  recurse: { recurse: true },
  search: { search: true },
  nosearch: { search: false },
  noall: { answersOnly: true },
  answer: {},
  noedns: { edns: false },
  nocookie: { cookie: false },
};

function parse(args: readonly string[]): Options {
  const o: Options = {
    server: null,
    name: null,
    type: null,
    port: 53,
    short: false,
    answersOnly: false,
    tcp: false,
    recurse: true,
    search: false,
    edns: true,
    cookie: true,
    timeSeconds: 5,
    tries: 3,
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg.startsWith('@')) o.server = arg.slice(1);
    else if (arg.startsWith('+')) plusOption(o, arg);
    else if (/^-[tqxp]/.test(arg)) {
      const value = arg.length > 2 ? arg.slice(2) : (args[++i] ?? '');
      dashOption(o, arg.slice(0, 2), value);
    } else if (arg.startsWith('-') && arg !== '-4') throw new Usage(`Invalid option: ${arg}`);
    else if (arg !== '-4') word(o, arg);
  }
  return o;
}

function plusOption(o: Options, arg: string): void {
  const [name = '', value] = arg.slice(1).split('=');
  if ((name === 'time' || name === 'tries') && /^\d+$/.test(value ?? '')) {
    if (name === 'time') o.timeSeconds = Math.max(1, Number(value));
    else o.tries = Math.max(1, Number(value));
    return;
  }
  const set = value === undefined && Object.hasOwn(plus, name) ? plus[name] : undefined;
  if (set === undefined) throw new Usage(`Invalid option: ${arg}`);
  Object.assign(o, set);
}

function dashOption(o: Options, option: string, value: string): void {
  if (option === '-q') o.name = value;
  else if (option === '-t') {
    const type = parseType(value);
    if (type === undefined) throw new Usage(`;; Warning, ignoring invalid type ${value}`);
    o.type = type;
  } else if (option === '-p') {
    if (!/^\d+$/.test(value)) throw new Usage(`Couldn't parse port number '${value}'`);
    o.port = Number(value);
  } else {
    const addr = parseAddr(value);
    if (addr === undefined) throw new Usage(`Invalid IP address ${value}`);
    o.name = reverseName(addr);
    o.type ??= 12;
  }
}

/** A bare word is a type or class if it is one and a name was given or may still follow, else the name. */
function word(o: Options, arg: string): void {
  const type = parseType(arg);
  if (type !== undefined && (o.type === null || o.name !== null)) o.type = type;
  else if (arg.toUpperCase() !== 'IN') o.name = arg;
}

interface Sent {
  readonly server: Addr;
  readonly query: Message;
  readonly reply: Message;
  readonly bytes: number;
  readonly elapsedMs: number;
}

class Dig {
  readonly #o: Options;
  readonly #context: ProcessContext;
  readonly #nextId: () => number;
  notices = '';

  constructor(o: Options, context: ProcessContext) {
    this.#o = o;
    this.#context = context;
    this.#nextId = idsOf(context);
  }

  /** Tries every name of the search list while the answer is NXDOMAIN; null: nobody answered. */
  run(servers: readonly Addr[], names: readonly string[]): Sent | null {
    let last: Sent | null = null;
    for (const name of names) {
      last = this.#ask(servers, name);
      if (last === null || last.reply.rcode !== 3) return last;
    }
    return last;
  }

  #ask(servers: readonly Addr[], name: string): Sent | null {
    const { tcp, tries } = this.#o;
    for (let attempt = 0; attempt < tries; attempt++) {
      for (const server of servers) {
        const sent = this.#send(server, name, tcp);
        if (sent !== null)
          return sent.reply.tc && !tcp ? (this.#send(server, name, true) ?? sent) : sent;
      }
    }
    return null;
  }

  #send(server: Addr, name: string, tcp: boolean): Sent | null {
    const { port, recurse, edns, cookie, timeSeconds } = this.#o;
    const bytes = Array.from({ length: 4 }, this.#nextId).flatMap((v) => [v >>> 8, v & 0xff]);
    const options = cookie ? [{ code: COOKIE, bytes: Uint8Array.from(bytes) }] : [];
    const message = query(this.#nextId(), absolute(name), this.#o.type ?? 1, {
      rd: recurse,
      ad: true,
      edns: edns ? { udpSize: 1232, version: 0, dnssecOk: false, options } : null,
    });
    const proto = tcp ? TCP : UDP;
    const result = this.#context.exchange(proto, server, port, encode(message), timeSeconds * 1000);
    const where = `${formatAddr(server)}#${port}`;
    if (result.kind !== 'reply') {
      const why = {
        timeout: 'timed out',
        refused: 'connection refused',
        unreachable: 'network unreachable',
      };
      this.notices += `;; communications error to ${where}: ${why[result.kind]}\n`;
      return null;
    }
    const decoded = decode(result.message);
    if (decoded.kind !== 'message') {
      this.notices += `;; Got bad packet: FORMERR\n`;
      return null;
    }
    const { elapsedMs } = result;
    return {
      server,
      query: message,
      reply: decoded.message,
      bytes: result.message.length,
      elapsedMs,
    };
  }
}

export const dig: Command = (argv, context) => {
  const args = argv.slice(1);
  let options: Options;
  try {
    options = parse(args);
  } catch (error) {
    if (!(error instanceof Usage)) throw error;
    return failed(
      '',
      `${error.message}\nUsage:  dig [@global-server] [domain] [q-type] {q-opt}\n`,
      1,
    );
  }
  const conf = resolvConfOf(context);
  let servers: readonly Addr[] = conf.nameservers;
  if (options.server !== null) {
    const literal = parseAddr(options.server);
    const found = literal === undefined ? context.resolve(options.server) : null;
    if (found?.kind === 'failed') {
      return failed('', `dig: couldn't get address for '${options.server}': not found\n`, 10);
    }
    servers = literal === undefined ? (found?.addresses ?? []) : [literal];
  }
  if (options.name === null) {
    options.name = '.';
    options.type ??= 2;
  }
  const run = new Dig(options, context);
  const sent = run.run(servers, namesOf(options, conf.search, ndots(conf)));
  return report(args, options, run.notices, sent, context);
};

function namesOf(o: Options, search: readonly string[], dots: number): readonly string[] {
  const name = o.name ?? '.';
  if (!o.search || name.endsWith('.')) return [name];
  const searched = search.map((domain) => `${name}.${domain}`);
  return labelsOf(name).length - 1 >= dots ? [name, ...searched] : [...searched, name];
}

function report(
  args: readonly string[],
  options: Options,
  notices: string,
  sent: Sent | null,
  context: ProcessContext,
): ProcessResult {
  const explicitServer = options.server !== null;
  if (sent === null) {
    const quiet = options.short || options.answersOnly;
    const banner = quiet ? '' : digBanner(args, explicitServer);
    return failed(`${notices}${banner};; no servers could be reached\n`, '', 9);
  }
  const transport = options.tcp || sent.reply.tc ? 'tcp' : 'udp';
  const text = options.short
    ? printDigShort(sent.reply)
    : options.answersOnly
      ? printDigAnswers(sent.reply)
      : printDig({
          args,
          explicitServer,
          server: sent.server,
          port: options.port,
          transport,
          query: sent.query,
          reply: sent.reply,
          replyBytes: sent.bytes,
          elapsedMs: sent.elapsedMs,
          atSeconds: clockStartSeconds + context.nowMs / 1000,
        });
  return { stdout: notices + text, stderr: '', exitCode: 0 };
}

function failed(stdout: string, stderr: string, exitCode: number): ProcessResult {
  return { stdout, stderr, exitCode };
}
