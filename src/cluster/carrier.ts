// How a client's connection is made for real by somebody else while the cluster stays simulated: every way that chance
// may take is simulated on a copy, the carrier makes the connection and says which of them it took, and the cluster
// goes on from that copy. So it remembers what really happened, and the attempt has a trace. Without a carrier, and
// while branches are enumerated, everything is simulated; so is what programs ask of each other while they answer.
import type { Blueprint } from '../fabric/blueprint.ts';
import type { Connection } from '../fabric/connections.ts';
import { exchanged } from '../fabric/dial.ts';
import type { Addr, Family } from '../net/addr.ts';
import type { FlowEntry, Netfilter, Seen } from '../netfilter/netfilter.ts';
import type { DialRequest, DialResult, Pinged, Used } from '../node/dial.ts';
import type { ExchangeResult } from '../node/program.ts';
import { type Branch, type Choices, enumerate, TooManyBranches } from '../sim/choices.ts';
import type { RulesFormat } from './cluster.ts';
import {
  type DialText,
  dialFrom,
  encoder,
  familiesOf,
  pingFrom,
  refreshRules,
} from './dialling.ts';
import { machineFor } from './machines.ts';
import { netfilterOf } from './node-sysctls.ts';
import { printRules } from './print-rules.ts';
import type { State } from './state.ts';

/** The cluster as it stands, for who has to build it. */
export interface Scene {
  readonly nowMs: number;
  readonly nodes: readonly string[];
  readonly families: readonly Family[];
  /** Of a node's kube-proxy. */
  proxyMode(node: string): string;
  blueprint(): Blueprint;
  rules(node: string, format: RulesFormat): string;
  /** What stands for a node's rules: the same object, the same text. */
  loaded(node: string, family: Family): object | undefined;
  /** The live conntrack entries of a node. */
  flows(node: string): readonly FlowEntry[];
  /** How many of them it may have (nf_conntrack_max). */
  flowsMax(node: string): number;
  /** Its recent lists. */
  seen(node: string): readonly Seen[];
  /** What packets have put into its nf_tables sets and is not over. */
  elements(node: string): readonly SetElement[];
  /** The connections that clients keep open, and whether the server's end of one is there. */
  connections(): readonly OpenEnds[];
}

export interface SetElement {
  readonly family: Family;
  readonly table: string;
  readonly set: string;
  readonly addr: Addr;
}

export interface OpenEnds {
  readonly connection: Connection;
  readonly hasServer: boolean;
}

/** Of a method that says which of the possible results its connection came to: it throws Disagreement when it is none of
 * them, and NotForReal when this connection is nothing that can be made. */
export interface Carrier {
  /** Makes the connection. */
  carry(scene: Scene, request: DialRequest, possible: readonly DialResult[]): number;
  /** Sends one echo request. */
  ping(scene: Scene, from: string, to: Addr, possible: readonly Pinged[]): number;
  /** Sends a message over a connection that was kept. */
  use(scene: Scene, connection: Connection, possible: readonly Used[]): number;
  /** The client of a connection that was kept ends it. */
  end(scene: Scene, connection: Connection, how: 'close' | 'reset'): void;
  /** Programs end: their kernels close what they had accepted and opened. */
  programEnds(scene: Scene, accepted: readonly Connection[], opened: readonly Connection[]): void;
  /** The cluster has gone on from the result that was named. */
  follow(scene: Scene): void;
}

/** Something that only the simulation has; the message says what. */
export class NotForReal extends Error {}

/** What was seen is none of what was held possible. */
export class Disagreement extends Error {}

/** Shorter than any time-out of a resolver: what is later by less goes on in the same state. */
const leastWaitMs = 1000;

/** While a client waits for an answer that does not come, the cluster goes on. What is left of `laterMs` afterwards. Not
 * where all branches of chance are walked, and not inside of a task: there the cluster stands still meanwhile. */
function goneOn(state: State, { from }: DialText, laterMs: number): number {
  const { engine } = state.parts;
  if (laterMs < leastWaitMs || engine.isAtWork || state.choices.past !== undefined) return laterMs;
  state.absorb();
  engine.run(state, state.choices, state.nowMs + laterMs);
  machineFor(state, from);
  return 0;
}

/** A client's attempt, `laterMs` after the cluster's clock. */
export function clientDial(
  state: State,
  request: DialText,
  afterMs = 0,
  atOnce = false,
): DialResult {
  const laterMs = goneOn(state, request, afterMs);
  const carrier = carrierOf(state);
  if (carrier === null) return dialFrom(state, request, laterMs, atOnce);
  if (atOnce) throw new NotForReal('datagrams that race from one socket are simulated only');
  return forReal(
    state,
    carrier,
    (copy) => dialFrom(copy, request, laterMs),
    (results) => {
      const sourcePort = results[0]?.client.port ?? 0;
      const { message: text } = request;
      const message = typeof text === 'string' ? encoder(text) : text;
      return carrier.carry(sceneOf(state), { ...request, message, sourcePort }, results);
    },
  );
}

/** A client's echo request. */
export function clientPing(
  state: State,
  from: string,
  to: Addr,
  id: number,
  laterMs: number,
): Pinged {
  const simulate = (copy: State): Pinged => pingFrom(copy, from, to, id, laterMs);
  const carrier = carrierOf(state);
  if (carrier === null) return simulate(state);
  const carry = (results: readonly Pinged[]) => carrier.ping(sceneOf(state), from, to, results);
  return forReal(state, carrier, simulate, carry);
}

/** A message over a connection that was kept; `simulate` sends it in a cluster. */
export function clientUse(
  state: State,
  connection: Connection,
  simulate: (state: State) => Used,
): Used {
  const carrier = carrierOf(state);
  if (carrier === null) return simulate(state);
  const carry = (results: readonly Used[]) => carrier.use(sceneOf(state), connection, results);
  return forReal(state, carrier, simulate, carry);
}

/** Who makes connections for real at this moment; null while branches are enumerated. */
export function carrierOf({ carrier, choices }: State): Carrier | null {
  return choices.past === undefined ? carrier : null;
}

function forReal<T>(
  state: State,
  carrier: Carrier,
  simulate: (copy: State) => T,
  carry: (results: readonly T[]) => number,
): T {
  refreshRules(state);
  const branches = everyWay((choices) => {
    const copy = state.fork(choices);
    const result = simulate(copy);
    return { result, kept: copy.keep() };
  });
  const taken = carry(branches.map(({ value }) => value.result));
  const branch = branches[taken]?.value;
  if (branch === undefined) throw new Error(`there is no branch ${taken}`);
  state.resume(branch.kept);
  carrier.follow(sceneOf(state));
  return branch.result;
}

function everyWay<T>(run: (choices: Choices) => T): Branch<T>[] {
  try {
    return enumerate(run);
  } catch (error) {
    if (!(error instanceof TooManyBranches)) throw error;
    throw new NotForReal(
      'a connection with more ways to go than can be compared is simulated only',
    );
  }
}

/** One message and its answer; `socket`: one that another message has been sent from. */
export function exchangeAsClient(
  state: State,
  request: DialText,
  laterMs: number,
  socket: { readonly port: number; readonly atOnce: boolean } | undefined,
): ExchangeResult {
  if (socket === undefined) return exchanged(clientDial(state, request, laterMs));
  const { port: sourcePort, atOnce } = socket;
  return exchanged(clientDial(state, { ...request, sourcePort }, laterMs, atOnce));
}

export function sceneOf(state: State): Scene {
  const { fabric, spec, api, proxies } = state.parts;
  const families = familiesOf(spec);
  const netfilters = (node: string) =>
    families.flatMap((family) => fabric.netfilter(`node/${node}`, family) ?? []);
  return {
    nowMs: state.nowMs,
    nodes: api
      .list('Node')
      .map(({ metadata }) => metadata.name)
      .filter((name) => fabric.has(`node/${name}`)),
    families,
    proxyMode: (node) => proxies.modeOf(node).name,
    blueprint: () => fabric.blueprint(),
    rules: (node, format) => printRules(state, node, { format }),
    loaded: (node, family) => fabric.netfilter(`node/${node}`, family)?.rules,
    flows: (node) => fabric.flows(`node/${node}`, state.nowMs),
    flowsMax: (node) => netfilterOf(spec)(`node/${node}`).max ?? Number.POSITIVE_INFINITY,
    seen: (node) => netfilters(node).flatMap((netfilter) => netfilter.seen()),
    elements: (node) => netfilters(node).flatMap((netfilter) => elementsOf(netfilter, state.nowMs)),
    connections: () =>
      fabric.connections.list().map((connection) => ({
        connection,
        hasServer: fabric.connections.hasServer(connection.id),
      })),
  };
}

function elementsOf(netfilter: Netfilter, nowMs: number): readonly SetElement[] {
  return netfilter.rules.nft.flatMap((table) =>
    table.sets().flatMap((name) => {
      const set = table.set(name);
      if (set === undefined || set.timeoutSeconds === null) return [];
      return netfilter.liveElements(table.name, set, nowMs).flatMap(({ key: [addr] }) => {
        if (typeof addr === 'string' || addr === undefined) return [];
        return [{ family: table.family, table: table.name, set: name, addr }];
      });
    }),
  );
}
