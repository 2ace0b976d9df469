// userspace mode at the seam of all modes: opens a port for each service port and the rules that lead there, and holds
// node ports open so that nobody else takes them. What the process does with a connection stands in relay.ts.
// Kubernetes 1.25 and older; SCTP is not proxied. Models Proxier of pkg/proxy/userspace (1.25).
import { type Addr, familyOf, formatAddr } from '../../net/addr.ts';
import { SCTP, UDP } from '../../net/packet.ts';
import type { EagerMode, ModeState, ProxyMachine, ProxySocket, SyncInput } from '../mode.ts';
import { rulesAlone } from '../mode.ts';
import type { ServicePort } from '../service-port.ts';
import type { ProxyPort } from '../snapshot.ts';
import { sortedValues } from '../sorted-map.ts';
import {
  type Balancer,
  newBalancer,
  type Target,
  ttlSecondsDefault,
  withEndpoints,
  withoutStale,
} from './balancer.ts';
import { allocatePort } from './ports.ts';
import { layerOf, owner, type Portal } from './rules.ts';

/** Programs behind the process's sockets. */
export const relayProgram = 'kube-proxy/userspace';
export const heldProgram = 'kube-proxy/held';

/** What a socket of `relayProgram` knows. */
export interface RelayData {
  readonly node: string;
  readonly family: 4 | 6;
  /** ServicePort.name. */
  readonly service: string;
  /** What the socket is for, to be read by people. */
  readonly about: string;
}

export interface UserspaceState extends ModeState {
  /** By ServicePort.name, in the order in which they were opened. */
  readonly portals: ReadonlyMap<string, Portal>;
  readonly balancers: ReadonlyMap<string, Balancer>;
  /** "address port proto" -> the service port that holds it. */
  readonly claims: ReadonlyMap<string, string>;
  /** "service client:port" of UDP -> the endpoint of its session, and when it ends. */
  readonly sessions: ReadonlyMap<string, { readonly endpoint: Target; readonly untilMs: number }>;
}

export const userspaceMode: EagerMode<UserspaceState> = {
  kind: 'eager',
  name: 'userspace',
  sync: (before, input, machine) => new Sync(before, input, machine).run(),
  timer: (state) => state,
  // Rules lead on to ports where nobody listens any more.
  died: ({ written }) => ({ written: { ...written, sockets: [] } }),
  cleanUp: () => {},
};

/** One syncProxyRules. A class because opening portals takes ports, claims and sockets one after the other. */
class Sync {
  readonly #before: UserspaceState | null;
  readonly #input: SyncInput;
  readonly #machine: ProxyMachine;
  readonly #portals: Map<string, Portal>;
  readonly #balancers: Map<string, Balancer>;
  readonly #claims: Map<string, string>;
  readonly #hostIP: Addr | undefined;

  constructor(before: UserspaceState | null, input: SyncInput, machine: ProxyMachine) {
    this.#before = before;
    this.#input = input;
    this.#machine = machine;
    this.#portals = new Map(before?.portals);
    this.#balancers = new Map(before?.balancers);
    this.#claims = new Map(before?.claims);
    const { node, config } = input;
    // One proxier for one family: that of the node's own address.
    const own = config.bindAddress ?? node.addresses[0];
    this.#hostIP = own !== undefined && familyOf(own) === input.family ? own : undefined;
  }

  run(): UserspaceState {
    const ports = this.#hostIP === undefined ? [] : this.#ports();
    // The first sync begins when all Endpoints have been heard of, before any Service is opened.
    if (this.#before === null) for (const port of ports) this.#balance(port, ttlSecondsDefault);
    for (const port of ports) this.#merge(port);
    const names = new Set(ports.map(({ service }) => service.name));
    for (const name of [...this.#portals.keys()]) if (!names.has(name)) this.#unmerge(name);
    this.#ensure();
    return this.#state();
  }

  #ports(): readonly ProxyPort[] {
    const all = [...sortedValues(this.#input.snapshot.ports[this.#input.family])];
    // "SCTP is not supported for user space proxy"; a name is one service port, whatever its protocol.
    const seen = new Set<string>();
    return all.filter(({ service }) => {
      if (service.proto === SCTP || seen.has(service.name)) return false;
      seen.add(service.name);
      return true;
    });
  }

  #merge(port: ProxyPort): void {
    const { service } = port;
    const open = this.#portals.get(service.name);
    if (open === undefined || !sameConfig(open.port, service)) {
      if (open !== undefined) this.#close(open);
      this.#open(service);
    }
    this.#balance(port, service.affinitySeconds ?? ttlSecondsDefault);
  }

  #balance({ service, endpoints }: ProxyPort, ttlSeconds: number): void {
    const known = this.#balancers.get(service.name);
    const affinity = service.affinitySeconds !== null;
    const own = known === undefined ? newBalancer(affinity, ttlSeconds) : { ...known, affinity };
    const ready = new Map(endpoints.list.flatMap((e) => (e.ready ? [[e.text, e] as const] : [])));
    const targets = [...ready.values()].map(({ text, address, port, object, path }): Target => {
      return { text, address, port, origin: this.#input.causes.intern(object, path, owner) };
    });
    // Made before its Service is known only where there are endpoints.
    if (known === undefined && targets.length === 0 && !this.#portals.has(service.name)) return;
    const { choices, nowMs } = this.#machine;
    this.#balancers.set(service.name, withoutStale(withEndpoints(own, targets, choices), nowMs));
  }

  #unmerge(name: string): void {
    const open = this.#portals.get(name);
    if (open === undefined) return;
    this.#close(open);
    this.#balancers.delete(name);
    if (open.port.proto !== UDP) return;
    const { clusterIP } = open.port;
    this.#machine.deleteFlows(({ proto, original }) => proto === UDP && original.dst === clusterIP);
  }

  /** The proxy's own port first, then the entries, in ensurePortals. */
  #open(service: ServicePort): void {
    const { node, config } = this.#input;
    const proxyPort = allocatePort(
      config.portRange,
      this.#machine.choices,
      `${node.name} ${service.name}`,
      (port) => this.#machine.listen(this.#proxySocket(service, port)),
    );
    if (proxyPort === undefined) return;
    const portal = { port: service, proxyPort, addresses: new Set<Addr>(), nodePort: false };
    this.#portals.set(service.name, portal);
  }

  #proxySocket(service: ServicePort, port: number): ProxySocket {
    const { node, family, config } = this.#input;
    const { bindAddress } = config;
    const about = `kube-proxy for ${service.name}`;
    const data: RelayData = { node: node.name, family, service: service.name, about };
    return { proto: service.proto, address: bindAddress, port, program: relayProgram, data };
  }

  #close({ port, proxyPort }: Portal): void {
    const { proto, name } = port;
    this.#machine.unlisten({ proto, address: this.#input.config.bindAddress, port: proxyPort });
    this.#portals.delete(name);
    for (const [key, owner] of this.#claims) if (owner === name) this.#release(key, port);
  }

  #release(key: string, { proto }: ServicePort): void {
    this.#claims.delete(key);
    const [address = '', port = ''] = key.split(' ');
    const own = this.#own().find((one) => formatAddr(one) === address) ?? null;
    this.#machine.unlisten({ proto, address: own, port: Number(port) });
  }

  /** ensurePortals: what could not be opened is tried again at each sync. An entry that fails ends its portal. */
  #ensure(): void {
    for (const [name, portal] of this.#portals) {
      const { port } = portal;
      const entries = [
        port.clusterIP,
        ...port.externalIPs.map(({ value }) => value),
        ...port.loadBalancerVIPs.map(({ value }) => value),
      ];
      const local = this.#own();
      const addresses = new Set<Addr>();
      let isWhole = true;
      for (const address of entries) {
        isWhole = !local.includes(address) || this.#claim(address, port.port, port);
        if (!isWhole) break;
        addresses.add(address);
      }
      const nodePort = isWhole && port.nodePort !== 0 && this.#claim(null, port.nodePort, port);
      this.#portals.set(name, { ...portal, addresses, nodePort });
    }
  }

  /** claimNodePort: a real socket, so that it is safe to take the port and stays so. */
  #claim(address: Addr | null, number: number, port: ServicePort): boolean {
    const at = address === null ? '' : formatAddr(address);
    const key = `${at} ${number} ${port.proto}`;
    const holder = this.#claims.get(key);
    if (holder !== undefined) return holder === port.name;
    const socket = { proto: port.proto, address, port: number, program: heldProgram, data: {} };
    if (!this.#machine.listen(socket)) return false;
    this.#claims.set(key, port.name);
    return true;
  }

  #own(): readonly Addr[] {
    return this.#input.node.addresses;
  }

  #state(): UserspaceState {
    const { config, causes, family } = this.#input;
    const portals = [...this.#portals.values()];
    const layer = layerOf(portals, this.#hostIP ?? 0, config.bindAddress, causes, family);
    const sockets = portals.map(({ port, proxyPort }) => this.#proxySocket(port, proxyPort));
    return {
      written: { ...rulesAlone, layer, input: () => undefined, sockets },
      portals: this.#portals,
      balancers: this.#balancers,
      claims: this.#claims,
      sessions: this.#before?.sessions ?? new Map(),
    };
  }
}

/** What reopens a portal when it changes; not the affinity's time. */
function sameConfig(a: ServicePort, b: ServicePort): boolean {
  return a === b || configText(a) === configText(b);
}

function configText(port: ServicePort): string {
  const { proto, nodePort, clusterIP, externalIPs, loadBalancerVIPs, affinitySeconds } = port;
  const addresses = [...externalIPs, { value: '' }, ...loadBalancerVIPs];
  const parts = [proto, port.port, nodePort, clusterIP, affinitySeconds === null];
  return [...parts, ...addresses.map(({ value }) => value)].join(' ');
}
