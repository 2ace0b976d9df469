// host of BIND 9.18: A, then AAAA and MX of the name it led to, or one type; forms of the output in
// src/dns/print/host.ts. Not modelled: -A, -C, -D, -m, -s, -U, -V, -w.
import { type Message, parseType, typeName, typeOf } from '../dns/message/message.ts';
import { lower, reverseName } from '../dns/message/name.ts';
import { CLASSES } from '../dns/message/types.table.ts';
import { hostLine, hostMessage, hostNotFound, hostServer } from '../dns/print/host.ts';
import { formatAddr, parseAddr } from '../net/addr.ts';
import {
  BindClient,
  type BindLookup,
  type BindReply,
  type BindServer,
  bindDefaults,
  bindServers,
  bindSystem,
  illegalName,
  ofFamily,
} from './bind.ts';
import type { Command, ProcessContext, ProcessResult } from './process.ts';

const [A, NS, PTR, MX, AAAA, AXFR, ANY] = [1, 2, 12, 15, 28, 252, 255];

interface Plan {
  words: string[];
  type: number | null;
  class: number;
  verbose: boolean;
  listing: boolean;
  tcp: boolean;
  recurse: boolean;
  family: 4 | 6 | null;
  ndots: number | null;
  timeoutMs: number | null;
  tries: number;
  port: number;
}

const usage = `Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]
            [-R number] [-m flag] [-p port] hostname [server]
`;

export const host: Command = (argv, context) => {
  const plan = parse(argv.slice(1));
  if ('exitCode' in plan) return plan;
  const [name, serverText] = plan.words;
  if (name === undefined) return failed(usage, 1);
  const named = serverText === undefined ? null : bindServers(context, serverText);
  if (serverText !== undefined && named === null) {
    return failed(`host: couldn't get address for '${serverText}': not found\n`, 1);
  }
  const illegal = illegalName(name);
  if (illegal !== null) {
    return failed(`host: '${name}' is not in legal name syntax (${illegal})\n`, 1);
  }
  return new Host(plan, name, named, context).run();
};

function failed(stderr: string, exitCode: number): ProcessResult {
  return { stdout: '', stderr, exitCode };
}

class Host {
  readonly #plan: Plan;
  readonly #client: BindClient;
  readonly #lookup: BindLookup;
  readonly #named: readonly BindServer[] | null;
  #isIntroduced = false;
  #hasFailed = false;

  constructor(
    plan: Plan,
    name: string,
    named: readonly BindServer[] | null,
    context: ProcessContext,
  ) {
    this.#plan = plan;
    this.#named = named;
    this.#client = new BindClient(context);
    const system = bindSystem(context);
    const addr = parseAddr(name);
    this.#lookup = {
      ...bindDefaults,
      ...system,
      name: addr === undefined ? name : reverseName(addr),
      type: addr === undefined ? (plan.type ?? A) : PTR,
      class: plan.class,
      servers: ofFamily(named ?? system.servers, plan.family),
      port: plan.port,
      tcp: plan.tcp,
      recurse: plan.recurse,
      ndots: plan.ndots ?? system.ndots,
      timeoutMs: plan.timeoutMs,
      tries: plan.tries,
      checksRecursion: named === null,
      comments: false,
    };
  }

  run(): ProcessResult {
    const isAddress = this.#lookup.type === PTR && this.#plan.type !== PTR;
    const usual = this.#plan.type === null && !isAddress;
    const first = this.#one(this.#lookup, usual);
    if (usual && first !== null && first.reply.rcode === 0) {
      const name = finalName(first.reply, first.name);
      for (const type of [AAAA, MX]) {
        this.#one({ ...this.#lookup, name, type, usesSearch: false }, usual);
      }
    }
    return { stdout: this.#client.out, stderr: '', exitCode: this.#hasFailed ? 1 : 0 };
  }

  #one(lookup: BindLookup, usual: boolean): BindReply | null {
    const client = this.#client;
    const sent = client.ask(
      lookup,
      () => '',
      (name) => {
        if (this.#plan.verbose) client.out += `Trying "${name}"\n`;
      },
    );
    if (sent === null) {
      this.#hasFailed = true;
      return null;
    }
    client.out += this.#introduction(sent) + this.#report(lookup, sent, usual);
    return sent;
  }

  #introduction({ server }: BindReply): string {
    if (this.#named === null || this.#isIntroduced) return '';
    this.#isIntroduced = true;
    return hostServer(server.shown, server.addr, this.#plan.port);
  }

  #report(lookup: BindLookup, sent: BindReply, usual: boolean): string {
    const { reply, server, bytes, elapsedMs } = sent;
    const where = `${formatAddr(server.addr)}#${this.#plan.port}`;
    const received = `Received ${bytes} bytes from ${where} in ${Math.round(elapsedMs)} ms\n`;
    const tail = this.#plan.verbose ? received : '';
    const full = sent.name.replace(/(.)\.$/, '$1');
    if (reply.rcode !== 0) {
      this.#hasFailed = true;
      const name = reply.rcode === 3 ? lookup.name : full;
      const text = hostNotFound(name, reply.rcode);
      return lookup.type === AXFR ? `${text}; Transfer failed.\n` : text + tail;
    }
    if (lookup.type === AXFR) return this.#zone(sent);
    if (this.#plan.verbose) return hostMessage(reply) + tail;
    if (reply.answers.length === 0 && !usual) {
      return `${full} has no ${typeName(lookup.type)} record\n`;
    }
    return reply.answers.map(hostLine).join('');
  }

  /** `-l` shows addresses, name servers and pointers only. */
  #zone({ reply, more }: BindReply): string {
    const records = [reply, ...more.map(({ message }) => message)].flatMap((m) => m.answers);
    if (this.#plan.verbose) return hostMessage({ ...reply, answers: records });
    const shown = [A, AAAA, NS, PTR];
    const type = this.#plan.type;
    const isShown = (one: number) => (type === null ? shown.includes(one) : one === type);
    return records
      .filter((record) => isShown(typeOf(record)))
      .map(hostLine)
      .join('');
  }
}

/** Where the aliases of an answer lead. */
function finalName({ answers }: Message, name: string): string {
  let at = name;
  for (let i = 0; i < answers.length; i++) {
    const alias = answers.find(
      (record) => record.kind === 'CNAME' && lower(record.name) === lower(at),
    );
    if (alias?.kind !== 'CNAME') break;
    at = alias.target;
  }
  return at.replace(/(.)\.$/, '$1');
}

function parse(args: readonly string[]): Plan | ProcessResult {
  const plan: Plan = {
    words: [],
    type: null,
    class: 1,
    verbose: false,
    listing: false,
    tcp: false,
    recurse: true,
    family: null,
    ndots: null,
    timeoutMs: null,
    tries: 2,
    port: 53,
  };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (!arg.startsWith('-') || arg === '-') {
      plan.words.push(arg);
      continue;
    }
    for (let i = 1; i < arg.length; i++) {
      const letter = arg[i] ?? '';
      if (!'ctNRWp'.includes(letter)) {
        const refusal = flag(plan, letter);
        if (refusal !== null) return refusal;
        continue;
      }
      const value = i + 1 < arg.length ? arg.slice(i + 1) : (rest.shift() ?? '');
      const refusal = valued(plan, letter, value);
      if (refusal !== null) return refusal;
      break;
    }
  }
  if (plan.listing) Object.assign(plan, { type: AXFR, tcp: true });
  return plan;
}

function flag(plan: Plan, letter: string): ProcessResult | null {
  if (letter === 'v' || letter === 'd') plan.verbose = true;
  else if (letter === 'a') Object.assign(plan, { verbose: true, type: ANY });
  else if (letter === 'l') plan.listing = true;
  else if (letter === 'i' || letter === 'n') return null;
  else if (letter === 'r') plan.recurse = false;
  else if (letter === 'T') plan.tcp = true;
  else if (letter === '4' || letter === '6') plan.family = letter === '4' ? 4 : 6;
  else if ('CAmwUsVD'.includes(letter)) return failed(`host: -${letter} is not modelled\n`, 1);
  else return failed(`host: illegal option -- ${letter}\n${usage}`, 1);
  return null;
}

function valued(plan: Plan, letter: string, value: string): ProcessResult | null {
  const number = Number.parseInt(value, 10) || 0;
  if (letter === 'W') plan.timeoutMs = 1000 * Math.max(1, number);
  else if (letter === 'R') plan.tries = Math.max(2, number + 1);
  else if (letter === 'N') plan.ndots = number;
  else if (letter === 'p') plan.port = number;
  else if (letter === 'c') {
    const cls = CLASSES[value.toUpperCase()];
    if (cls === undefined) return failed(`host: invalid class: ${value}\n\n`, 2);
    plan.class = cls;
    plan.type ??= A;
  } else {
    const type = parseType(value);
    if (type === undefined) return failed(`host: invalid type: ${value}\n\n`, 2);
    plan.type = type;
    if (type === ANY || type === AXFR) plan.tcp = true;
    if (type === AXFR) plan.verbose = true;
  }
  return null;
}
