// The plugin chain: what a plugin is given, and what it gives back. CoreDNS's ServeDNS(ctx, w, r) writes and returns
// (rcode, error); here both are one value, so that a plugin which wraps the writer upstream (cache, loadbalance)
// simply changes the value on its way back. A plugin knows only the next one.
import type { Lister } from '../api/types.ts';
import type { Addr } from '../net/addr.ts';
import type { Proto } from '../net/packet.ts';
import type { DialMore, ExchangeResult, Peer } from '../node/program.ts';
import type { Choices } from '../sim/choices.ts';
import type { Dispenser } from './corefile/dispenser.ts';
import type { CoreDnsVersion } from './kubeadm/version.ts';
import type { Message, Question, ResourceRecord } from './message/message.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Service } from './server/service.ts';
import type { Source } from './source.ts';

/** What a CoreDNS process sees of the world around it. A fork of the cluster gives the fork its own. */
export interface DnsEnvironment {
  readonly lister: Lister;
  readonly choices: Choices;
  /** The machine's own addresses, loopback left out. */
  readonly localAddrs: readonly Addr[];
  /** Text of the container's own /etc/resolv.conf. */
  readonly resolvConf: string;
  /** Whether the watches have delivered their first lists. */
  synced(): boolean;
  /** Unix seconds of the last change of an object the kubernetes plugin watches, or of those that a part of its answers
   * is made of; 0 before any. */
  serial(of?: 'external' | 'multicluster'): number;
  /** Text of a file in the container; undefined: there is none. */
  readFile(path: string): string | undefined;
  /** Paths of all files that are mounted into the container, by code unit. */
  files(): readonly string[];
  /** One line of the process's log, without newline. */
  log(line: string): void;
}

/** A message for another server: `timeoutMs` is how long its answer is awaited. */
export type Exchange = readonly [
  proto: Proto,
  to: Addr,
  port: number,
  bytes: Uint8Array,
  timeoutMs: number,
  more?: Pick<DialMore, 'atMs' | 'port'>,
];

/** One exchange with a client, and the time it has taken so far. */
export interface Turn {
  readonly environment: DnsEnvironment;
  readonly client: Peer;
  /** The listener that the query came to, as metrics name it: "dns://:53". */
  readonly server: string;
  /** The process's counters; null: no server block has `prometheus`. */
  readonly metrics: Metrics | null;
  /** The plugin through whose hands the answer went last, where somebody asks; else empty. */
  writer: string;
  /** What the plugin behind the one that runs handed back; null: it was not asked, or wrote nothing. */
  behind: Message | null;
  nowMs(): number;
  /** Lets virtual time pass for the client. */
  wait(ms: number): void;
  /** Sends a message to another server and waits; costs virtual time. */
  exchange(...sent: Exchange): ExchangeResult;
  /** Sends a message without waiting: its time is not the client's. */
  aside(...sent: Exchange): ExchangeResult;
  /** A turn that begins now and costs this one no time: for work that goes on beside the client's query. Its client
   * counts as one over TCP, so that nothing is cut (CoreDNS cache.newPrefetchResponseWriter), or over `proto`. */
  beside(proto?: Proto): Turn;
  /** Asks the whole server again, from the start, for another name (CoreDNS plugin/pkg/upstream). */
  lookup(request: Message, name: string, type: number): Message | null;
}

export interface DnsRequest {
  readonly message: Message;
  readonly question: Question;
  /** The question's name in lower case. */
  readonly qname: string;
  /** Zone of the server block that took the query. */
  readonly zone: string;
  /** All handlers of that block, in their order: a plugin asks another by what a Handler may offer, never by import. */
  readonly siblings: readonly Handler[];
  readonly turn: Turn;
}

export interface Served {
  /** What was written to the client; null: nothing was. */
  readonly reply: Message | null;
  /** What the plugin returned: SERVFAIL, REFUSED, FORMERR and NOTIMP mean that the server must still write. */
  readonly rcode: number;
  readonly error: string | null;
  /** Answered from the cache. */
  readonly cached: boolean;
  /** Messages that follow `reply` on the same connection (zone transfers). */
  readonly more?: readonly Message[];
  /** The query as a plugin has changed it (upstream in place): the server answers that one's question and OPT. */
  readonly request?: Message;
}

export type Next = (request: DnsRequest) => Served;

/** How a start waits, and what it prints meanwhile; null: nothing. */
export interface Startup {
  readonly limitMs: number;
  readonly tellMs: number;
  readonly tells: string | null;
  /** When the limit has passed and it goes on without. */
  readonly givesUp: string | null;
}

/** A line of the process's log, and its time. */
export interface DueLine {
  readonly atMs: number;
  readonly text: string;
}

export interface Handler {
  readonly name: string;
  serve(request: DnsRequest, next: Next): Served;
  /** A copy whose state is its own from now on; a handler without state returns itself. */
  fork(): Handler;
  /** When the process listens. A text: the process ends with it (log.Fatal). A number: again after so many ms.
   * `siblings`: all handlers of its block. */
  started?(turn: Turn, siblings: readonly Handler[]): string | number | null;
  /** What the process waits for before it listens (OnStartup), as long as its environment is not synced. */
  readonly startup?: Startup;
  /** Whether `ready` may report this plugin as ready (plugin/ready.Readiness). */
  ready?(environment: DnsEnvironment): boolean;
  /** Takes the lines that it would have written by then without being asked (upstream's timers); Infinity: it ends. */
  due?(nowMs: number): readonly DueLine[];
  /** Codes of EDNS options that replies give back besides the usual ones (edns.SetSupportedOption). */
  readonly ednsOptions?: readonly number[];
  /** Search path for the client, "" last (plugin/autopath.AutoPather); null: not known. */
  autoPath?(request: DnsRequest): readonly string[] | null;
  /** What k8s_external answers with (plugin/k8s_external.Externaler). */
  external?(turn: Turn): Externals;
  /** All records of a zone (plugin/transfer.Transferer); null: not this plugin's zone. */
  transfer?(asked: ZoneRequest): ZoneRecords | null;
}

/** What a zone is asked for, as a whole. */
export interface ZoneRequest {
  readonly zone: string;
  /** The serial that the client has; 0: none. */
  readonly serial: number;
  readonly siblings: readonly Handler[];
  readonly turn: Turn;
}

/** SOA first and last, and nothing but it where the client has this serial. What upstream hands over at once stands in one
 * list, and stays in one message. Else the error instead; null: the client hears nothing. */
export type ZoneRecords =
  | readonly (readonly ResourceRecord[])[]
  | { readonly error: string | null };

/** The kubernetes plugin's view of Services from outside the cluster. `zone` is the external one, in lower case. */
export interface Externals {
  /** Of the records that are made of `find`'s sources. */
  readonly ttl: number;
  /** By a name in lower case: what is found, and the code where nothing is. */
  find(
    name: string,
    zone: string,
    headless: boolean,
  ): { readonly sources: readonly Source[]; readonly rcode: number };
  /** "service.namespace" of an external address; undefined: the name is no complete reverse name. */
  pointers(name: string): readonly string[] | undefined;
  addresses(headless: boolean): readonly Addr[];
  /** Sources of all Services with external addresses, and with `headless` of the headless ones. */
  all(headless: boolean): readonly ExternalService[];
  serial(): number;
}

/** One Service: per address and port what stands under it. */
export interface ExternalService {
  /** "service.namespace" */
  readonly owner: string;
  readonly headless: boolean;
  readonly sources: readonly (Source & { readonly name: string; readonly protocol: string })[];
}

export interface BlockContext {
  /** The block's zones: lower case, absolute. */
  readonly zones: readonly string[];
  readonly version: CoreDnsVersion;
  /** Ports on which the block's zones are served, ascending. */
  readonly ports: readonly number[];
  /** /etc/resolv.conf of the process, for plugins that read it when they are set up. */
  readonly resolvConf: string;
  /** As `DnsEnvironment.readFile`; paths that are not absolute start from the Corefile's folder, or `root`. */
  readFile(path: string): string | undefined;
  /** A path as `DnsEnvironment.readFile` takes it, for files that are read again. */
  pathOf(path: string): string;
  log(line: string): void;
  /** Says what the process does beside answering DNS. */
  declare(service: Service): void;
}

/** Reads the directive's tokens; throws InputError 'corefile' without the "plugin/NAME: " prefix. */
export type Setup = (dispenser: Dispenser, block: BlockContext) => readonly Handler[];

/** Thrown where code upstream panics, with Go's own text: the server recovers (core/dnsserver/server.go ServeDNS). */
export class Panic extends Error {
  /** The query as plugins had changed it until then. */
  readonly request: Message;

  constructor(text: string, request: Message) {
    super(text);
    this.request = request;
  }
}

/** Go's text where a message is used that nobody wrote. */
export const nilPointer = 'runtime error: invalid memory address or nil pointer dereference';

/** The plugin wrote `reply`. */
export function wrote(reply: Message): Served {
  return { reply, rcode: 0, error: null, cached: false };
}

/** The plugin wrote nothing and returned `rcode`. */
export function returned(rcode: number, error: string | null = null): Served {
  return { reply: null, rcode, error, cached: false };
}

/** The same with another reply. */
export function withReply(served: Served, reply: Message): Served {
  const { rcode, error, cached, more, request } = served;
  if (more === undefined && request === undefined) return { reply, rcode, error, cached };
  return { ...served, reply };
}

/** What the chain behind says that worked on a copy of the query: of its changes nobody in front hears. */
export function onCopy({ message }: DnsRequest, ask: () => Served): Served {
  try {
    const served = ask();
    if (served.request === undefined) return served;
    const { request: _, ...rest } = served;
    return rest;
  } catch (error) {
    throw error instanceof Panic ? new Panic(error.message, message) : error;
  }
}

/** Whether the plugin is taken to have written (CoreDNS plugin.ClientWrite). */
export function clientWrite(rcode: number): boolean {
  return rcode !== 1 && rcode !== 2 && rcode !== 4 && rcode !== 5;
}

/** The query as those who look at it afterwards find it: plugins have changed it in place, and so has a reply that was
 * sent with the query's own OPT record (request.go SizeAndDo). */
export function leftOf({ message, siblings }: DnsRequest, { request, reply }: Served): Message {
  const left = request ?? message;
  if (reply === null || reply.edns !== null || left.edns === null) return left;
  if (left.edns.options.length === 0) return left;
  const echoed = echoedOptions(siblings);
  const options = left.edns.options.filter(({ code }) => echoed.includes(code));
  return { ...left, edns: { ...left.edns, options } };
}

/** Codes of EDNS options that a reply repeats: NSID, EXPIRE, COOKIE, TCP-KEEPALIVE, PADDING (edns.SupportedOption), and
 * those that plugins have asked for. */
export function echoedOptions(handlers: readonly Handler[]): readonly number[] {
  return [3, 9, 10, 11, 12, ...handlers.flatMap((handler) => handler.ednsOptions ?? [])];
}
