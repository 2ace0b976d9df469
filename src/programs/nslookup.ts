// nslookup in the three forms images have: busybox up to 1.28 (getaddrinfo and getnameinfo of uClibc), busybox from
// 1.29 (its own resolver, as 1.35), BIND 9.18. The container's resolver and image tell which.
// Interactive mode and options other than -type/-query are refused.
import { decode } from '../dns/message/decode.ts';
import { encode } from '../dns/message/encode.ts';
import { type Message, parseType, query, rcodeName, typeOf } from '../dns/message/message.ts';
import { absolute, labelsOf, reverseName } from '../dns/message/name.ts';
import * as print from '../dns/print/nslookup.ts';
import { hostsOf, idsOf, resolvConfOf, resolveIn } from '../dns/resolver/container.ts';
import { hostName } from '../dns/resolver/hosts.ts';
import { type Addr, formatAddr, parseAddr } from '../net/addr.ts';
import { UDP } from '../net/packet.ts';
import { ndots, type ResolvConf } from '../net/resolv-conf.ts';
import type { Command, ProcessContext, ProcessResult } from './process.ts';

interface Request {
  readonly name: string;
  /** The server named on the command line; null: resolv.conf's. */
  readonly server: Addr | null;
  readonly type: number | null;
  readonly conf: ResolvConf;
}

export const nslookup: Command = (argv, context) => {
  const words: string[] = [];
  let type: number | null = null;
  for (const arg of argv.slice(1)) {
    const option = /^-(?:type|query|querytype|q|t)=(.+)$/.exec(arg);
    const parsed = option === null ? undefined : parseType(option[1] ?? '');
    if (parsed !== undefined) type = parsed;
    else if (arg.startsWith('-')) return usage(`nslookup: invalid option: ${arg}`);
    else words.push(arg);
  }
  const [name, serverText, extra] = words;
  if (name === undefined)
    return usage('nslookup: a name is needed; interactive mode is not modelled');
  if (extra !== undefined) return usage(`nslookup: one name and one server, got also "${extra}"`);
  let server = serverText === undefined ? null : (parseAddr(serverText) ?? null);
  if (serverText !== undefined && server === null) {
    const found = context.resolve(serverText);
    if (found.kind === 'failed')
      return usage(`nslookup: couldn't get address for '${serverText}': not found`);
    server = found.addresses[0] ?? null;
  }
  const conf = resolvConfOf(context);
  const request = { name, server, type, conf };
  switch (context.resolver) {
    case 'busybox-1.28':
      return type === null
        ? oldBusybox(request, context)
        : usage('nslookup: invalid option: -type');
    case 'musl':
      return busybox(request, context);
    case 'glibc':
    case 'go':
      return hasBusybox(context.image) ? busybox(request, context) : bind(request, context);
  }
};

/** busybox's own image is linked with glibc, but its nslookup is still its own. */
function hasBusybox(image: string): boolean {
  return /(^|\/)busybox(:|@|$)/.test(image);
}

function usage(text: string): ProcessResult {
  const line = 'Usage: nslookup [-type=TYPE] HOST [SERVER]';
  return { stdout: '', stderr: `${text}\n${line}\n`, exitCode: 1 };
}

/** Both blocks come from getaddrinfo; every address is looked up backwards. */
function oldBusybox({ name, server, conf }: Request, context: ProcessContext): ProcessResult {
  const nameservers = server === null ? conf.nameservers : [server];
  const used = { ...conf, nameservers };
  const hosts = hostsOf(context);
  const reverse = (ip: string): string | null => {
    const addr = parseAddr(ip);
    if (addr === undefined) return null;
    const local = hostName(hosts, addr);
    if (local !== undefined) return local;
    const backwards = reverseName(addr).replace(/\.$/, '');
    const pointer = resolveIn(context, backwards, 'PTR', { kind: 'busybox-1.28', conf: used });
    const answers = pointer.queries.flatMap((q) => q.answers);
    return answers.find((answer) => answer.type === 'PTR')?.data ?? null;
  };
  const block = (label: 'Server:' | 'Name:', title: string): string | null => {
    const found = resolveIn(context, title, 'address', { kind: 'busybox-1.28', conf: used });
    if (found.outcome !== 'answered') return null;
    return print.printOldBlock(
      label,
      title,
      found.addresses.map((ip) => ({ ip, name: reverse(ip) })),
    );
  };
  const head = `${block('Server:', formatAddr(nameservers[0] ?? 0x7f000001)) ?? ''}\n`;
  const body = block('Name:', name);
  if (body !== null) return { stdout: head + body, stderr: '', exitCode: 0 };
  return { stdout: head, stderr: `nslookup: can't resolve '${name}'\n`, exitCode: 1 };
}

/** One exchange over UDP; null: no usable reply. */
function send(
  context: ProcessContext,
  nextId: () => number,
  server: Addr,
  name: string,
  type: number,
  timeoutMs: number,
): Message | null {
  const bytes = encode(query(nextId(), absolute(name), type));
  const result = context.exchange(UDP, server, 53, bytes, timeoutMs);
  const decoded = result.kind === 'reply' ? decode(result.message) : null;
  return decoded?.kind === 'message' ? decoded.message : null;
}

/** All A replies of the search list, then all AAAA replies; a name with a dot is never searched. */
function busybox({ name, server, type, conf }: Request, context: ProcessContext): ProcessResult {
  const addr = parseAddr(name);
  const types = type !== null ? [type] : addr !== undefined ? [12] : [1, 28];
  const searched = addr === undefined && !name.includes('.') && conf.search.length > 0;
  const names =
    addr !== undefined
      ? [reverseName(addr)]
      : searched
        ? conf.search.map((domain) => `${name}.${domain}`)
        : [name];
  const nextId = idsOf(context);
  const servers = server === null ? conf.nameservers : [server];
  for (const to of servers) {
    let stdout = print.printBusyboxServer(to, 53);
    let exitCode = 0;
    let answered = false;
    for (const asked of types) {
      for (const full of names) {
        const reply = ask(context, nextId, to, full, asked);
        if (reply === null) continue;
        answered = true;
        if (reply.rcode !== 0) exitCode = 1;
        stdout += print.printBusyboxReply(full, reply);
      }
      if (!answered) break;
    }
    if (answered) return { stdout, stderr: '', exitCode };
  }
  const stdout = ';; connection timed out; no servers could be reached\n\n';
  return { stdout, stderr: '', exitCode: 1 };
}

/** 5 s in all, sent again after 2.5 s. */
function ask(
  context: ProcessContext,
  nextId: () => number,
  server: Addr,
  name: string,
  type: number,
): Message | null {
  return (
    send(context, nextId, server, name, type, 2500) ??
    send(context, nextId, server, name, type, 2500)
  );
}

const bindTries = 3;

type BindReply = { readonly server: Addr; readonly name: string; readonly reply: Message };

class Bind {
  readonly #request: Request;
  readonly #context: ProcessContext;
  readonly #nextId: () => number;
  readonly #servers: readonly Addr[];
  errors = '';

  constructor(request: Request, context: ProcessContext) {
    this.#request = request;
    this.#context = context;
    this.#nextId = idsOf(context);
    this.#servers = request.server === null ? request.conf.nameservers : [request.server];
  }

  /** The search list is walked while the answer is NXDOMAIN; `notices` collects a line per odd reply. */
  walk(names: readonly string[], type: number): { last: BindReply | null; notices: string } {
    let last: BindReply | null = null;
    let notices = '';
    for (const name of names) {
      last = this.#ask(name, type);
      if (last === null) return { last, notices };
      notices += print.bindNotice(last.reply, last.server, this.#request.server !== null);
      if (last.reply.rcode !== 3) break;
    }
    return { last, notices };
  }

  #ask(name: string, type: number): BindReply | null {
    for (let i = 0; i < bindTries; i++) {
      for (const server of this.#servers) {
        const reply = send(this.#context, this.#nextId, server, name, type, 5000);
        if (reply !== null) return { server, name, reply };
        this.errors += `;; communications error to ${formatAddr(server)}#53: timed out\n`;
      }
    }
    return null;
  }
}

function bindNames({ name, conf }: Request): readonly string[] {
  if (name.endsWith('.')) return [name];
  const searched = conf.search.map((domain) => `${name}.${domain}`);
  return labelsOf(name).length > ndots(conf) ? [name, ...searched] : [...searched, name];
}

function bind(request: Request, context: ProcessContext): ProcessResult {
  const run = new Bind(request, context);
  const addr = parseAddr(request.name);
  const names = addr === undefined ? bindNames(request) : [reverseName(addr)];
  const type = request.type ?? (addr === undefined ? 1 : 12);
  const { last, notices } = run.walk(names, type);
  if (last === null) {
    return {
      stdout: `${notices}${run.errors};; no servers could be reached\n\n`,
      stderr: '',
      exitCode: 1,
    };
  }
  const header = addr === undefined ? print.printBindServer(last.server, 53) : '';
  const stdout = notices + header;
  if (last.reply.rcode !== 0) {
    const shown = last.name.replace(/\.$/, '');
    const error = `** server can't find ${shown}: ${rcodeName(last.reply.rcode)}\n\n`;
    return { stdout: stdout + error, stderr: '', exitCode: 1 };
  }
  if (addr !== undefined) {
    const more = last.reply.aa ? '' : '\nAuthoritative answers can be found from:\n';
    return {
      stdout: `${stdout}${print.printBindAnswers(last.reply)}${more}\n`,
      stderr: '',
      exitCode: 0,
    };
  }
  if (request.type !== null) {
    const text = last.reply.answers.length > 0 ? print.printBindAnswers(last.reply) : null;
    const none = `*** Can't find ${request.name}: No answer\n`;
    return { stdout: `${stdout}${text ?? none}\n`, stderr: '', exitCode: 0 };
  }
  return { stdout: stdout + addressesOf(run, last), stderr: '', exitCode: 0 };
}

/** The A answers, then those of an AAAA query for the name they ended at. */
function addressesOf(run: Bind, first: BindReply): string {
  const alias = first.reply.answers.findLast((record) => record.kind === 'CNAME');
  const final = alias?.kind === 'CNAME' ? alias.target : first.name;
  const second = run.walk([final], 28);
  const v6 = second.last?.reply.rcode === 0 ? second.last.reply.answers : [];
  const text = first.reply.answers.length > 0 ? print.printBindAnswers(first.reply) : '';
  const more = v6.filter((record) => typeOf(record) === 28);
  if (text === '' && more.length === 0) {
    const shown = first.name.replace(/\.$/, '');
    return `${second.notices}*** Can't find ${shown}: No answer\n\n`;
  }
  const reply = second.last?.reply;
  const tail =
    reply !== undefined && more.length > 0
      ? print.printBindAnswers({ ...reply, aa: true, answers: more })
      : '';
  return `${text}${second.notices}${tail}\n`;
}
