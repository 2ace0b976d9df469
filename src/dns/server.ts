// A CoreDNS process: takes message bytes, finds the server block, runs its chain, and sends what fits (CoreDNS
// core/dnsserver/server.go, request/writer.go; miekg/dns server.go for what is refused before the chain). It listens
// as a ServerProgram, and `serve` is the same thing with more to tell. Not here: start-up delays and reloads.
import type { Addr } from '../net/addr.ts';
import { type Proto, TCP } from '../net/packet.ts';
import type { ExchangeResult, Peer, ProgramContext, ServerProgram } from '../node/program.ts';
import { bannerOf } from './banner.ts';
import { type Configuration, configure, type HttpListener, type Site } from './config.ts';
import type { PositionOf } from './corefile/dispenser.ts';
import { type Counts, countsOf, decode } from './message/decode.ts';
import { encode, encodeToFit } from './message/encode.ts';
import { type Edns, type Header, type Message, replyTo, typeName } from './message/message.ts';
import { labelsOf, lower } from './message/name.ts';
import {
  clientWrite,
  type DnsEnvironment,
  type DnsRequest,
  type Handler,
  returned,
  type Served,
  type Turn,
} from './plugin.ts';
import { type CoreDnsVersion, coreDnsOf } from './version.ts';

export interface DnsServerConfig {
  readonly corefile: string;
  /** Kubernetes minor version: decides the CoreDNS release unless `version` says it. */
  readonly minor: number;
  readonly version?: CoreDnsVersion;
  readonly environment: DnsEnvironment;
  /** Name of the Corefile in messages; default "/etc/coredns/Corefile". */
  readonly file?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where the Corefile's lines stand in what the user wrote. */
  readonly positionOf?: PositionOf;
}

export interface ServeContext {
  readonly client: Peer;
  readonly nowMs: number;
  /** Port the query came to; default 53. */
  readonly port?: number;
  /** Address that the socket is bound to, null for none; absent: whichever has that port. */
  readonly addr?: Addr | null;
  exchange(
    proto: Proto,
    to: Addr,
    port: number,
    bytes: Uint8Array,
    timeoutMs: number,
  ): ExchangeResult;
}

export interface ServeResult {
  /** null: silence. */
  readonly reply: Uint8Array | null;
  readonly elapsedMs: number;
  readonly cached: boolean;
  /** Messages that follow `reply` on the same connection (zone transfers). */
  readonly more?: readonly Uint8Array[];
}

export interface DnsServer extends ServerProgram {
  /** Ports it listens on, UDP and TCP, ascending. */
  readonly ports: readonly number[];
  /** What it listens on, UDP and TCP: null is every address. */
  readonly listeners: readonly HttpListener[];
  /** Where it serves /health, /ready and /metrics, as the Corefile asks. */
  readonly http: readonly HttpListener[];
  /** What it prints when it has started. */
  readonly banner: string;
  /** Answers one message. */
  serve(query: Uint8Array, context: ServeContext): ServeResult;
  /** A copy for a fork of the cluster: caches are shared until one side writes. */
  fork(environment: DnsEnvironment): DnsServer;
}

/** Sets up all server blocks. Throws InputError 'corefile' with CoreDNS's text when the Corefile is wrong. */
export function createDnsServer(config: DnsServerConfig): DnsServer {
  const { corefile, minor, environment, file, env, positionOf } = config;
  const version = config.version ?? coreDnsOf(minor);
  const configuration = configure(corefile, {
    version,
    resolvConf: environment.resolvConf,
    localAddrs: environment.localAddrs,
    readFile: (path) => environment.readFile(path),
    files: () => environment.files(),
    log: (line) => environment.log(line),
    ...(file === undefined ? {} : { file }),
    ...(env === undefined ? {} : { env }),
    ...(positionOf === undefined ? {} : { positionOf }),
  });
  return new Server(configuration, environment, bannerOf(configuration.sites, version));
}

const FORMERR = 1;
const SERVFAIL = 2;
const NOTIMP = 4;
const REFUSED = 5;
const BADVERS = 16;
const IN = 1;
const NOTIFY = 4;

class Server implements DnsServer {
  readonly ports: readonly number[];
  readonly listeners: readonly HttpListener[];
  readonly http: readonly HttpListener[];
  readonly banner: string;
  readonly #configuration: Configuration;
  readonly #environment: DnsEnvironment;

  constructor(configuration: Configuration, environment: DnsEnvironment, banner: string) {
    this.banner = banner;
    this.#configuration = configuration;
    this.#environment = environment;
    this.http = configuration.http;
    const { sites } = configuration;
    this.ports = [...new Set(sites.map((site) => site.port))].sort((a, b) => a - b);
    this.listeners = this.ports.flatMap((port) => {
      const addrs = sites.filter((site) => site.port === port).map(({ addr }) => addr);
      return [...new Set(addrs)].map((addr) => ({ addr, port }));
    });
  }

  fork(environment: DnsEnvironment): DnsServer {
    const { sites, chains, http } = this.#configuration;
    const forked = chains.map((chain) => chain.map((handler) => handler.fork()));
    return new Server({ sites, chains: forked, http }, environment, this.banner);
  }

  receive(message: Uint8Array, peer: Peer, context: ProgramContext) {
    const { reply, elapsedMs } = this.serve(message, {
      client: peer,
      nowMs: context.nowMs,
      exchange: (...args) => context.exchange(...args),
    });
    return { reply, elapsedMs };
  }

  serve(bytes: Uint8Array, context: ServeContext): ServeResult {
    const silence = { reply: null, elapsedMs: 0, cached: false };
    const peek = countsOf(bytes);
    if (peek === undefined || peek.header.qr) return silence;
    const early = refusedEarly(peek.header, peek.counts);
    if (early !== null) return { ...silence, reply: encode(early) };
    const decoded = decode(bytes);
    if (decoded.kind === 'short') return silence;
    if (decoded.kind === 'malformed') {
      const { header, questions, headerOnly } = decoded;
      const rcode = headerOnly ? SERVFAIL : FORMERR;
      const request = { ...empty(header), opcode: headerOnly ? header.opcode : 0, questions };
      return { ...silence, reply: encode({ ...replyTo(request, rcode), rd: header.rd }) };
    }
    const at = { port: context.port ?? 53, addr: context.addr };
    const turn = new ServerTurn(this.#environment, context, (m, t) => this.#answer(m, t, at).reply);
    const { reply, cached } = this.#answer(decoded.message, turn, at);
    const fitted = fit(decoded.message, reply, context.client);
    return { reply: fitted, elapsedMs: turn.elapsedMs, cached };
  }

  /** Upstream's Server.ServeDNS: always ends with a message. */
  #answer(message: Message, turn: Turn, at: Entrance): { reply: Message; cached: boolean } {
    const fail = (rcode: number) => ({
      reply: withEdns(message, replyTo(message, rcode)),
      cached: false,
    });
    const question = message.questions[0];
    if (question === undefined) return fail(SERVFAIL);
    if (question.class !== IN && !this.#anyClass(at)) return fail(REFUSED);
    if (message.edns !== null && message.edns.version !== 0) return fail(BADVERS);
    const qname = lower(question.name);
    const site = this.#siteFor(qname, question.type, at);
    const chain = site === undefined ? [] : (this.#configuration.chains[site.chain] ?? []);
    if (site === undefined || chain.length === 0) return fail(REFUSED);
    const { zone } = site;
    const served = run(chain, { message, question, qname, zone, siblings: chain, turn });
    if (!clientWrite(served.rcode) && served.reply === null) return fail(served.rcode);
    const reply = served.reply ?? replyTo(message, SERVFAIL);
    return { reply: withEdns(message, reply), cached: served.cached };
  }

  /** Only `forward` (of the plugins modelled) lets other classes through. */
  #anyClass(at: Entrance): boolean {
    const { sites, chains } = this.#configuration;
    return sites.some(
      (site) => serves(site, at) && (chains[site.chain] ?? []).some((h) => h.name === 'forward'),
    );
  }

  /** The longest zone; for DS the least specific one that is not the root (its parent may be served too). */
  #siteFor(qname: string, type: number, at: Entrance) {
    const sites = this.#configuration.sites.filter((site) => serves(site, at));
    const zones = sites.filter((site) => site.zone !== '.');
    const matching = zones.length === 0 ? [] : sitesAbove(zones, qname);
    const site = typeName(type) === 'DS' ? matching.at(-1) : matching[0];
    return site ?? sites.find((s) => s.zone === '.');
  }
}

/** By which socket a query came in. */
type Entrance = Required<Pick<ServeContext, 'port'>> & { readonly addr: Addr | null | undefined };

function serves(site: Site, { port, addr }: Entrance): boolean {
  return site.port === port && (addr === undefined || site.addr === addr);
}

/** The sites whose zone is the name or above it, nearest first. */
function sitesAbove(sites: readonly Site[], qname: string): readonly Site[] {
  const labels = labelsOf(qname);
  return labels.flatMap((_label, i) => {
    const zone = `${labels.slice(i).join('.')}.`;
    return sites.filter((site) => site.zone === zone);
  });
}

/** Runs a chain; past its last handler there is no next plugin. */
function run(chain: readonly Handler[], request: DnsRequest, at = 0): Served {
  const handler = chain[at];
  if (handler === undefined) {
    const last = chain.at(-1)?.name ?? '';
    return returned(SERVFAIL, `plugin/${last}: no next plugin found`);
  }
  return handler.serve(request, (next) => run(chain, next, at + 1));
}

class ServerTurn implements Turn {
  readonly environment: DnsEnvironment;
  readonly client: Peer;
  elapsedMs = 0;
  readonly #context: ServeContext;
  readonly #answer: (message: Message, turn: Turn) => Message;

  constructor(
    environment: DnsEnvironment,
    context: ServeContext,
    answer: (message: Message, turn: Turn) => Message,
  ) {
    this.environment = environment;
    this.client = context.client;
    this.#context = context;
    this.#answer = answer;
  }

  nowMs(): number {
    return this.#context.nowMs + this.elapsedMs;
  }

  wait(ms: number): void {
    this.elapsedMs += ms;
  }

  exchange(
    proto: Proto,
    to: Addr,
    port: number,
    bytes: Uint8Array,
    timeoutMs: number,
  ): ExchangeResult {
    const result = this.#context.exchange(proto, to, port, bytes, timeoutMs);
    this.elapsedMs += result.elapsedMs;
    return result;
  }

  aside(
    proto: Proto,
    to: Addr,
    port: number,
    bytes: Uint8Array,
    timeoutMs: number,
  ): ExchangeResult {
    return this.#context.exchange(proto, to, port, bytes, timeoutMs);
  }

  lookup(request: Message, name: string, type: number): Message | null {
    return this.#answer({ ...request, questions: [{ name, type, class: IN }] }, this);
  }
}

/** Refused by its header alone (miekg/dns defaultMsgAcceptFunc): without question. */
function refusedEarly(header: Header, counts: Counts): Message | null {
  const bare = (rcode: number): Message => ({ ...replyTo(empty(header), rcode), rd: header.rd });
  if (header.opcode !== 0 && header.opcode !== NOTIFY) return bare(NOTIMP);
  if (counts.questions !== 1) return bare(FORMERR);
  if (counts.answers > 1 || counts.authority > 1 || counts.additional > 2) return bare(FORMERR);
  return null;
}

function empty(header: Header): Message {
  return { ...header, questions: [], answers: [], authority: [], additional: [], edns: null };
}

/** Options a server sends back: NSID, EXPIRE, COOKIE, TCP-KEEPALIVE, PADDING (CoreDNS edns.SupportedOption). */
const echoed = [3, 9, 10, 11, 12];

/** The reply carries the client's OPT when it had one (request.SizeAndDo). */
function withEdns(request: Message, reply: Message): Message {
  const asked = request.edns;
  if (asked === null) return reply;
  const options = reply.edns?.options ?? asked.options.filter((o) => echoed.includes(o.code));
  const edns: Edns = { udpSize: asked.udpSize, version: 0, dnssecOk: asked.dnssecOk, options };
  return { ...reply, edns };
}

/** Size limits of the transport; above these sizes UDP replies are compressed even when they fit. */
function fit(request: Message, reply: Message, client: Peer): Uint8Array {
  if (client.proto === TCP) return encodeToFit(reply, 65_535);
  const limit = Math.max(512, request.edns?.udpSize ?? 512);
  return encodeToFit(reply, limit, typeof client.addr === 'number' ? 1480 : 1220);
}
