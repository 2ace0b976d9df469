// Makes the connections of simulated clusters in the running kernel: brings the lab to what the cluster is, lets the
// real flow happen, and finds the possible result that it came to. What the kernel remembers between two connections is
// kept equal to what the simulated nodes remember: a stale conntrack entry is flushed, recent lists and sets are written
// anew when virtual time or another copy of the cluster has made them differ.
import { balancerProgram } from '../../cluster/balancer-proxy.ts';
import { type Carrier, NotForReal, type Scene } from '../../cluster/carrier.ts';
import type { RulesFormat } from '../../cluster/cluster.ts';
import type { Blueprint } from '../../fabric/blueprint.ts';
import type { Connection } from '../../fabric/connections.ts';
import { nodeOfWire } from '../../fabric/wiring.ts';
import { type Addr, formatEndpoint } from '../../net/addr.ts';
import { SCTP, UDP } from '../../net/packet.ts';
import type { DialRequest, DialResult, Endpoint, Pinged, Used } from '../../node/dial.ts';
import { Kept } from './kept.ts';
import { Lab } from './lab.ts';
import { isCut } from './layout.ts';
import { rememberedOf } from './remembered.ts';
import {
  type Asked,
  dialDisagreement,
  isEnd,
  isPinged,
  isUse,
  pingDisagreement,
  useDisagreement,
} from './results.ts';
import { iptablesTexts, nftText, type RuleText } from './rules.ts';
import { setsText } from './sets.ts';

/** What should not come is waited for this long, and then until nothing is under way any more. */
const silentMs = 120;
/** Where silence is one possible end of several: an answer comes at once, or after a SYN that is sent again. */
const eitherMs = 3000;
/** Where an answer must come, a machine that is busy gets its time. */
const patientMs = 30_000;

/** A text and what it was printed from, family by family. */
interface Printed {
  readonly sources: readonly (object | undefined)[];
  readonly text: string;
}

export class KernelCarrier implements Carrier {
  #lab: { readonly lab: Lab; readonly kept: Kept } | null = null;
  readonly #texts = new WeakMap<object, Map<RulesFormat, Printed>>();
  /** Flows that some node's conntrack may know since it was flushed. */
  #known = new Set<string>();
  /** Open connection -> the nodes its balancer sent to when it began. */
  readonly #balanced = new Map<number, string>();
  /** Real connections made. */
  connections = 0;

  carry(scene: Scene, request: DialRequest, possible: readonly DialResult[]): number {
    const { from, proto, to, port, sourcePort = 0, keep = false } = request;
    if (proto === SCTP) {
      throw new NotForReal('connections over SCTP were never tried on a real kernel');
    }
    checkTarget(scene.blueprint(), to);
    checkPassedOn(possible);
    const { lab, kept } = this.#bring(scene, from);
    const client = possible[0]?.client;
    if (client !== undefined) this.#forgetStale(scene, request, client);
    const deadlineMs = patienceFor(possible.map(({ outcome }) => outcome === 'timeout'));
    // A client that has a socket open at this port sends from that one.
    const open = client && proto === UDP ? kept.datagramsOf(client, { addr: to, port }) : undefined;
    const flight = open ?? lab.start({ from, proto, to, port, sourcePort, deadlineMs, keep });
    const end = open === undefined ? lab.end(flight) : lab.use(open, deadlineMs);
    this.connections++;
    const taken = possible.findIndex((result) => isEnd(result, end, request));
    const result = possible[taken];
    if (result === undefined) throw dialDisagreement(request, possible, end);
    if (result.kept !== undefined) {
      const { client, dialled } = result;
      kept.add({ id: result.kept, proto, client, dialled }, flight, end);
      this.#balanced.set(result.kept, balancedOver(scene.blueprint(), to));
    }
    return taken;
  }

  ping(scene: Scene, from: string, to: Addr, possible: readonly Pinged[]): number {
    const { lab } = this.#bring(scene, from);
    const deadlineMs = patienceFor(possible.map(({ kind }) => kind === 'silence'));
    const end = lab.ping(from, to, deadlineMs);
    this.connections++;
    const taken = possible.findIndex((result) => isPinged(result, end));
    if (taken >= 0) return taken;
    throw pingDisagreement(from, to, possible, end);
  }

  use(scene: Scene, connection: Connection, possible: readonly Used[]): number {
    checkPassedOn(possible.map(({ dial }) => dial));
    const { lab, kept } = this.#bring(scene, connection.from);
    const asked = askedBy(connection);
    const flight = kept.flightOf(connection);
    if (flight === undefined) {
      throw new NotForReal('the open connection was opened in the simulation only');
    }
    if (this.#balanced.get(connection.id) !== balancedOver(scene.blueprint(), asked.to)) {
      throw new NotForReal(
        'a load balancer that keeps open connections where they are while its nodes change is simulated only',
      );
    }
    this.#forgetStale(scene, asked, connection.client);
    const silences = possible.map(({ outcome }) => ['timeout', 'unreachable'].includes(outcome));
    const end = lab.use(flight, patienceFor(silences));
    this.connections++;
    const taken = possible.findIndex((result) => isUse(result, end, asked));
    if (taken >= 0) return taken;
    throw useDisagreement(asked, possible, end);
  }

  end(scene: Scene, connection: Connection, how: 'close' | 'reset'): void {
    this.#bring(scene, null).kept.end(connection, how);
  }

  programEnds(scene: Scene, accepted: readonly Connection[], opened: readonly Connection[]): void {
    if (accepted.length === 0 && opened.length === 0) return;
    const { kept } = this.#bring(scene, null);
    for (const connection of accepted) kept.leave(connection);
    for (const connection of opened) kept.end(connection, 'close');
  }

  follow(scene: Scene): void {
    if (this.#lab === null) return;
    for (const node of scene.nodes) {
      this.#lab.lab.noted(`node/${node}`, this.#remembered(scene, node));
    }
  }

  /** The lab as the cluster stands; `from`: who is to send something. */
  #bring(scene: Scene, from: string | null) {
    const blueprint = scene.blueprint();
    checkWires(blueprint);
    checkLimits(scene, blueprint);
    for (const node of scene.nodes) {
      checkMode(scene.proxyMode(node));
      // What an earlier IPVS mode left behind.
      if (this.#textOf(scene, node, 'ipvsadm-save') !== '') checkMode('ipvs');
    }
    this.#lab ??= labAndKept();
    const { lab, kept } = this.#lab;
    kept.bring(scene);
    lab.bring(blueprint, (node) => this.#rulesOf(scene, node));
    if (from !== null) checkSender(blueprint, lab.networkOf(from));
    for (const node of scene.nodes) lab.remember(`node/${node}`, this.#remembered(scene, node));
    return this.#lab;
  }

  #remembered(scene: Scene, node: string) {
    const texts = scene.families.map((family) =>
      this.#textOf(scene, node, family === 4 ? 'iptables-save' : 'ip6tables-save'),
    );
    return rememberedOf(scene, node, texts.join(''));
  }

  /** All rules of a node; empty texts too, so that nothing stays of another cluster. */
  #rulesOf(scene: Scene, node: string): readonly RuleText[] {
    if (!scene.nodes.includes(node)) return [];
    const families = scene.families.filter((family) => scene.loaded(node, family) !== undefined);
    const rulesOf = (format: RulesFormat) => this.#textOf(scene, node, format);
    const texts = [...setsText(rulesOf), ...iptablesTexts(rulesOf, '', families), nftText(rulesOf)];
    if (texts.some(({ text }) => text.includes('--nfacct-name'))) {
      throw new NotForReal('rules that count for nfacct are simulated only: few kernels have it');
    }
    return texts;
  }

  #textOf(scene: Scene, node: string, format: RulesFormat): string {
    const sources = scene.families.map((family) => scene.loaded(node, family));
    const [first = {}] = sources;
    const texts = this.#texts.get(first) ?? new Map<RulesFormat, Printed>();
    this.#texts.set(first, texts);
    const known = texts.get(format);
    if (known?.sources.every((source, i) => source === sources[i])) return known.text;
    const text = scene.rules(node, format);
    texts.set(format, { sources, text });
    return text;
  }

  /** What the kernel remembers of earlier packets between the same addresses must be what the cluster remembers. */
  #forgetStale(scene: Scene, { proto, to, port }: Asked, client: Endpoint): void {
    const key = `${proto} ${formatEndpoint(client.addr, client.port)} ${formatEndpoint(to, port)}`;
    const isKnown = scene.nodes.some((node) =>
      scene
        .flows(node)
        .some(
          ({ original: o }) =>
            o.proto === proto &&
            o.src === client.addr &&
            o.sport === client.port &&
            o.dst === to &&
            o.dport === port,
        ),
    );
    if (this.#known.has(key) && !isKnown) {
      this.#lab?.lab.flushConntrack(this.#lab.kept.begun(scene));
      this.#known = new Set();
    }
    if (isKnown && proto === UDP && !this.#known.has(key)) {
      throw new NotForReal('the datagram belongs to a flow that only the simulation has seen');
    }
    this.#known.add(key);
  }
}

/** Which nodes get what is sent to the address; empty: no balancer has it. */
function balancedOver({ announced }: Blueprint, to: Addr): string {
  const nodes = announced.find(({ addr }) => addr === to)?.announcement.nodes ?? [];
  return nodes.join();
}

function labAndKept() {
  const lab = new Lab();
  return { lab, kept: new Kept(lab) };
}

/** How long to wait, by which of the possible ends are silence. */
function patienceFor(silences: readonly boolean[]): number {
  if (silences.every((silent) => silent)) return silentMs;
  return silences.some((silent) => silent) ? eitherMs : patientMs;
}

function askedBy({ from, proto, client, dialled }: Connection): Asked {
  return { from, proto, to: dialled.addr, port: dialled.port, sourcePort: client.port };
}

function checkMode(mode: string): void {
  if (mode === 'iptables' || mode === 'nftables') return;
  throw new NotForReal(simulatedModes[mode] ?? `${mode} mode is simulated only`);
}

const simulatedModes: Readonly<Record<string, string>> = {
  ipvs: 'IPVS mode is simulated only: few kernels have IPVS, and the backend loads no virtual services',
  userspace:
    'userspace mode is simulated only: there kube-proxy itself passes bytes on, and no kube-proxy runs for real',
};

function checkWires({ links, announced, network }: Blueprint): void {
  const broken = links.filter(({ state }) => state.kind !== 'restored');
  if (broken.length > 0 && (network.leg.kind !== 'bridge' || network.between.kind !== 'routes')) {
    throw new NotForReal('cut links under CNI profiles other than bridge are simulated only');
  }
  if (
    broken.some(({ state }) => !isCut(state) && !(state.kind === 'loses' && state.percent === 0))
  ) {
    throw new NotForReal('links that lose some packets are simulated only');
  }
  if (announced.length > 0 && broken.some(({ key }) => key.includes('host/'))) {
    throw new NotForReal('a cut link between an outside host and a balancer is simulated only');
  }
}

/** Limits that a namespace does not have for itself, or that go by the running clock. */
function checkLimits(scene: Scene, { machines }: Blueprint): void {
  if (machines.some(({ sysctls: { icmpRatelimitMs = 0 } }) => icmpRatelimitMs > 0)) {
    throw new NotForReal('net.ipv4.icmp_ratelimit is simulated only: it goes by the real clock');
  }
  if (scene.nodes.some((node) => scene.flows(node).length >= scene.flowsMax(node))) {
    throw new NotForReal(
      'a full conntrack table is simulated only: all namespaces share its limit',
    );
  }
}

function checkSender({ machines, down }: Blueprint, name: string): void {
  const wire = machines.find((machine) => machine.name === name)?.devices[0]?.wire ?? '';
  const node = nodeOfWire(wire) ?? name;
  if (!down.includes(name) && !down.includes(node)) return;
  throw new NotForReal('a machine that is down sends in the simulation only');
}

/** What a container passes on, it asks of others: a socket of the lab answers by itself. */
function checkPassedOn(possible: readonly DialResult[]): void {
  if (possible.every(({ upstream }) => upstream === undefined)) return;
  throw new NotForReal(
    'a container that passes requests on (svcspec.dev/proxy-to) is simulated only',
  );
}

/** A balancer that ends connections relays what its clients say: no socket of the lab does. The lab's router hashes ports. */
function checkTarget({ announced, floating, machines, sockets }: Blueprint, to: Addr): void {
  const passedOn = announced.find(({ addr }) => addr === to)?.announcement;
  if (passedOn?.hashed === 'client' && passedOn.nodes.length > 1) {
    throw new NotForReal('a load balancer that picks a node by the client alone is simulated only');
  }
  if (floating.includes(to)) {
    throw new NotForReal(
      'directors with IPVS are simulated only: the backend loads no virtual services',
    );
  }
  const balancers = sockets.filter(({ socket }) => socket.program === balancerProgram);
  const names = new Set(balancers.map(({ machine }) => machine));
  const owner = machines.find(({ devices }) =>
    devices.some(({ addresses }) => addresses.some((own) => own.addr === to)),
  );
  if (owner === undefined || !names.has(owner.name)) return;
  throw new NotForReal('a load balancer that ends connections is simulated only');
}
