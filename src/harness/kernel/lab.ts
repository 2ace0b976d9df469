// A cluster's machines as network namespaces of the running Linux kernel: brings them to what a blueprint and the
// nodes' rules say, changing only what differs from the last time, and lets real sockets talk. Judges nothing: how a
// flow ended is told as the kernel told it (ends.ts reads it). Namespaces that a blueprint does not need stay for later.
import type { Blueprint } from '../../fabric/blueprint.ts';
import { BRIDGE, UPLINK } from '../../fabric/wiring.ts';
import { type Addr, formatAddr } from '../../net/addr.ts';
import { type Proto, protoName } from '../../net/packet.ts';
import type { Machine } from '../../node/machine.ts';
import { Agent } from './agent.ts';
import { type End, endOf } from './ends.ts';
import { type Batch, LAN_BRIDGE, lanBatch, lanRules, machineBatch } from './layout.ts';
import { Listeners } from './listeners.ts';
import type { NftSetName, RuleText } from './rules.ts';
import { machineSysctls, spaceSysctls } from './sysctls.ts';

export interface LabDial {
  /** Machine or host-network Pod. */
  readonly from: string;
  readonly proto: Proto;
  readonly to: Addr;
  readonly port: number;
  /** 0: the kernel's choice. */
  readonly sourcePort: number;
  readonly deadlineMs: number;
}

/** Flows that are under way at once: their ends must fit into a pipe that nobody reads yet. */
const flightMax = 200;
const lan = 0;
const recentFolder = '/proc/self/net/xt_recent';
/** Pods' namespaces on a node (or nodes', or hosts') before free ones are made into others. */
const spareMax = 32;
/** Looks at a bridge until its ports are open; each takes milliseconds. */
const portTriesMax = 200;

type Kind = 'node' | 'host' | 'pod';

interface Space {
  readonly number: number;
  readonly kind: Kind;
  /** Of a Pod: its node's namespace. */
  readonly on: number | null;
  /** The machine that it is now. */
  machine: string | null;
  plugged: boolean;
  batch: string;
  sysctls: string;
  /** By tool, as it is called. */
  readonly rules: Map<string, RuleText>;
}

export class Lab {
  readonly #agent = new Agent();
  readonly #spaces: Space[] = [];
  readonly #listeners = new Listeners(this.#agent);
  #lanBatch = '';
  /** Namespaces that got a cable plugged in since somebody looked whether it carries. */
  readonly #unsettled = new Set<number>();
  #aliases = new Map<string, string>();
  #flights = 0;
  /** Of flows that nobody has asked about yet. */
  readonly #ends = new Map<number, End>();

  constructor() {
    this.#write(lan, spaceSysctls);
    this.#batch(lan, [
      'link set lo up',
      `link add ${LAN_BRIDGE} type bridge mcast_snooping 0`,
      `link set ${LAN_BRIDGE} address 02:00:00:00:ff:01 up`,
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
    const changed = new Set(this.#plug());
    for (const [machine, space] of spaces) {
      if (this.#become(machine, batches.get(machine) ?? '', space)) changed.add(space.on ?? lan);
    }
    this.#awaitPorts();
    this.#forgetNeighbours(changed);
    for (const [machine, space] of spaces) {
      if (!machine.name.startsWith('node/')) continue;
      for (const rules of rulesOf(machine.name.slice('node/'.length))) this.#load(space, rules);
    }
    this.#aliases = new Map(blueprint.aliases.map(({ name, machine }) => [name, machine]));
    this.#listeners.bring(blueprint, (machine) => this.#spaceOf(machine).number);
  }

  /** Forgets every connection and everything that was seen lately. */
  forget(): void {
    for (const { number, machine, rules } of this.#spaces) {
      if (machine?.startsWith('node/') !== true) continue;
      this.#flush(number);
      this.#empty(
        number,
        [...rules.values()].flatMap(({ dynamicSets }) => dynamicSets ?? []),
      );
      this.#write(number, [[`${recentFolder}/*`, '/']]);
    }
  }

  flushConntrack(): void {
    for (const { number, kind } of this.#spaces) if (kind === 'node') this.#flush(number);
  }

  /** Makes a node's recent lists hold these entries, "LIST ADDRESS" each, and no others. */
  writeRecent(node: string, lines: readonly string[]): void {
    const entries = lines.map((line): [string, string] => {
      const [list = '', address = ''] = line.split(' ');
      return [`${recentFolder}/${list}`, `+${address}`];
    });
    this.#write(this.#spaceOf(node).number, [[`${recentFolder}/*`, '/'], ...entries]);
  }

  /** The machine whose network a Pod, node or host is in. */
  networkOf(machine: string): string {
    return this.#aliases.get(machine) ?? machine;
  }

  /** Begins a flow; its number. */
  start(dial: LabDial): number {
    const id = this.#flights++;
    const { number } = this.#spaceOf(dial.from);
    const { proto, to, port, sourcePort, deadlineMs } = dial;
    const words = [protoName(proto).toUpperCase(), formatAddr(to), port, sourcePort, deadlineMs];
    this.#agent.send(['dial', id, number, ...words]);
    return id;
  }

  /** Waits until a flow has ended, and its port is free again. */
  hold(id: number): End {
    for (;;) {
      const end = this.#ends.get(id);
      if (end !== undefined) return end;
      const [ended = '', ...words] = this.#agent.expect('end');
      this.#ends.set(Number(ended), endOf(words, this.#listeners));
    }
  }

  /** The same, and forgets it. */
  end(id: number): End {
    const end = this.hold(id);
    this.#ends.delete(id);
    return end;
  }

  /** Makes flows, many at once, and says how each ended. */
  dial(dials: readonly LabDial[]): readonly End[] {
    const ends: End[] = [];
    const ids: number[] = [];
    while (ends.length < dials.length) {
      const next = dials[ids.length];
      if (next !== undefined && ids.length - ends.length < flightMax) ids.push(this.start(next));
      else ends.push(this.end(ids[ends.length] ?? -1));
    }
    return ends;
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
    const on = kind === 'pod' ? this.#spaceOf(nodeOf(machine)).number : null;
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

  /** Pulls the cables of namespaces that no machine has now, plugs in the others; says which bridges saw a change. */
  #plug(): readonly number[] {
    const lines = new Map<number, string[]>();
    for (const space of this.#spaces) {
      const wanted = space.machine !== null;
      if (space.plugged === wanted) continue;
      const line = `link set v${space.number} ${wanted ? 'up' : 'down'}`;
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
      let waiting: readonly string[] = [];
      for (let tries = 0; tries < portTriesMax; tries++) {
        const said = this.#run(number, ['ip', '-o', '-d', 'link', 'show']);
        waiting = said.split('\n').filter(isUnsettled);
        if (waiting.length === 0) break;
      }
      if (waiting.length > 0) throw new Error(`the lab's cables do not carry: ${waiting[0]}`);
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
    const space = {
      number: Number(number),
      kind,
      on,
      machine: null,
      plugged: true,
      batch: '',
      sysctls: '',
      rules: new Map(),
    };
    this.#spaces.push(space);
    this.#write(space.number, spaceSysctls);
    const wire = `v${number}`;
    const [bridge, hairpin] =
      kind === 'pod'
        ? [BRIDGE, [`link set ${wire} type bridge_slave hairpin on`]]
        : [LAN_BRIDGE, []];
    this.#batch(on ?? lan, [
      `link add ${wire} type veth peer name ${UPLINK} netns /proc/1/fd/${file}`,
      `link set ${wire} master ${bridge}`,
      ...hairpin,
      `link set ${wire} up`,
    ]);
    this.#unsettled.add(on ?? lan).add(space.number);
    const hex = Number(number).toString(16).padStart(4, '0');
    const mac = `02:00:00:00:${hex.slice(0, 2)}:${hex.slice(2)}`;
    this.#batch(space.number, [
      'link set lo up',
      `link set ${UPLINK} address ${mac} up`,
      ...(kind === 'node'
        ? [
            `link add ${BRIDGE} type bridge mcast_snooping 0`,
            `link set ${BRIDGE} address ${mac.replace(/^02/, '06')} up`,
          ]
        : []),
    ]);
    return space;
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
    if (batch === space.batch) return false;
    this.#batch(space.number, batch.split('\n'));
    space.batch = batch;
    return true;
  }

  #load(space: Space, rules: RuleText): void {
    const name = rules.tool.join(' ');
    if (space.rules.get(name)?.text === rules.text) return;
    this.#run(space.number, rules.tool, rules.text);
    space.rules.set(name, rules);
  }

  #batch(space: number, batch: Batch, ...flags: readonly string[]): void {
    this.#run(space, ['ip', ...flags, '-batch', '-'], `${batch.join('\n')}\n`);
  }

  #run(space: number, argv: readonly string[], input = ''): string {
    const { status, said } = this.#agent.run(space, argv, input);
    if (status === 0) return said;
    throw new Error(`${argv.join(' ')} failed with ${status}: ${said.trim()}`);
  }

  #write(space: number, files: readonly (readonly [path: string, value: string])[]): void {
    const [failed = ''] = this.#agent.ask(['write', space, ...files.flat()], 'wrote');
    if (failed !== '') throw new Error(`the lab could not be set up: ${failed}`);
  }

  #empty(space: number, sets: readonly NftSetName[]): void {
    if (sets.length === 0) return;
    const words = sets.flatMap(({ family, table, set }) => [family, table, set]);
    const [failed = ''] = this.#agent.ask(['empty', space, ...words], 'emptied');
    if (failed !== '') throw new Error(`sets could not be emptied: ${failed}`);
  }

  #flush(space: number): void {
    const [failed = ''] = this.#agent.ask(['flush', space], 'flushed');
    if (failed !== '') throw new Error(`conntrack could not be flushed: ${failed}`);
  }
}

function kindOf({ name }: Machine): Kind {
  return name.slice(0, name.indexOf('/')) as Kind;
}

/** A line of `ip -o -d link`: a device that is up and has a carrier which its packets do not get to yet, or a bridge's
 * port without one. */
function isUnsettled(line: string): boolean {
  if (!/^\d+: \S+ <[^>]*\bUP\b/.test(line)) return false;
  if (line.includes(' bridge_slave ') && !line.includes(' bridge_slave state forwarding ')) {
    return true;
  }
  return /<[^>]*\bLOWER_UP\b/.test(line) && !/ state (?:UP|UNKNOWN) /.test(line);
}

const rank = (machine: Machine): number => (kindOf(machine) === 'pod' ? 1 : 0);

/** "node/n1": the node on whose bridge a Pod stands. */
function nodeOf({ devices }: Machine): string {
  const wire = devices[0]?.wire ?? '';
  return `node/${wire.slice('bridge/'.length)}`;
}
