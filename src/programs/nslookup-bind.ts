// nslookup of BIND 9.18: an A query, then an AAAA query for the name it led to; one type; an address backwards. It
// complains of every answer without recursion unless the server was named. After bin/dig/nslookup.c. Interactive mode
// and -debug are refused.
import { parseType, rcodeName, typeOf } from '../dns/message/message.ts';
import { reverseName } from '../dns/message/name.ts';
import { CLASSES } from '../dns/message/types.table.ts';
import * as print from '../dns/print/nslookup.ts';
import { parseAddr } from '../net/addr.ts';
import {
  BindClient,
  type BindLookup,
  type BindReply,
  type BindServer,
  bindDefaults,
  bindServers,
  bindSystem,
  illegalName,
} from './bind.ts';
import type { ProcessContext, ProcessResult } from './process.ts';

interface Plan {
  words: string[];
  type: number | null;
  class: number;
  port: number;
  timeoutMs: number | null;
  tries: number;
  tcp: boolean;
  recurse: boolean;
  usesSearch: boolean;
  domain: string | null;
  ndots: number | null;
  /** What it says of options before it asks. */
  notes: string;
}

const AAAA = 28;
const PTR = 12;

export function bindNslookup(args: readonly string[], context: ProcessContext): ProcessResult {
  const plan = parse(args);
  const [name, serverText] = plan.words;
  if (name === undefined || plan.notes.startsWith('nslookup: ')) {
    const why = name === undefined ? 'a name is needed; interactive mode is not modelled' : '';
    return failed(why === '' ? plan.notes : `nslookup: ${why}\n`);
  }
  const named = serverText === undefined ? null : bindServers(context, serverText);
  if (serverText !== undefined && named === null) {
    return failed(`nslookup: couldn't get address for '${serverText}': not found\n`);
  }
  const illegal = illegalName(name);
  if (illegal !== null) {
    return failed(`nslookup: '${name}' is not in legal name syntax (${illegal})\n`);
  }
  const client = new BindClient(context);
  client.out = plan.notes;
  const exitCode = look(client, lookupOf(plan, name, named, context), plan);
  return { stdout: `${client.out}\n`, stderr: '', exitCode };
}

function failed(stderr: string): ProcessResult {
  return { stdout: '', stderr, exitCode: 1 };
}

function lookupOf(
  plan: Plan,
  name: string,
  named: readonly BindServer[] | null,
  context: ProcessContext,
): BindLookup {
  const system = bindSystem(context);
  const addr = parseAddr(name);
  return {
    ...bindDefaults,
    ...system,
    name: addr === undefined ? name : reverseName(addr),
    type: addr === undefined ? (plan.type ?? 1) : PTR,
    class: plan.class,
    servers: named ?? system.servers,
    port: plan.port,
    tcp: plan.tcp,
    recurse: plan.recurse,
    usesSearch: plan.usesSearch && addr === undefined,
    search: plan.domain === null ? system.search : [plan.domain],
    ndots: plan.ndots ?? system.ndots,
    timeoutMs: plan.timeoutMs,
    tries: plan.tries,
    checksRecursion: named === null,
  };
}

/** The exit status; the blank line at the end is the caller's. */
function look(client: BindClient, lookup: BindLookup, plan: Plan): number {
  const first = client.ask(lookup);
  if (first === null) return 1;
  const isBackwards = lookup.type === PTR && plan.type !== PTR;
  const { reply, server } = first;
  const full = first.name.replace(/(.)\.$/, '$1');
  if (!isBackwards) client.out += print.printBindServer(server.shown, server.addr, plan.port);
  if (reply.rcode !== 0) {
    const shown = reply.rcode === 3 ? lookup.name.replace(/(.)\.$/, '$1') : full;
    client.out += `** server can't find ${shown}: ${rcodeName(reply.rcode)}\n`;
    return 1;
  }
  if (isBackwards) {
    const more = reply.aa ? '' : '\nAuthoritative answers can be found from:\n';
    client.out += print.printBindAnswers(reply) + more;
  } else if (plan.type !== null) {
    const none = `*** Can't find ${lookup.name}: No answer\n`;
    client.out += reply.answers.length > 0 ? print.printBindAnswers(reply) : none;
  } else return bothFamilies(client, lookup, first, full);
  return 0;
}

/** The A answers, then those of an AAAA query for the name they ended at. */
function bothFamilies(
  client: BindClient,
  lookup: BindLookup,
  first: BindReply,
  full: string,
): number {
  const { answers } = first.reply;
  if (answers.length > 0) client.out += print.printBindAnswers(first.reply);
  const alias = answers.findLast((record) => record.kind === 'CNAME');
  const name = alias?.kind === 'CNAME' ? alias.target : first.name;
  const second = client.ask({ ...lookup, name, type: AAAA, usesSearch: false });
  if (second === null) return 1;
  const { reply } = second;
  if (reply.rcode !== 0) {
    const shown = name.replace(/(.)\.$/, '$1');
    client.out += `** server can't find ${shown}: ${rcodeName(reply.rcode)}\n`;
    return 1;
  }
  const found = reply.answers.filter((record) => typeOf(record) === AAAA);
  if (found.length > 0) {
    const aa = answers.length > 0 || reply.aa;
    client.out += print.printBindAnswers({ ...reply, aa, answers: found });
  } else if (answers.length === 0) client.out += `*** Can't find ${full}: No answer\n`;
  return 0;
}

function parse(args: readonly string[]): Plan {
  const plan: Plan = {
    words: [],
    type: null,
    class: 1,
    port: 53,
    timeoutMs: null,
    tries: 3,
    tcp: false,
    recurse: true,
    usesSearch: true,
    domain: null,
    ndots: null,
    notes: '',
  };
  for (const arg of args) {
    if (arg.startsWith('-') && arg.length > 1) option(plan, arg.slice(1));
    else plan.words.push(arg);
  }
  return plan;
}

function option(plan: Plan, text: string): void {
  const [name = '', value = ''] = text.split('=');
  const number = Number.parseInt(value, 10) || 0;
  if (/^(type|t|q|query|querytype)$/.test(name)) {
    const type = parseType(value);
    if (type === undefined) plan.notes += `unknown query type: ${value}\n`;
    else plan.type = type;
  } else if (name === 'class' || name === 'cl') plan.class = CLASSES[value.toUpperCase()] ?? 1;
  else if (name === 'port' || name === 'po') plan.port = number;
  else if (name === 'timeout' || name === 'timeo') plan.timeoutMs = 1000 * Math.max(1, number);
  else if (name === 'retry' || name === 'ret') plan.tries = Math.max(1, number);
  else if (name === 'vc' || name === 'novc') plan.tcp = name === 'vc';
  else if (/^(no)?rec(urse)?$/.test(name)) plan.recurse = !name.startsWith('no');
  else if (/^(no)?sea(rch)?$/.test(name)) plan.usesSearch = !name.startsWith('no');
  else if (name === 'domain' || name === 'do') plan.domain = value;
  else if (name === 'ndots') plan.ndots = number;
  else if (name === 'debug' || name === 'd2') plan.notes = `nslookup: -${name} is not modelled\n`;
  else plan.notes += `*** Invalid option: ${text}\n`;
}
