// nslookup in the three forms images have: busybox up to 1.28 (getaddrinfo and getnameinfo of uClibc or musl), busybox
// from 1.29 (its own resolver; busybox.ts has the releases), BIND 9.18 (nslookup-bind.ts). Resolver and image tell which.
// Interactive mode is refused, and in busybox's the options other than -type/-query.
import { decode } from '../dns/message/decode.ts';
import { encode } from '../dns/message/encode.ts';
import { type Message, parseType, query } from '../dns/message/message.ts';
import { absolute, reverseName } from '../dns/message/name.ts';
import * as print from '../dns/print/nslookup.ts';
import { hostsOf, idsOf, resolvConfOf, resolveIn } from '../dns/resolver/container.ts';
import { hostName } from '../dns/resolver/hosts.ts';
import { type Addr, formatAddr, parseAddr } from '../net/addr.ts';
import { UDP } from '../net/packet.ts';
import type { ResolvConf } from '../net/resolv-conf.ts';
import { type BindServer, bindServers } from './bind.ts';
import { type BusyboxNslookup, busyboxMinor, knowsType, nslookupOf } from './busybox.ts';
import { bindNslookup } from './nslookup-bind.ts';
import type { Command, ProcessContext, ProcessResult } from './process.ts';

const SERVFAIL = 2;

interface Request {
  readonly name: string;
  /** The servers named on the command line; null: resolv.conf's. */
  readonly named: readonly BindServer[] | null;
  readonly type: number | null;
  readonly conf: ResolvConf;
  readonly form: BusyboxNslookup;
}

export const nslookup: Command = (argv, context) => {
  const { resolver, image } = context;
  if (resolver === 'busybox-1.28') return busyboxArgs(argv.slice(1), context, nslookupOf(28));
  if ((resolver === 'musl' && !hasBind(image)) || hasBusybox(image)) {
    return busyboxArgs(argv.slice(1), context, nslookupOf(busyboxMinor(image)));
  }
  return bindNslookup(argv.slice(1), context);
};

function busyboxArgs(
  args: readonly string[],
  context: ProcessContext,
  form: BusyboxNslookup,
): ProcessResult {
  const words: string[] = [];
  let type: number | null = null;
  for (const arg of args) {
    const option = /^-(?:type|query|querytype|q|t)=(.+)$/.exec(arg);
    if (option !== null && !form.isOld) {
      const parsed = knowsType(form, option[1] ?? '') ? parseType(option[1] ?? '') : undefined;
      if (parsed === undefined) return failed(`nslookup: invalid query type "${option[1]}"\n`);
      type = parsed;
    } else if (arg.startsWith('-')) return usage(`nslookup: invalid option: ${arg}`);
    else words.push(arg);
  }
  const [name, serverText, extra] = words;
  if (name === undefined)
    return usage('nslookup: a name is needed; interactive mode is not modelled');
  if (extra !== undefined) return usage(`nslookup: one name and one server, got also "${extra}"`);
  const named = serverText === undefined ? null : bindServers(context, serverText);
  if (serverText !== undefined && named === null) {
    return failed(`nslookup: bad address '${serverText}'\n`);
  }
  const run = form.isOld ? oldBusybox : busybox;
  return run({ name, named, type, conf: resolvConfOf(context), form }, context);
}

function failed(stderr: string): ProcessResult {
  return { stdout: '', stderr, exitCode: 1 };
}

/** busybox's own image is linked with glibc, but its nslookup is still its own. */
function hasBusybox(image: string): boolean {
  return /(^|\/)busybox(:|@|$)/.test(image);
}

/** Images on Alpine with its package bind-tools. */
function hasBind(image: string): boolean {
  return /(^|\/)(netshoot|dnstools)(:|@|$)/.test(image);
}

function usage(text: string): ProcessResult {
  const line = 'Usage: nslookup [-type=TYPE] HOST [SERVER]';
  return { stdout: '', stderr: `${text}\n${line}\n`, exitCode: 1 };
}

/** Both blocks come from getaddrinfo; every address is looked up backwards. */
function oldBusybox({ name, named, conf }: Request, context: ProcessContext): ProcessResult {
  const kind = context.resolver;
  const nameservers = named === null ? conf.nameservers : named.map(({ addr }) => addr);
  const used = { ...conf, nameservers };
  const hosts = hostsOf(context);
  const reverse = (ip: string): string | null => {
    const addr = parseAddr(ip);
    if (addr === undefined) return null;
    const local = hostName(hosts, addr);
    if (local !== undefined) return local;
    const backwards = reverseName(addr).replace(/\.$/, '');
    const pointer = resolveIn(context, backwards, 'PTR', { kind, conf: used });
    const answers = pointer.queries.flatMap((q) => q.answers);
    return answers.find((answer) => answer.type === 'PTR')?.data ?? null;
  };
  const block = (label: 'Server:' | 'Name:', title: string): string | null => {
    const found = resolveIn(context, title, 'address', { kind, conf: used });
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

/** One exchange over UDP: the reply, or why there is none. */
function send(
  context: ProcessContext,
  nextId: () => number,
  server: Addr,
  name: string,
  type: number,
  timeoutMs: number,
): Message | 'refused' | null {
  const bytes = encode(query(nextId(), absolute(name), type));
  const result = context.exchange(UDP, server, 53, bytes, timeoutMs);
  if (result.kind === 'refused') return 'refused';
  const decoded = result.kind === 'reply' ? decode(result.message) : null;
  return decoded?.kind === 'message' ? decoded.message : null;
}

/** All A replies of the search list, then all AAAA replies; a name with a dot is never searched, and none where a server
 * is named: resolv.conf is not read then. */
function busybox(
  { name, named, type, conf, form }: Request,
  context: ProcessContext,
): ProcessResult {
  const addr = parseAddr(name);
  const types = type !== null ? [type] : addr !== undefined ? [12] : [1, 28];
  const search = named === null && form.searches ? conf.search : [];
  const searched = addr === undefined && !name.includes('.') && search.length > 0;
  const asIs = addr === undefined ? name : reverseName(addr).replace(/\.$/, '');
  const names = searched ? search.map((domain) => `${name}.${domain}`) : [asIs];
  const questions = types.flatMap((asked) => names.map((full) => ({ full, asked })));
  const nextId = idsOf(context);
  const servers = named ?? conf.nameservers.map((one) => ({ addr: one, shown: formatAddr(one) }));
  let stderr = '';
  for (const to of servers) {
    const round = askAll(questions, form, (full, asked) =>
      ask(context, nextId, to.addr, full, asked),
    );
    // The second write to the socket hears what came of the first.
    if (round.refused && stderr === '' && questions.length > 1) {
      stderr = `nslookup: write to '${to.shown}': Connection refused\n`;
    }
    if (round.text === null) continue;
    const stdout = print.printBusyboxServer(to.shown, to.addr, 53) + round.text;
    return { stdout, stderr, exitCode: round.exitCode };
  }
  const stdout = ';; connection timed out; no servers could be reached\n\n';
  return { stdout, stderr, exitCode: 1 };
}

interface Question {
  readonly full: string;
  readonly asked: number;
}

/** What one server says to all questions; `text` null: nothing at all. A SERVFAIL is asked about again at once, behind the
 * questions that wait for their answers, twice per question in all. */
function askAll(
  questions: readonly Question[],
  form: BusyboxNslookup,
  send: (full: string, asked: number) => Message | 'refused' | null,
): { readonly text: string | null; readonly refused: boolean; readonly exitCode: number } {
  const waiting = [...questions];
  const silent: string[] = [];
  let [text, exitCode, again] = ['', 0, 2 * questions.length];
  for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
    const reply = send(one.full, one.asked);
    if (reply === null || reply === 'refused') {
      if (text === '' && silent.length === 0 && again === 2 * questions.length) {
        return { text: null, refused: reply === 'refused', exitCode: 1 };
      }
      silent.push(one.full);
      continue;
    }
    if (reply.rcode === SERVFAIL && again > 0) {
      again--;
      waiting.push(one);
      continue;
    }
    if (reply.rcode !== 0 && form.failsOnRcode) exitCode = 1;
    text += print.printBusyboxReply(one.full, reply, form.tellsNoAnswer);
  }
  const missing = silent.map((full) => `*** Can't find ${full}: No answer\n`).join('');
  return { text: missing === '' ? text : `${text}${missing}\n`, refused: false, exitCode };
}

/** 5 s in all, sent again after 2.5 s. */
function ask(
  context: ProcessContext,
  nextId: () => number,
  server: Addr,
  name: string,
  type: number,
): Message | 'refused' | null {
  return (
    send(context, nextId, server, name, type, 2500) ??
    send(context, nextId, server, name, type, 2500)
  );
}
