// How a client's connection is made for real by somebody else while the cluster stays simulated: every way that chance
// may take is simulated on a copy, the carrier makes the connection and says which of them it took, and the cluster
// goes on from that copy. So it remembers what really happened, and the attempt has a trace. Without a carrier, and
// while branches are enumerated, everything is simulated; so is what programs ask of each other while they answer.
import type { Blueprint } from '../fabric/blueprint.ts';
import { exchanged } from '../fabric/dial.ts';
import type { Family } from '../net/addr.ts';
import type { FlowEntry, Seen } from '../netfilter/netfilter.ts';
import type { DialRequest, DialResult } from '../node/dial.ts';
import type { ExchangeResult } from '../node/program.ts';
import { enumerate } from '../sim/choices.ts';
import type { RulesFormat } from './cluster.ts';
import { type DialText, dialFrom, encoder, familiesOf, refreshRules } from './dialling.ts';
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
  /** Its recent lists. */
  seen(node: string): readonly Seen[];
}

export interface Carrier {
  /** Makes the connection; which of the possible results it came to. Throws Disagreement when it is none of them, and
   * NotForReal when this connection is nothing that can be made. */
  carry(scene: Scene, request: DialRequest, possible: readonly DialResult[]): number;
  /** The cluster has gone on from the result that was named. */
  follow(scene: Scene): void;
}

/** Something that only the simulation has; the message says what. */
export class NotForReal extends Error {}

/** What was seen is none of what was held possible. */
export class Disagreement extends Error {}

/** A client's attempt, `laterMs` after the cluster's clock. */
export function clientDial(
  state: State,
  request: DialText,
  laterMs = 0,
  atOnce = false,
): DialResult {
  const { carrier } = state;
  if (carrier === null || state.choices.past !== undefined) {
    return dialFrom(state, request, laterMs, atOnce);
  }
  if (request.keep === true) throw new NotForReal('connections stay open in the simulation only');
  refreshRules(state);
  const branches = enumerate((choices) => {
    const copy = state.fork(choices);
    const result = dialFrom(copy, request, laterMs, atOnce);
    return { result, kept: copy.keep() };
  });
  const results = branches.map(({ value }) => value.result);
  const sourcePort = results[0]?.client.port ?? 0;
  const message = typeof request.message === 'string' ? encoder(request.message) : request.message;
  const taken = carrier.carry(sceneOf(state), { ...request, message, sourcePort }, results);
  const branch = branches[taken]?.value;
  if (branch === undefined) throw new Error(`there is no branch ${taken}`);
  state.resume(branch.kept);
  carrier.follow(sceneOf(state));
  return branch.result;
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

function sceneOf(state: State): Scene {
  const { fabric, spec, api, proxies } = state.parts;
  return {
    nowMs: state.nowMs,
    nodes: api
      .list('Node')
      .map(({ metadata }) => metadata.name)
      .filter((name) => fabric.has(`node/${name}`)),
    families: familiesOf(spec),
    proxyMode: (node) => proxies.modeOf(node).name,
    blueprint: () => fabric.blueprint(),
    rules: (node, format) => printRules(state, node, { format }),
    loaded: (node, family) => fabric.netfilter(`node/${node}`, family)?.rules,
    flows: (node) => fabric.flows(`node/${node}`, state.nowMs),
    seen: (node) => fabric.netfilter(`node/${node}`, 4)?.seen() ?? [],
  };
}
