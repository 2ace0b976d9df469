// Makes the connections of simulated clusters in the running kernel: brings the lab to what the cluster is, lets the
// real flow happen, and finds the possible result that it came to. What the kernel remembers between two connections is
// kept equal to what the simulated nodes remember: a stale conntrack entry is flushed, recent lists are written anew
// when virtual time or another copy of the cluster has made them differ.

import { type Carrier, Disagreement, NotForReal, type Scene } from '../../cluster/carrier.ts';
import type { RulesFormat } from '../../cluster/cluster.ts';
import { formatAddr, formatEndpoint } from '../../net/addr.ts';
import { SCTP, UDP } from '../../net/packet.ts';
import type { DialRequest, DialResult } from '../../node/dial.ts';
import { type End, outcomeOfEnd } from './ends.ts';
import { Lab } from './lab.ts';
import { Recent } from './recent.ts';
import { iptablesTexts, nftText, noTables, type RuleText } from './rules.ts';

/** An answer comes at once, or after a SYN that is sent again; what should not come is not waited for. */
const patientMs = 3000;
const silentMs = 250;

export class KernelCarrier implements Carrier {
  #lab: Lab | null = null;
  readonly #texts = new WeakMap<object, string>();
  readonly #recent = new Recent();
  /** Flows that some node's conntrack may know since it was flushed. */
  #known = new Set<string>();
  /** Some node has had tables of nf_tables beside those of iptables. */
  #usesNft = false;
  /** Real connections made. */
  connections = 0;

  carry(scene: Scene, request: DialRequest, possible: readonly DialResult[]): number {
    if (request.proto === SCTP) throw new NotForReal('SCTP is not spoken by the lab');
    checkWires(scene);
    this.#lab ??= new Lab();
    const lab = this.#lab;
    lab.bring(scene.blueprint(), (node) => this.#rulesOf(scene, node));
    const { from, proto, to, port, sourcePort = 0 } = request;
    this.#remember(scene, lab, request);
    const silent = possible.every(({ outcome }) => outcome === 'timeout');
    const deadlineMs = silent ? silentMs : patientMs;
    const [end] = lab.dial([{ from, proto, to, port, sourcePort, deadlineMs }]);
    this.connections++;
    if (end === undefined) throw new Error('the lab made no connection');
    const taken = possible.findIndex((result) => isEnd(result, end, request));
    if (taken >= 0) return taken;
    throw disagreement(request, possible, end);
  }

  follow(scene: Scene): void {
    for (const node of scene.nodes) this.#recent.noted(node, scene.seen(node));
  }

  /** The rules of both kinds on a node; empty texts too, so that nothing stays of another cluster. */
  #rulesOf(scene: Scene, node: string): readonly RuleText[] {
    if (!scene.nodes.includes(node)) return [];
    const mode = scene.proxyMode(node);
    if (mode !== 'iptables') {
      throw new NotForReal(`--backend kernel has no rules of ${mode} mode to load`);
    }
    const families = scene.families.filter((family) => scene.loaded(node, family) !== undefined);
    const tables = iptablesTexts((format) => this.#textOf(scene, node, format), '', families);
    // Policies are written in nf_tables whatever kube-proxy's mode.
    const beside = nftText((format) => scene.rules(node, format));
    this.#usesNft ||= beside.text !== noTables;
    return this.#usesNft ? [...tables, beside] : tables;
  }

  #textOf(scene: Scene, node: string, format: RulesFormat): string {
    const source = scene.loaded(node, format === 'ip6tables-save' ? 6 : 4);
    const text = this.#texts.get(source ?? {}) ?? scene.rules(node, format);
    if (source !== undefined) this.#texts.set(source, text);
    return text;
  }

  #remember(scene: Scene, lab: Lab, request: DialRequest): void {
    const { proto, to, port, sourcePort } = request;
    const machine = lab.networkOf(request.from);
    const key = `${machine} ${sourcePort} ${proto} ${formatEndpoint(to, port)}`;
    const isKnown = scene.nodes.some((node) =>
      scene
        .flows(node)
        .some(
          ({ original: o }) =>
            o.proto === proto && o.dst === to && o.dport === port && o.sport === sourcePort,
        ),
    );
    if (this.#known.has(key) && !isKnown) {
      lab.flushConntrack();
      this.#known = new Set();
    }
    if (isKnown && proto === UDP && !this.#known.has(key)) {
      throw new NotForReal('the datagram belongs to a flow that only the simulation has seen');
    }
    this.#known.add(key);
    for (const node of scene.nodes) {
      const text = this.#texts.get(scene.loaded(node, 4) ?? {}) ?? '';
      const lines = this.#recent.update(node, text, scene.seen(node), scene.nowMs);
      if (lines !== null) lab.writeRecent(`node/${node}`, lines);
    }
  }
}

function checkWires(scene: Scene): void {
  const { down, links } = scene.blueprint();
  if (down.length > 0) throw new NotForReal('machines that are down are simulated only');
  if (links.length > 0) throw new NotForReal('cut and lossy links are simulated only');
}

/** Whether the real end is this result, as far as sockets can tell. */
function isEnd(result: DialResult, end: End, request: DialRequest): boolean {
  const heard = heardFrom(end, request);
  if (result.outcome !== 'answered' || heard === null) {
    // A program that does not answer looks like a way that does not lead there.
    const silentProgram = heard !== null && result.outcome === 'timeout' && result.backend !== null;
    const words = heard === null ? wordsOf(end, request) : 'answered';
    const via = result.outcome === 'refused' ? `refused via ${result.via}` : result.outcome;
    return silentProgram ? isThere(result, heard) : words === via;
  }
  return isThere(result, heard);
}

type Answer = Extract<End, { kind: 'answered' }>;

function isThere({ backend, destination, source }: DialResult, end: Answer): boolean {
  return (
    backend === end.backend &&
    destination?.addr === end.destination.addr &&
    destination.port === end.destination.port &&
    source?.addr === end.source.addr
  );
}

/** The answer, unless it came from elsewhere than the client had asked. */
function heardFrom(end: End, { to, port }: DialRequest): Answer | null {
  if (end.kind !== 'answered') return null;
  return end.replyFrom.addr === to && end.replyFrom.port === port ? end : null;
}

function wordsOf(end: End, { proto }: DialRequest): string {
  return end.kind === 'answered' ? 'timeout' : outcomeOfEnd(end, proto === UDP);
}

function disagreement(
  request: DialRequest,
  possible: readonly DialResult[],
  end: End,
): Disagreement {
  const { from, to, port, proto, sourcePort } = request;
  const said = [...new Set(possible.map(resultText))].sort();
  const flow = `${proto === UDP ? 'UDP' : 'TCP'} ${from} port ${sourcePort} to ${formatEndpoint(to, port)}`;
  return new Disagreement(
    `the kernel disagrees with the simulation about ${flow}\n` +
      `simulated: ${said.join('\n           ')}\nkernel:    ${endText(end, request)}`,
  );
}

function resultText({ outcome, via, backend, destination, source }: DialResult): string {
  if (outcome !== 'answered') return via === null ? outcome : `${outcome} via ${via}`;
  const at = destination === null ? '?' : formatEndpoint(destination.addr, destination.port);
  return `answered by ${backend} at ${at}, which sees ${source === null ? '?' : formatAddr(source.addr)}`;
}

function endText(end: End, request: DialRequest): string {
  if (end.kind !== 'answered') return outcomeOfEnd(end, request.proto === UDP);
  const { backend, destination, source, replyFrom } = end;
  const at = formatEndpoint(destination.addr, destination.port);
  const from = formatEndpoint(replyFrom.addr, replyFrom.port);
  return `answered by ${backend} at ${at}, which sees ${formatAddr(source.addr)}; the answer comes from ${from}`;
}
