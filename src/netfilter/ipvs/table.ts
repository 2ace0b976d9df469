// One namespace's virtual services of one address family, their destinations, connections and counters: what rule
// writers change and packets use. Copy-on-write; everything kept is immutable. What a packet does to it stands in
// packets.ts. Models ip_vs_ctl.c and the counting parts of ip_vs_conn.c.
import type { Packet } from '../../net/packet.ts';
import type { Choices } from '../../sim/choices.ts';
import { Table } from '../../sim/table.ts';
import { type Connection, Connections, type Template, viewOf } from './connections.ts';
import { word } from './hashing.ts';
import type { Ipvs } from './ipvs.ts';
import { endOrphans } from './orphans.ts';
import type { SchedulerState, Server, Servers } from './scheduler.ts';
import { schedulerOf } from './schedulers.table.ts';
import {
  type ConnectionView,
  type Destination,
  type DestinationKey,
  type DestinationStatus,
  type IpvsError,
  type IpvsSysctls,
  type IpvsTimeouts,
  noStats,
  type SchedulerName,
  type ServiceKey,
  type ServiceStatus,
  type Stats,
  sysctlDefaults,
  timeoutDefaults,
  type VirtualService,
} from './service.ts';

/** A service and its destinations, newest first. */
export interface Entry {
  readonly key: string;
  readonly service: VirtualService;
  readonly servers: Servers;
  /** Counts up: later ones stand first in their place of the kernel's hash table. */
  readonly order: number;
}

/** Live connections and templates of a destination. */
interface Counts {
  readonly active: number;
  readonly inactive: number;
  readonly persistent: number;
}

const noCounts: Counts = { active: 0, inactive: 0, persistent: 0 };

export function serviceKey({ proto, addr, port }: ServiceKey): string {
  return `${proto} ${addr} ${port}`;
}

export function serverKey(service: string, { addr, port }: DestinationKey): string {
  return `${service} ${addr} ${port}`;
}

/** A namespace without services. */
export function createIpvs(orphans: Orphans = 'ended'): IpvsTable {
  const state: State = {
    services: new Table(),
    running: new Table(),
    counts: new Table(),
    stats: new Table(),
    connections: new Connections(),
  };
  return new IpvsTable(state, orphans);
}

/** What becomes of connections whose server is deleted while vs.expire_nodest_conn is set: before Linux 5.9 each waits for
 * its next packet, since then all end a jiffy later. */
export type Orphans = 'kept' | 'ended';

interface State {
  readonly services: Table<Entry>;
  /** What the schedulers remember, where it is not what they begin with. */
  readonly running: Table<SchedulerState>;
  readonly counts: Table<Counts>;
  /** Of services and of destinations, by key. */
  readonly stats: Table<Stats>;
  readonly connections: Connections;
}

export class IpvsTable implements Ipvs {
  readonly #state: State;
  #sysctls: IpvsSysctls = sysctlDefaults;
  #timeouts: IpvsTimeouts = timeoutDefaults;
  #nextId = 1;
  readonly #orphans: Orphans;
  /** A server was deleted since somebody looked. */
  #hasOrphans = false;
  /** What becomes of the conntrack entry of a connection that ends (ip_vs_conn_drop_conntrack). */
  untrack: (connection: Connection) => void = () => {};

  constructor(state: State, orphans: Orphans) {
    this.#state = state;
    this.#orphans = orphans;
  }

  fork(): IpvsTable {
    const { services, running, counts, stats, connections } = this.#state;
    const state: State = {
      services: services.fork(),
      running: running.fork(),
      counts: counts.fork(),
      stats: stats.fork(),
      connections: connections.fork(),
    };
    const copy = new IpvsTable(state, this.#orphans);
    copy.#hasOrphans = this.#hasOrphans;
    copy.#sysctls = this.#sysctls;
    copy.#timeouts = this.#timeouts;
    copy.#nextId = this.#nextId;
    return copy;
  }

  /** Whether packets are looked at: hooks are there while any service is. */
  get isBusy(): boolean {
    return this.#state.services.size > 0;
  }

  get connectionTable(): Connections {
    return this.#state.connections;
  }

  get sysctls(): IpvsSysctls {
    return this.#sysctls;
  }

  setSysctls(change: Partial<IpvsSysctls>): void {
    this.#sysctls = { ...this.#sysctls, ...change };
  }

  get timeouts(): IpvsTimeouts {
    return this.#timeouts;
  }

  setTimeouts(change: Partial<IpvsTimeouts>): void {
    this.#timeouts = { ...this.#timeouts, ...change };
  }

  services(): readonly ServiceStatus[] {
    const all = [...this.#state.services.values()].map((entry) => ({
      entry,
      place: hashPlace(entry.service),
    }));
    all.sort((a, b) => a.place - b.place || b.entry.order - a.entry.order);
    return all.map(({ entry }) => this.#status(entry));
  }

  service(key: ServiceKey): ServiceStatus | undefined {
    const entry = this.entry(serviceKey(key));
    return entry && this.#status(entry);
  }

  entry(key: string): Entry | undefined {
    return this.#state.services.get(key);
  }

  addService(service: VirtualService): IpvsError | null {
    const key = serviceKey(service);
    const scheduler = schedulerNamed(service.scheduler);
    if (scheduler === undefined) return 'Scheduler or persistence engine not found';
    if (this.entry(key) !== undefined) return 'Service already exists';
    this.#state.services.set(key, { key, service, servers: [], order: this.#nextId++ });
    return null;
  }

  updateService(service: VirtualService): IpvsError | null {
    const key = serviceKey(service);
    const entry = this.entry(key);
    if (entry === undefined) return 'No such service';
    const scheduler = schedulerNamed(service.scheduler);
    if (scheduler === undefined) return 'Scheduler or persistence engine not found';
    this.#state.services.set(key, { ...entry, service });
    if (entry.service.scheduler !== service.scheduler) {
      this.#state.running.set(key, schedulerOf[scheduler].start(entry.servers));
    }
    return null;
  }

  deleteService(key: ServiceKey): IpvsError | null {
    const entry = this.entry(serviceKey(key));
    if (entry === undefined) return 'No such service';
    this.#hasOrphans = true;
    this.#state.services.delete(entry.key);
    this.#state.running.delete(entry.key);
    this.#state.stats.delete(entry.key);
    for (const server of entry.servers) this.#state.stats.delete(server.key);
    return null;
  }

  flush(): void {
    for (const { service } of [...this.#state.services.values()]) this.deleteService(service);
  }

  destinations(service: ServiceKey, nowMs: number): readonly DestinationStatus[] {
    this.settle(nowMs);
    const entry = this.entry(serviceKey(service));
    return (entry?.servers ?? []).map(({ key, addr, port, weight }) => {
      const stats = this.#state.stats.get(key) ?? noStats;
      return { addr, port, weight, ...this.counts(key), stats };
    });
  }

  addDestination(service: ServiceKey, destination: Destination, nowMs: number): IpvsError | null {
    const entry = this.entry(serviceKey(service));
    if (entry === undefined) return 'No such service';
    if (findServer(entry, destination) !== undefined) return 'Destination already exists';
    const { weight } = destination;
    const key = serverKey(entry.key, destination);
    this.expire(nowMs);
    if (!this.#state.counts.has(key)) this.#state.stats.delete(key);
    const server = { key, ...destination, lastWeight: weight };
    this.#change(entry, [server, ...entry.servers]);
    return null;
  }

  updateDestination(service: ServiceKey, destination: Destination): IpvsError | null {
    const entry = this.entry(serviceKey(service));
    if (entry === undefined) return 'No such service';
    const known = findServer(entry, destination);
    if (known === undefined) return 'No such destination';
    const { weight } = destination;
    const changed = { ...known, weight, lastWeight: weight === 0 ? known.lastWeight : weight };
    this.#change(
      entry,
      entry.servers.map((server) => (server === known ? changed : server)),
    );
    return null;
  }

  deleteDestination(service: ServiceKey, destination: DestinationKey): IpvsError | null {
    const entry = this.entry(serviceKey(service));
    if (entry === undefined) return 'No such service';
    const known = findServer(entry, destination);
    if (known === undefined) return 'No such destination';
    this.#hasOrphans = true;
    this.#change(
      entry,
      entry.servers.filter((server) => server !== known),
    );
    return null;
  }

  connections(nowMs: number): readonly ConnectionView[] {
    this.settle(nowMs);
    return this.#state.connections.all().map(viewOf);
  }

  /** The destination's live entries. */
  counts(server: string): Counts {
    return this.#state.counts.get(server) ?? noCounts;
  }

  count(server: string, change: Partial<Counts>): void {
    const { active, inactive, persistent } = this.counts(server);
    const next = {
      active: active + (change.active ?? 0),
      inactive: inactive + (change.inactive ?? 0),
      persistent: persistent + (change.persistent ?? 0),
    };
    const { counts } = this.#state;
    if (next.active === 0 && next.inactive === 0 && next.persistent === 0) counts.delete(server);
    else counts.set(server, next);
  }

  /** Adds to the numbers of a destination and of its service, while both are there. */
  addStats(service: string, server: string, add: Partial<Stats>): void {
    if (this.serverOf({ service, server }) === undefined) return;
    for (const key of [service, server]) {
      const now = this.#state.stats.get(key) ?? noStats;
      this.#state.stats.set(key, {
        conns: now.conns + (add.conns ?? 0),
        inPkts: now.inPkts + (add.inPkts ?? 0),
        outPkts: now.outPkts + (add.outPkts ?? 0),
        inBytes: now.inBytes + (add.inBytes ?? 0),
        outBytes: now.outBytes + (add.outBytes ?? 0),
      });
    }
  }

  /** The destination that a connection is bound to; undefined: it was deleted (IP_VS_DEST_F_AVAILABLE is not set). */
  serverOf({ service, server }: Pick<Connection, 'service' | 'server'>): Server | undefined {
    return this.entry(service)?.servers.find(({ key }) => key === server);
  }

  /** Lets the service's scheduler pick; null: no destination takes a connection now. */
  schedule(entry: Entry, packet: Packet, choices: Choices, nowMs: number): Server | null {
    const { service, servers } = entry;
    const scheduler = schedulerOf[service.scheduler as SchedulerName];
    const before = this.#state.running.get(entry.key) ?? scheduler.start(servers);
    const { server, state } = scheduler.pick(before, {
      servers,
      flags: service.flags,
      src: packet.src,
      sport: packet.sport,
      dst: packet.dst,
      choices,
      nowMs,
      active: ({ key }) => this.counts(key).active,
      inactive: ({ key }) => this.counts(key).inactive,
    });
    if (state !== before) this.#state.running.set(entry.key, state);
    return server;
  }

  nextId(): number {
    return this.#nextId++;
  }

  /** Brings the namespace to this moment: whoever deletes a server and adds it at once finds its connections alive. */
  settle(nowMs: number): void {
    this.expire(nowMs);
    if (!this.#hasOrphans) return;
    this.#hasOrphans = false;
    if (this.#orphans === 'ended' && this.#sysctls.expireNodestConn) endOrphans(this);
  }

  /** Lets all that is due by now expire. A template stays, 60 seconds at a time, while it has connections. */
  expire(nowMs: number): void {
    this.#state.connections.expire(nowMs, (entry, atMs) => {
      if (entry.kind === 'connection') this.end(entry);
      else if (entry.controls > 0) {
        const timeoutMs = templateAgainMs;
        const expiresMs = atMs + timeoutMs;
        this.#state.connections.put({ ...entry, timeoutMs, expiresMs, dueMs: never }, false);
      } else this.endTemplate(entry);
    });
  }

  /** Keeps a template where nobody finds it (ip_vs_check_template): a new one takes its place. */
  setAside(template: Template): void {
    this.#state.connections.hide({ ...template, vport: 65535, dport: 65535 });
  }

  endTemplate(template: Template): void {
    this.#state.connections.remove(template);
    this.count(template.server, { persistent: -1 });
  }

  /** Forgets a connection. */
  end(connection: Connection): void {
    const { connections } = this.#state;
    connections.remove(connection);
    if (connection.tracked) this.untrack(connection);
    this.count(connection.server, connection.active ? { active: -1 } : { inactive: -1 });
    if (connection.template === null) return;
    const template = connections.template(connection.template);
    if (template === undefined) return;
    connections.put({ ...template, controls: template.controls - 1 }, false);
  }

  #change(entry: Entry, servers: Servers): void {
    const { services, running } = this.#state;
    const scheduler = schedulerOf[entry.service.scheduler as SchedulerName];
    const before = running.get(entry.key) ?? scheduler.start(entry.servers);
    services.set(entry.key, { ...entry, servers });
    const after = scheduler.changed(before, entry.servers, servers);
    if (after !== before) running.set(entry.key, after);
  }

  #status({ key, service }: Entry): ServiceStatus {
    return { ...service, stats: this.#state.stats.get(key) ?? noStats };
  }
}

const never = Number.POSITIVE_INFINITY;

/** ip_vs_conn_expire puts what still controls others off by this, for good. */
const templateAgainMs = 60_000;

function schedulerNamed(name: string): SchedulerName | undefined {
  return Object.hasOwn(schedulerOf, name) ? (name as SchedulerName) : undefined;
}

function findServer({ servers }: Entry, { addr, port }: DestinationKey): Server | undefined {
  return servers.find((server) => server.addr === addr && server.port === port);
}

/** ip_vs_svc_hashkey, without the address of the namespace that the kernel mixes in: 256 places. */
function hashPlace({ proto, addr, port }: ServiceKey): number {
  return (proto ^ word(addr) ^ (port >> 8) ^ port) & 255;
}
