// A cluster's machines as network namespaces of the running Linux kernel: brings them to what a blueprint and the
// nodes' rules say, changing only what differs from the last time, and lets real sockets talk. Judges nothing: how a
// flow ended is told as the kernel told it (ends.ts reads it). Namespaces that a blueprint does not need stay for later.
import type { Blueprint } from '../../fabric/blueprint.ts';
import { nodeOfWire } from '../../fabric/wiring.ts';
import { formatEndpoint } from '../../net/addr.ts';
import { type Proto, SCTP } from '../../net/packet.ts';
import type { Endpoint } from '../../node/dial.ts';
import type { Machine } from '../../node/machine.ts';
import { Agent, saidBy } from './agent.ts';
import {
  insideLines,
  isUnsettled,
  type Kind,
  kindOf,
  legName,
  outsideLines,
  rename,
  tunnelBridge,
  tunnelLines,
  tunnelName,
} from './cables.ts';
import { Flights } from './flights.ts';
import { emptying, type Files, flushing, recalling, writing } from './forgetting.ts';
import { type Batch, changeOf, LAN_BRIDGE, lanBatch, lanRules, machineBatch } from './layout.ts';
import { Listeners } from './listeners.ts';
import { type Load, loadRules } from './load-rules.ts';
import { type NftSetName, nft, type RuleText } from './rules.ts';
import { cableSysctls, machineSysctls, spaceSysctls } from './sysctls.ts';

/** What packets have left behind on a node besides conntrack entries. */
export interface Remembered {
  /** "LIST ADDRESS". */
  readonly recent: readonly string[];
  /** "FAMILY TABLE SET ADDRESS", in nft's words. */
  readonly elements: readonly string[];
}

const lan = 0;
/** Pods' namespaces on a node (or nodes', or hosts') before free ones are made into others. */
const spareMax = 32;
/** How long a cable may take to carry: the kernel's link watch looks once a second, and later on a busy machine. */
const portsMs = 30_000;
/** Between two looks. */
const lookMs = 2;

/** How a connection began, as a node has it. */
export interface Begun {
  readonly proto: Proto;
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

interface Space {
  readonly number: number;
  /** The agent's open file of it. */
  readonly file: string;
  readonly kind: Kind;
  /** Of a Pod: its node's namespace. */
  readonly on: number | null;
  /** The machine that it is now. */
  machine: string | null;
  plugged: boolean;
  /** The other end of its eth0, and of a node its tunnel's device, where it has one. */
  cable: string;
  tunnel: string | null;
  /** What it was made by, and for which machine. */
  batch: string;
  was: string;
  sysctls: string;
  /** By tool, as it is called. */
  readonly rules: Map<string, RuleText>;
  /** What its recent lists and its sets hold, as one text each; null: nobody knows. */
  recent: string | null;
  elements: string | null;
}

export class Lab extends Flights {
  readonly #agent: Agent;
  readonly #spaces: Space[] = [];
  readonly #listeners: Listeners;
  readonly #sctp: boolean;
  #lanBatch = '';
  /** Namespaces that got a cable plugged in since somebody looked whether it carries. */
  readonly #unsettled = new Set<number>();
  /** Nodes' namespaces that were in use since connections were forgotten. */
  readonly #nodes = new Set<number>();
  #aliases = new Map<string, string>();
  constructor() {
    const agent = new Agent();
    const listeners = new Listeners(agent);
    super(agent, listeners);
    this.#agent = agent;
    this.#listeners = listeners;
    this.#sctp = agent.ask(['can', 'SCTP'], 'can')[0] === '1';
    this.#write(lan, spaceSysctls);
    this.#batch(lan, [
      'link set lo up',
      `link add ${LAN_BRIDGE} type bridge mcast_snooping 0`,
      `link set ${LAN_BRIDGE} address 02:00:00:00:ff:01 up`,
      ...tunnelBridge,
    ]);
    this.#write(lan, machineSysctls({ forward: true, routeLocalnet: false, bridgeNf: false }));
  }

  /** Makes the namespaces what the blueprint says, loads the nodes' rules and opens the sockets. */
  bring(blueprint: Blueprint, rulesOf: (node: string) => readonly RuleText[]): void {
    const batches = new Map(
      blueprint.machines.map((machine) => [machine, machineBatch(blueprint, machine).join('\n')]),
    );
    const spaces = this.#assign(batches);
    this.#route(blueprint);
    const changed = new Set(this.#plug(new Set(blueprint.down)));
    for (const [machine, space] of spaces) this.#name(blueprint, machine, space);
    for (const [machine, space] of spaces) {
      if (this.#become(machine, batches.get(machine) ?? '', space)) changed.add(space.on ?? lan);
    }
    this.#awaitPorts();
    this.#forgetNeighbours(changed);
    const loads: Load<Space>[] = [];
    for (const [machine, space] of spaces) {
      if (!machine.name.startsWith('node/')) continue;
      this.#nodes.add(space.number);
      const texts = rulesOf(machine.name.slice('node/'.length));
      loads.push(...texts.map((rules) => ({ space, rules })));
    }
    for (const { space, rules } of loadRules(this.#agent, loads)) {
      if (rules.dynamicSets === undefined) space.recent = null;
      else space.elements = '';
    }
    this.#aliases = new Map(blueprint.aliases.map(({ name, machine }) => [name, machine]));
    const sockets = blueprint.sockets.filter(({ socket }) => socket.proto !== SCTP || this.#sctp);
    this.#listeners.bring({ ...blueprint, sockets }, (machine) => this.#spaceOf(machine).number);
  }

  /** Forgets every connection and everything that was seen lately. */
  forget(): void {
    const nodes = this.#spaces.filter(({ machine }) => machine?.startsWith('node/') === true);
    this.#agent.askAll(
      nodes.flatMap((space) => [
        flushing(space.number),
        recalling(space.number, []),
        ...emptying(space.number, dynamicSets(space)),
      ]),
    );
    for (const space of nodes) [space.recent, space.elements] = ['', ''];
  }

  /** Forgets the connections that nodes know, but for those that began as one of these. */
  flushConntrack(keep: readonly Begun[] = []): void {
    const words = keep.map(begunWords);
    this.#agent.askAll([...this.#nodes].map((number) => flushing(number, words)));
    this.#nodes.clear();
  }

  /** Makes a node's recent lists and sets hold this and nothing else, each element for its full time. */
  remember(node: string, { recent, elements }: Remembered): void {
    const space = this.#spaceOf(node);
    const { number } = space;
    if (space.recent !== recent.join('\n')) this.#agent.askAll([recalling(number, recent)]);
    if (space.elements !== elements.join('\n')) {
      this.#agent.askAll(emptying(number, dynamicSets(space)));
      if (elements.length > 0) this.#run(number, nft, elements.map(adding).join(''));
    }
    this.noted(node, { recent, elements });
  }

  /** A node's packets have left this behind by themselves. */
  noted(node: string, { recent, elements }: Remembered): void {
    const space = this.#spaceOf(node);
    space.recent = recent.join('\n');
    space.elements = elements.join('\n');
  }

  override spaceNumber(machine: string): number {
    return this.#spaceOf(machine).number;
  }

  /** The machine whose network a Pod, node or host is in. */
  networkOf(machine: string): string {
    return this.#aliases.get(machine) ?? machine;
  }

  /** Runs a command in a machine's namespace; throws Error with its words when it fails. */
  run(machine: string, argv: readonly string[], input = ''): string {
    return this.#run(this.#spaceOf(machine).number, argv, input);
  }

  close(): void {
    this.#agent.close();
  }

  /** Gives every machine a namespace: the one it had, else one that was the same machine before by another name, else
   * a new one, or when there are many already, any that is free. */
  #assign(batches: ReadonlyMap<Machine, string>): ReadonlyMap<Machine, Space> {
    const names = new Set([...batches.keys()].map(({ name }) => name));
    for (const space of this.#spaces) {
      if (space.machine !== null && !names.has(space.machine)) space.machine = null;
    }
    const nodesFirst = [...batches].sort(([a], [b]) => rank(a) - rank(b));
    return new Map(nodesFirst.map(([machine, batch]) => [machine, this.#claim(machine, batch)]));
  }

  #claim(machine: Machine, batch: string): Space {
    const kind = kindOf(machine);
    const node = nodeOfWire(machine.devices[0]?.wire ?? '');
    const on = node === undefined ? null : this.#spaceOf(node).number;
    const like = this.#spaces.filter((space) => space.kind === kind && space.on === on);
    const free = like.filter((space) => space.machine === null);
    const space =
      like.find((one) => one.machine === machine.name) ??
      free.find((one) => one.batch === batch) ??
      (like.length < spareMax ? undefined : free[0]) ??
      this.#make(kind, on);
    // A Pod of the same name may have stood on another node.
    for (const one of this.#spaces) if (one.machine === machine.name) one.machine = null;
    space.machine = machine.name;
    return space;
  }

  /** Pulls the cables of machines that are off and of namespaces that no machine has now, plugs in the others; says which bridges saw a change. */
  #plug(off: ReadonlySet<string>): readonly number[] {
    const lines = new Map<number, string[]>();
    for (const space of this.#spaces) {
      const wanted = space.machine !== null && !off.has(space.machine);
      if (space.plugged === wanted) continue;
      const own = `v${space.number}`;
      const line = `link set ${own} ${wanted ? 'up' : 'down'}`;
      if (space.cable !== own) this.#batch(space.on ?? lan, rename(space.cable, own));
      space.cable = own;
      if (space.kind === 'leg') this.#renew(space.on);
      lines.set(space.on ?? lan, [...(lines.get(space.on ?? lan) ?? []), line]);
      space.plugged = wanted;
      if (wanted) this.#unsettled.add(space.number);
    }
    for (const [number, batch] of lines) {
      this.#batch(number, batch);
      this.#unsettled.add(number);
    }
    return [...lines.keys()];
  }

  /** A cable that was just plugged in carries frames only once the kernel's link watch, which takes its time on a busy
   * machine, has told both ends and the bridge. */
  #awaitPorts(): void {
    for (const number of this.#unsettled) {
      for (const until = performance.now() + portsMs; ; pause(lookMs)) {
        const said = saidBy(['ip'], this.#agent.ip(number, ['link show']));
        const waiting = said.split('\n').find(isUnsettled);
        if (waiting === undefined) break;
        if (performance.now() > until) throw new Error(`the lab's cables do not carry: ${waiting}`);
      }
    }
    this.#unsettled.clear();
  }

  /** Who stands on a bridge that changed knows nobody's hardware address any more. */
  #forgetNeighbours(bridges: ReadonlySet<number>): void {
    for (const number of bridges) {
      const around = this.#spaces.filter(({ on, machine }) => machine !== null && on === number);
      const onLan = number === lan ? this.#spaces.filter(({ on }) => on === null) : [];
      for (const one of [number, ...[...around, ...onLan].map((space) => space.number)]) {
        this.#batch(one, ['neigh flush all']);
      }
    }
  }

  #spaceOf(machine: string): Space {
    const name = this.networkOf(machine);
    const space = this.#spaces.find((s) => s.machine === name);
    if (space === undefined) throw new Error(`the lab has no machine "${machine}"`);
    return space;
  }

  #make(kind: Kind, on: number | null): Space {
    const [number = '', file = ''] = this.#agent.ask(['space'], 'space');
    const space: Space = {
      number: Number(number),
      file,
      kind,
      on,
      machine: null,
      plugged: true,
      cable: `v${number}`,
      tunnel: null,
      batch: '',
      was: '',
      sysctls: '',
      rules: new Map(),
      recent: null,
      elements: null,
    };
    this.#spaces.push(space);
    this.#write(space.number, spaceSysctls);
    this.#batch(on ?? lan, outsideLines(kind, space.number, file));
    this.#unsettled.add(on ?? lan).add(space.number);
    this.#batch(space.number, insideLines(kind, space.number));
    return space;
  }

  /** Gives a Pod's own cable and a node's tunnel the names that the machines have for them. */
  #name(blueprint: Blueprint, machine: Machine, space: Space): void {
    const cable = space.kind === 'leg' ? legName(blueprint, machine) : space.cable;
    if (cable !== space.cable && space.on !== null && space.plugged) {
      this.#batch(space.on, rename(space.cable, cable));
      this.#write(space.on, cableSysctls(cable));
      this.#unsettled.add(space.on).add(space.number);
      this.#renew(space.on);
      space.cable = cable;
    }
    const tunnel = tunnelName(machine) ?? space.tunnel;
    if (tunnel === space.tunnel || tunnel === null) return;
    if (space.tunnel === null) this.#batch(lan, tunnelLines(space.number, space.file, tunnel));
    this.#batch(space.number, rename(space.tunnel ?? tunnel, tunnel));
    this.#unsettled.add(lan).add(space.number);
    this.#renew(space.number);
    space.tunnel = tunnel;
  }

  /** What it was made by counts no more. */
  #renew(number: number | null): void {
    for (const space of this.#spaces) {
      if (space.number === number) [space.batch, space.sysctls] = ['', ''];
    }
  }

  #route(blueprint: Blueprint): void {
    const batch = lanBatch(blueprint);
    const rules = ([4, 6] as const).map((family) => lanRules(blueprint, family));
    const all = JSON.stringify([batch, rules]);
    if (all === this.#lanBatch) return;
    this.#batch(lan, batch);
    this.#batch(lan, rules[0] ?? []);
    this.#batch(lan, rules[1] ?? [], '-6');
    this.#lanBatch = all;
  }

  /** Whether it is another machine now. */
  #become(machine: Machine, batch: string, space: Space): boolean {
    const sysctls = machineSysctls(machine.sysctls);
    if (JSON.stringify(sysctls) !== space.sysctls) this.#write(space.number, sysctls);
    space.sysctls = JSON.stringify(sysctls);
    const isSame = space.was === machine.name;
    space.was = machine.name;
    if (batch === space.batch) return false;
    const lines = batch.split('\n');
    const was = space.batch.split('\n');
    this.#batch(space.number, (isSame ? changeOf(was, lines) : null) ?? lines);
    space.batch = batch;
    return true;
  }

  #batch(space: number, batch: Batch, ...flags: readonly string[]): void {
    saidBy(['ip', ...flags], this.#agent.ip(space, batch, ...flags));
  }

  #run(space: number, argv: readonly string[], input = ''): string {
    return saidBy(argv, this.#agent.run(space, argv, input));
  }

  #write(space: number, files: Files): void {
    this.#agent.askAll([writing(space, files)]);
  }
}

/** Sets that packets put elements into. */
function dynamicSets({ rules }: Space): readonly NftSetName[] {
  return [...rules.values()].flatMap(({ dynamicSets: sets = [] }) => sets);
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function begunWords({ proto, source, destination }: Begun): string {
  const [from, to] = [source, destination].map(({ addr, port }) => formatEndpoint(addr, port));
  return `${proto} ${from} ${to}`;
}

const rank = (machine: Machine): number => (machine.name.startsWith('pod/') ? 1 : 0);

function adding(line: string): string {
  const [family, table, set, address] = line.split(' ');
  return `add element ${family} ${table} ${set} { ${address} }\n`;
}
