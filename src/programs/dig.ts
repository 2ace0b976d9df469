// dig of BIND 9.18: several names on one line, each with options of its own; what it prints is src/dns/print/dig.ts's. Its
// options are in dig-options.ts.
import {
  type DigExchange,
  digBanner,
  printDig,
  printDigShort,
  printTransfer,
} from '../dns/print/dig.ts';
import { clockStartSeconds } from '../sim/time.ts';
import {
  BindClient,
  type BindLookup,
  type BindReply,
  bindDefaults,
  bindServers,
  bindSystem,
  illegalName,
  ofFamily,
} from './bind.ts';
import { type DigLookup, type DigPlan, DigRefusal, parseDig } from './dig-options.ts';
import type { Command, ProcessContext, ProcessResult } from './process.ts';

const AXFR = 252;

export const dig: Command = (argv, context) => {
  const args = argv.slice(1);
  try {
    return runDig(args, parseDig(args), context);
  } catch (error) {
    if (!(error instanceof DigRefusal)) throw error;
    return { stdout: error.stdout, stderr: error.message, exitCode: error.exitCode };
  }
};

function runDig(args: readonly string[], plan: DigPlan, context: ProcessContext): ProcessResult {
  const client = new BindClient(context);
  const found = plan.bannerServer === null ? 0 : (named(context, plan.bannerServer)?.length ?? 0);
  let banner = plan.cmd ? digBanner(args, found, plan.short) : '';
  // Said once, by whoever says something first.
  const once = () => {
    const text = banner;
    banner = '';
    return text;
  };
  let exitCode = 0;
  for (const lookup of plan.lookups) {
    const full = bindLookup(lookup, plan, context);
    const illegal = illegalName(lookup.name);
    if (illegal !== null) {
      const stderr = `dig: '${lookup.name}' is not a legal name (${illegal})\n`;
      return { stdout: client.out, stderr: plan.warnings + stderr, exitCode: 10 };
    }
    const reply = client.ask(full, once);
    if (reply === null) exitCode = 9;
    else client.out += report(lookup, plan, reply, once, context);
  }
  return { stdout: client.out, stderr: plan.warnings, exitCode };
}

function named(context: ProcessContext, text: string) {
  const servers = bindServers(context, text);
  if (servers !== null) return servers;
  throw new DigRefusal(`dig: couldn't get address for '${text}': not found\n`, 1);
}

function bindLookup(lookup: DigLookup, plan: DigPlan, context: ProcessContext): BindLookup {
  const system = bindSystem(context);
  const all = lookup.server === null ? system.servers : named(context, lookup.server);
  const edns = { udpSize: lookup.udpSize, dnssecOk: lookup.dnssec };
  return {
    ...bindDefaults,
    ...system,
    name: lookup.name,
    type: lookup.type,
    class: lookup.class,
    servers: ofFamily(all, plan.family),
    port: plan.port,
    tcp: lookup.tcp,
    recurse: lookup.recurse,
    ad: lookup.ad,
    cd: lookup.cd,
    edns: lookup.edns ? edns : null,
    cookie: lookup.cookie,
    nsid: lookup.nsid,
    ixfrSerial: lookup.ixfrSerial,
    ignoresTc: lookup.ignoresTc,
    usesSearch: plan.usesSearch,
    search: plan.domain === null ? system.search : [plan.domain],
    ndots: plan.ndots ?? system.ndots,
    timeoutMs: plan.timeoutMs,
    tries: lookup.tries,
    servfailStops: true,
    // Said unless +short hides it.
    comments: lookup.comments,
  };
}

function report(
  lookup: DigLookup,
  plan: DigPlan,
  sent: BindReply,
  banner: () => string,
  context: ProcessContext,
): string {
  const { server, reply, bytes, elapsedMs } = sent;
  const exchange: DigExchange = {
    server: server.addr,
    serverName: server.shown,
    port: plan.port,
    transport: sent.tcp ? 'tcp' : 'udp',
    query: sent.query,
    reply,
    replyBytes: bytes,
    elapsedMs,
    atSeconds: clockStartSeconds + context.nowMs / 1000,
    show: lookup,
  };
  if (lookup.type === AXFR || lookup.ixfrSerial !== null)
    return banner() + printTransfer(exchange, sent.more, plan.short);
  if (plan.short) return printDigShort(exchange);
  return banner() + printDig(exchange);
}
