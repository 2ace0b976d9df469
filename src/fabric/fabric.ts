// Every machine of a cluster and its surroundings, and the wires between them: the node LAN with the outside hosts behind a
// router, and pods as the network's data says. Packets move over it (carry.ts, dial.ts); forkable and clock-free.
import { type Addr, familyOf, formatAddr } from '../net/addr.ts';
import type { PodNetwork } from '../net/pod-network.ts';
import type { Ipvs } from '../netfilter/ipvs/ipvs.ts';
import type { FlowEntry, Netfilter } from '../netfilter/netfilter.ts';
import type { RuleSource } from '../netfilter/rule.ts';
import type { DialRequest, DialResult } from '../node/dial.ts';
import { alone, type Machine, nodeSysctls, type Route, type Sysctls } from '../node/machine.ts';
import { clashes, type Socket } from '../node/socket.ts';
import { Table } from '../sim/table.ts';
import { Announced, type Announcement } from './announced.ts';
import { type Blueprint, blueprintOf } from './blueprint.ts';
import { Connections } from './connections.ts';
import { dial } from './dial.ts';
import { Claims, ownAddresses, withFloating } from './floating.ts';
import type { Peer } from './icmp-limit.ts';
import { type LinkState, linkKey } from './link.ts';
import type { Moment } from './moment.ts';
import { Netfilters } from './netfilters.ts';
import { PodRoutes } from './pod-routes.ts';
import {
  addressKey,
  type HostWiring,
  hostMachine,
  type NodeWiring,
  nodeMachine,
  nodeOfWire,
  type PodWiring,
  podMachine,
  UPLINK,
  withLeg,
  withoutLeg,
} from './wiring.ts';

export interface FabricOptions {
  /** `machine`: whose it is, "node/node01". */
  readonly createNetfilter: (rules: RuleSource, machine: string) => Netfilter;
  readonly network: PodNetwork;
}

export class Fabric {
  readonly #options: FabricOptions;
  #machines = new Table<Machine>();
  /** Owner of every address, by `addressKey`. */
  #owners = new Table<string>();
  /** Machine -> its listening sockets. */
  #sockets = new Table<readonly Socket[]>();
  /** Host-network pod -> its node's machine. */
  #aliases = new Table<string>();
  #netfilters: Netfilters;
  /** Machine -> next ephemeral port. */
  #ports = new Table<number>();
  #links = new Table<LinkState>();
  #down = new Table<true>();
  #podRoutes = new PodRoutes();
  /** Whom a machine may send ICMP errors, where that is limited. */
  peers = new Table<Peer>();
  /** What clients keep open. */
  connections = new Connections();
  /** Who gets what is sent to addresses of no machine. */
  announced = new Announced();
  /** Who gets what is for floating addresses. */
  claims = new Claims();

  constructor(options: FabricOptions) {
    this.#options = options;
    this.#netfilters = new Netfilters(options.createNetfilter);
  }

  /** How pods are wired. */
  get network(): PodNetwork {
    return this.#options.network;
  }

  /** A copy that shares everything until one side writes; never changes its parent. */
  fork(): Fabric {
    const copy = new Fabric(this.#options);
    copy.#machines = this.#machines.fork();
    copy.#owners = this.#owners.fork();
    copy.#sockets = this.#sockets.fork();
    copy.#aliases = this.#aliases.fork();
    copy.#netfilters = this.#netfilters.fork();
    copy.#ports = this.#ports.fork();
    copy.#links = this.#links.fork();
    copy.#down = this.#down.fork();
    copy.announced = this.announced.fork();
    copy.#podRoutes = this.#podRoutes.fork();
    copy.peers = this.peers.fork();
    copy.connections = this.connections.fork();
    copy.claims = this.claims.fork();
    return copy;
  }

  /** Adds a node, or gives it other addresses or pod ranges. Names have no prefix: "node01". */
  addNode(node: NodeWiring): void {
    const name = `node/${node.name}`;
    const before = this.#machines.get(name);
    if (before !== undefined) this.#disown(before);
    const sysctls = before?.sysctls ?? nodeSysctls;
    this.#put({ ...nodeMachine(node, this.network, before), sysctls });
    this.#podRoutes.giveRanges(name, node.podCIDRs);
  }

  /** Takes the node's pod ranges and rules away and turns it off. The machine stays: for its pods, or to be added again. */
  retireNode(node: string): void {
    const { name } = this.#machine(`node/${node}`);
    this.#podRoutes.dropRanges(name);
    this.#netfilters.drop(name);
    this.#down.set(name, true);
  }

  /** Adds an outside host: it reaches nodes, other hosts and announced addresses, and what its routes say. */
  addHost(host: HostWiring): void {
    const routes = host.routes.map((route): Route => {
      const via = this.addressOf(`node/${route.via}`, route.to.low);
      if (via === undefined)
        throw new Error(`host "${host.name}": no node "${route.via}" to route via`);
      return { to: route.to, device: UPLINK, via };
    });
    this.#put(hostMachine(host, routes));
  }

  /** Takes an outside host away. */
  removeHost(name: string): void {
    const machine = this.#machines.get(`host/${name}`);
    if (machine !== undefined) this.#forget(machine);
  }

  /** Wires a pod. An address outside its node's range gets a host route on every node. */
  addPod(pod: PodWiring): void {
    const name = `pod/${pod.key}`;
    const node = this.#machine(`node/${pod.node}`);
    if (pod.hostNetwork) {
      this.#aliases.set(name, node.name);
      return;
    }
    const ranges = this.#podRoutes.rangesOf(node.name);
    this.#put(podMachine(pod, ranges, this.network));
    if (this.network.leg.kind === 'veth') {
      this.#edit(node.name, (before) => withLeg(before, pod, ranges, this.network));
    }
    this.#podRoutes.addPod(node.name, pod.addresses);
  }

  removePod(key: string): void {
    const name = `pod/${key}`;
    if (this.#aliases.has(name)) {
      this.unlisten(name, () => true);
      this.#aliases.delete(name);
      return;
    }
    const machine = this.#machines.get(name);
    if (machine === undefined) return;
    for (const { wire, addresses } of machine.devices) {
      this.#podRoutes.removePod(addresses);
      const node = this.network.leg.kind === 'veth' ? nodeOfWire(wire) : undefined;
      if (node !== undefined) this.#edit(node, (before) => withoutLeg(before, wire));
    }
    this.#forget(machine);
  }

  /** Makes a device that leads nowhere and holds exactly these addresses. */
  setDummy(machine: string, device: string, addresses: readonly Addr[]): void {
    const dummy = { name: device, wire: '', addresses: addresses.map(alone) };
    this.#edit(machine, (before) => ({
      ...before,
      devices: before.devices.some((d) => d.name === device)
        ? before.devices.map((d) => (d.name === device ? dummy : d))
        : [...before.devices, dummy],
    }));
  }

  /** Removes a device with its addresses. */
  removeDevice(machine: string, device: string): void {
    this.#edit(machine, (before) => ({
      ...before,
      devices: before.devices.filter((d) => d.name !== device),
    }));
  }

  /** Gives a machine's LAN device exactly these floating addresses, behind its own ones. */
  setFloating(machine: string, addresses: readonly Addr[]): void {
    this.#edit(machine, (before) => withFloating(before, addresses));
  }

  setSysctls(node: string, sysctls: Partial<Sysctls>): void {
    this.#edit(`node/${node}`, (before) => ({
      ...before,
      sysctls: { ...before.sysctls, ...sysctls },
    }));
  }

  /** Loads a rule set on a node, for the family it names; conntrack and recent lists stay. */
  setRules(node: string, rules: RuleSource): void {
    this.loadRules(`node/${node}`, rules);
  }

  /** As setRules, on any machine. */
  loadRules(machine: string, rules: RuleSource): void {
    this.#netfilters.load(this.#machine(machine).name, rules);
  }

  /** A host starts anew: what netfilter kept is gone, rules are as they were loaded. */
  reboot(machine: string): void {
    this.#netfilters.restart(this.#machine(machine).name);
  }

  /** Opens a socket; false when the port is taken (EADDRINUSE). `owner` is filled in. */
  listen(machine: string, socket: Omit<Socket, 'owner'>): boolean {
    const name = this.machineOf(machine);
    const open = this.#sockets.get(name) ?? [];
    const added = { ...socket, owner: machine };
    if (open.some((other) => clashes(other, added))) return false;
    this.#sockets.set(name, [...open, added]);
    return true;
  }

  /** Closes the machine's (or host-network pod's) sockets that `which` says. */
  unlisten(machine: string, which: (socket: Socket) => boolean): void {
    const name = this.machineOf(machine);
    const open = this.#sockets.get(name) ?? [];
    const kept = open.filter((socket) => socket.owner !== machine || !which(socket));
    if (kept.length !== open.length) this.#sockets.set(name, kept);
  }

  sockets(machine: string): readonly Socket[] {
    return this.#sockets.get(this.machineOf(machine)) ?? [];
  }

  /** The state of the wire between two machines that are neighbours: on the LAN, or a pod and its node. */
  setLink(a: string, b: string, state: LinkState): void {
    const one = this.#machine(this.machineOf(a));
    const two = this.#machine(this.machineOf(b));
    if (!one.devices.some((d) => d.wire !== '' && two.devices.some((e) => e.wire === d.wire))) {
      throw new Error(
        `"${a}" and "${b}" share no wire: name a node, a host, or a pod and its node`,
      );
    }
    if (state.kind === 'restored') this.#links.delete(linkKey(one.name, two.name));
    else this.#links.set(linkKey(one.name, two.name), state);
  }

  link(a: string, b: string): LinkState | undefined {
    return this.#links.size === 0 ? undefined : this.#links.get(linkKey(a, b));
  }

  /** The machine (a node with all its pods' way out, or a host) is off: it neither answers nor forwards. */
  setDown(machine: string, down: boolean): void {
    if (down) this.#down.set(this.machineOf(machine), true);
    else this.#down.delete(this.machineOf(machine));
  }

  isDown(machine: string): boolean {
    return this.#down.size > 0 && this.#down.has(machine);
  }

  readonly hasFaults = () => this.#links.size + this.#down.size > 0;

  /** Says which nodes get what the outside sends to this address; null: nobody. */
  announce(value: Addr, announcement: Announcement | null): void {
    this.announced.set(value, announcement);
  }

  /** One attempt of a client, packet by packet. */
  dial(request: DialRequest, moment: Moment): DialResult {
    return dial(this, request, moment);
  }

  /** Lines as `conntrack -L` prints them on this machine; empty where no rule was ever loaded. */
  conntrack(machine: string, nowMs: number, shows?: (entry: FlowEntry) => boolean) {
    const own = this.#netfilters.both(this.machineOf(machine));
    return own.flatMap((netfilter) => netfilter.conntrackList(nowMs, shows));
  }

  /** The live conntrack entries of a machine, oldest first, IPv4 before IPv6. */
  flows(machine: string, nowMs: number): readonly FlowEntry[] {
    return this.#netfilters.both(this.machineOf(machine)).flatMap((n) => n.entries(nowMs));
  }

  /** `conntrack -D` on a machine: deletes the entries that `matches` picks; how many. */
  deleteFlows(machine: string, matches: (entry: FlowEntry) => boolean, nowMs: number): number {
    return this.#netfilters.deleteFlows(this.machineOf(machine), matches, nowMs);
  }

  /** Whether any machine keeps a recent list, which is lost with the rules that write it. */
  remembers(): boolean {
    return this.#netfilters.remember();
  }

  /** "pod/demo/web-1", "node/node01", "host/laptop"; undefined: nobody's address. */
  ownerOf(value: Addr): string | undefined {
    return this.#owners.get(addressKey(value)) ?? this.claims.of(value);
  }

  machine(name: string): Machine | undefined {
    return this.#machines.get(name);
  }

  /** The machine a name stands for: a host-network pod's is its node's. Throws when there is none. */
  machineOf(name: string): string {
    return this.#machine(this.#aliases.get(name) ?? name).name;
  }

  /** Whether the name is a machine or a host-network pod. */
  has(name: string): boolean {
    return this.#aliases.has(name) || this.#machines.has(name);
  }

  /** The machine's first address of the same family. */
  addressOf(name: string, like: Addr): Addr | undefined {
    const devices = this.#machines.get(name)?.devices ?? [];
    for (const device of devices) {
      const found = device.addresses.find((a) => familyOf(a.addr) === familyOf(like));
      if (found !== undefined) return found.addr;
    }
    return undefined;
  }

  /** The node that a pod address or range is routed to; the longest prefix wins. */
  podRoute(to: Addr): { readonly node: string; readonly bits: number } | undefined {
    return this.#podRoutes.find(to);
  }

  /** The machine's netfilter for a family, ready to be changed; undefined: no rule was ever loaded. */
  netfilter(machine: string, family: 4 | 6): Netfilter | undefined {
    return this.#netfilters.of(machine, family);
  }

  /** The machine's virtual services of a family, ready to be changed. */
  ipvs(machine: string, family: 4 | 6): Ipvs {
    return this.#netfilters.always(this.machineOf(machine), family).ipvs;
  }

  /** The next ephemeral source port of a machine: 32768, 32769, ... 60999, and round. */
  takePort(machine: string): number {
    const port = this.#ports.get(machine) ?? 32768;
    this.#ports.set(machine, port === 60999 ? 32768 : port + 1);
    return port;
  }

  /** Counts every change of machines, wires, sockets and rules: while it stands still, new flows meet what others met. */
  get changes(): number {
    const owners = this.#owners.writes + this.#aliases.writes + this.#podRoutes.writes;
    const wires = this.#links.writes + this.#down.writes + this.announced.writes;
    const local = this.#machines.writes + this.#sockets.writes + this.#netfilters.writes;
    return local + owners + wires + this.claims.writes;
  }

  /** Everything that is needed to build the same elsewhere. */
  blueprint(): Blueprint {
    return blueprintOf({
      network: this.network,
      machines: this.#machines,
      sockets: this.#sockets,
      aliases: this.#aliases,
      podRoutes: this.#podRoutes,
      announced: this.announced,
      claims: this.claims,
      down: this.#down,
      links: this.#links,
    });
  }

  #machine(name: string): Machine {
    const machine = this.#machines.get(name);
    if (machine === undefined) throw new Error(`there is no machine "${name}"`);
    return machine;
  }

  #put(machine: Machine): void {
    this.#machines.set(machine.name, machine);
    for (const value of ownAddresses(machine)) {
      const owner = this.ownerOf(value);
      if (owner !== undefined && owner !== machine.name) {
        throw new Error(`${formatAddr(value)} of ${machine.name} belongs to ${owner}`);
      }
      this.#owners.set(addressKey(value), machine.name);
    }
  }

  #edit(name: string, change: (before: Machine) => Machine): void {
    const before = this.#machine(name);
    this.#disown(before);
    this.#put(change(before));
  }

  #disown(machine: Machine): void {
    for (const value of ownAddresses(machine)) this.#owners.delete(addressKey(value));
  }

  #forget(machine: Machine): void {
    this.#disown(machine);
    if (this.connections.size > 0) this.connections.dropMachine(machine.name);
    this.#machines.delete(machine.name);
    this.#sockets.delete(machine.name);
    this.#ports.delete(machine.name);
    this.#down.delete(machine.name);
  }
}
