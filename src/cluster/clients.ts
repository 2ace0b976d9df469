// What clients in a cluster do: look names up as their C library would, connect, run a command. Every exchange is real
// packets through the fabric. Here is only who the client is and in which order it asks; no outcome is decided here.
import { InputError } from '../api/input-error.ts';
import type { Service } from '../api/types.ts';
import { parseType } from '../dns/message/message.ts';
import { parseHosts } from '../dns/resolver/hosts.ts';
import { resolve } from '../dns/resolver/resolve.ts';
import { type Addr, familyOf, formatAddr, parseAddr } from '../net/addr.ts';
import { type Proto, TCP, UDP } from '../net/packet.ts';
import type { DialResult } from '../node/dial.ts';
import { clientDial, exchangeAsClient } from './carrier.ts';
import type { Attempt, ConnectOptions, Resolution } from './cluster.ts';
import { machineFor } from './machines.ts';
import { drawServer, nameServiceOf, resolutionOf, sourceFrom } from './name-service.ts';
import type { Kept, State } from './state.ts';
import { parseTarget } from './who.ts';

/** What curl waits for a TCP connection (Linux gives up after 127 s of SYN retries), and for a datagram's answer. */
const tcpTimeoutMs = 130_000;
const udpTimeoutMs = 5_000;

/** Looks a name up as the machine would. `type` absent: both address families, as getaddrinfo(3). Throws
 * InputError usage for a record type that does not exist. */
export function lookUp(state: State, machine: string, name: string, type?: string): Resolution {
  if (type !== undefined && parseType(type) === undefined) {
    throw new InputError('usage', `unknown record type "${type}"`, {
      hint: 'for example A, AAAA, CNAME, NS, PTR, SOA, SRV, TXT, or TYPE and its number',
    });
  }
  const { conf, kind, hosts, hostname } = nameServiceOf(state, machine);
  const recalled = new RecalledExchanges(state);
  const races = state.racing.has(machine);
  const resolved = resolve(
    conf,
    kind,
    name,
    type ?? 'address',
    {
      nowMs: state.nowMs,
      exchange: (server, message, transport, timeoutMs, atMs, socket) =>
        recalled.exchange(() => {
          const proto: Proto = transport === 'udp' ? UDP : TCP;
          const laterMs = atMs - state.nowMs;
          const same =
            socket === undefined ? undefined : { ...socket, atOnce: socket.atOnce && races };
          const request = { from: machine, proto, to: server, port: 53, message, timeoutMs };
          return exchangeAsClient(state, request, laterMs, same);
        }),
      nextId: () => state.nextQueryId(),
      draw: (count) => drawServer(state, count),
      sourceOf: sourceFrom(state, machine),
    },
    parseHosts(hosts),
    hostname,
  );
  recalled.catchUp();
  return resolutionOf(resolved);
}

/** Exchanges of one look-up. While all branches of chance are walked, what an earlier branch exchanged after the same
 * draws is not sent again. */
class RecalledExchanges {
  readonly #state: State;
  /** Where the state stands after exchanges that were not run. */
  #kept: Kept | null = null;

  constructor(state: State) {
    this.#state = state;
  }

  exchange<T>(send: () => T): T {
    const { past } = this.#state.choices;
    if (past === undefined) return send();
    const work = () => {
      this.catchUp();
      return send();
    };
    const { value, kept, old } = past.recall(work, () => this.#state.keep());
    if (old) this.#kept = kept;
    return value;
  }

  catchUp(): void {
    if (this.#kept !== null) this.#state.resume(this.#kept);
    this.#kept = null;
  }
}

/** One attempt of a client to reach a target by name or address. */
export function connect(
  state: State,
  from: string,
  target: string,
  options: ConnectOptions,
  n: number,
): Attempt {
  const machine = machineFor(state, from);
  const where = parseTarget(target);
  const proto = options.proto ?? TCP;
  const start = { n, atMs: state.nowMs, from: machine, target, proto };
  if (where.kind === 'service') {
    const { addr, port } = clusterAddress(state, machine, where.key, where.port, target);
    return {
      ...start,
      lookup: null,
      dial: dial(state, machine, addr, port, proto, options, where.key),
    };
  }
  if (where.kind === 'node') {
    const addr = nodeAddress(state, where.name, machine);
    const host = formatAddr(addr);
    const result = dial(state, machine, addr, where.port, proto, options, host);
    return { ...start, lookup: null, dial: result };
  }
  if (where.addr !== null) {
    const result = dial(state, machine, where.addr, where.port, proto, options, where.host);
    return { ...start, lookup: null, dial: result };
  }
  const lookup = lookUp(state, machine, where.host);
  let result: DialResult | null = null;
  let untilMs = start.atMs + lookup.elapsedMs;
  for (const text of lookup.addresses) {
    const to = parseAddr(text);
    if (to === undefined) continue;
    // The socket that failed is closed before the next address is tried.
    if (result?.kept !== undefined) state.parts.fabric.connections.dropClient(result.kept);
    result = dial(
      state,
      machine,
      to,
      where.port,
      proto,
      options,
      where.host,
      untilMs - state.nowMs,
    );
    untilMs += result.elapsedMs;
    if (result.outcome === 'answered') break;
  }
  return { ...start, lookup, dial: result };
}

function dial(
  state: State,
  from: string,
  to: Addr,
  port: number,
  proto: Proto,
  options: ConnectOptions,
  host: string,
  laterMs = 0,
): DialResult {
  const usual = proto === TCP ? tcpTimeoutMs : udpTimeoutMs;
  const message = proto === TCP ? `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n` : 'hello';
  const { sourcePort, timeoutMs = usual, keep = false } = options;
  const request = { from, proto, to, port, message, timeoutMs, keep };
  return clientDial(
    state,
    sourcePort === undefined ? request : { ...request, sourcePort },
    laterMs,
  );
}

/** `svc/NS/NAME:PORT`: the cluster IP and the port's number. */
function clusterAddress(
  state: State,
  machine: string,
  key: string,
  portText: string,
  target: string,
): { addr: Addr; port: number } {
  const service = state.parts.api.get('Service', key);
  if (service === undefined) {
    throw new InputError('unknown-object', `there is no Service "${key}"`, {
      hint: servicesHint(state, key),
    });
  }
  const addr = parseAddr(service.spec.clusterIP ?? '');
  if (addr === undefined || machine.startsWith('host/')) {
    const why =
      addr === undefined
        ? `Service "${key}" has no cluster IP`
        : `${machine} is outside the cluster and cannot dial a cluster IP by Service`;
    throw new InputError('usage', `cannot dial "${target}": ${why}`, {
      hint: nodePortHint(state, service, portText) ?? 'dial a name, a node port or an address',
    });
  }
  return { addr, port: portNumber(service, portText, target) };
}

/** "port 80 has node port 30080: dial node/node01:30080"; undefined without one. */
function nodePortHint(state: State, { spec }: Service, text: string): string | undefined {
  const port = spec.ports?.find((p) => p.name === text || String(p.port) === text);
  const [node] = state.parts.api.list('Node');
  if (port?.nodePort === undefined || node === undefined) return undefined;
  const { nodePort } = port;
  return `port ${port.port} has node port ${nodePort}: dial node/${node.metadata.name}:${nodePort}`;
}

/** A node's first InternalIP of a family that the client has, else its first. */
function nodeAddress(state: State, name: string, client: string): Addr {
  machineFor(state, `node/${name}`);
  const addresses = state.parts.api.get('Node', name)?.status?.addresses ?? [];
  const internal = addresses.flatMap(({ type, address }) =>
    type === 'InternalIP' ? (parseAddr(address) ?? []) : [],
  );
  const devices = state.parts.fabric.machine(client)?.devices ?? [];
  const families = devices.flatMap((device) => device.addresses.map(({ addr }) => familyOf(addr)));
  const addr = internal.find((one) => families.includes(familyOf(one))) ?? internal[0];
  if (addr !== undefined) return addr;
  throw new InputError('unknown-object', `node "${name}" has no InternalIP`);
}

function portNumber(service: Service, text: string, target: string): number {
  const ports = service.spec.ports ?? [];
  const port = ports.find((p) => p.name === text || String(p.port) === text);
  if (port !== undefined) return port.port;
  throw new InputError(
    'unknown-object',
    `cannot dial "${target}": the Service has no port "${text}"`,
    {
      hint: `ports: ${ports.map((p) => (p.name ? `${p.name} (${p.port})` : p.port)).join(', ')}`,
    },
  );
}

function servicesHint(state: State, key: string): string {
  const namespace = key.slice(0, key.indexOf('/'));
  const names = state.parts.api.list('Service', namespace).map((s) => s.metadata.name);
  return names.length === 0
    ? `namespace "${namespace}" has no Service`
    : `Services in "${namespace}": ${names.slice(0, 10).join(', ')}`;
}
