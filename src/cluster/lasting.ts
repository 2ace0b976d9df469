// Connections that clients keep, as a cluster sees them: who has one, what a message over it comes to, how either side
// ends it. Brings the rules up to date and lets the fabric carry the packets; no outcome is decided here.
import { InputError } from '../api/input-error.ts';
import type { Connection } from '../fabric/connections.ts';
import { beat, end, endAccepted, endOpened, use } from '../fabric/lasting.ts';
import { formatEndpoint } from '../net/addr.ts';
import { SCTP, TCP } from '../net/packet.ts';
import type { Used } from '../node/dial.ts';
import type { Socket } from '../node/socket.ts';
import { carrierOf, clientUse, sceneOf } from './carrier.ts';
import type { Attempt } from './cluster.ts';
import { encoder, momentOf, refreshRules } from './dialling.ts';
import type { State } from './state.ts';

/** How long a client waits for an answer over a connection: curl's patience with a new one. */
const patienceMs = 130_000;

/** A path's heartbeats (net.sctp.hb_interval) and its time-out, without the part that Linux draws. */
const heartbeatMs = 31_000;

export function openConnections(state: State): readonly Connection[] {
  return state.parts.fabric.connections.list();
}

export function useConnection(state: State, id: number, timeoutMs = patienceMs): Used {
  const connection = connectionOf(state, id);
  const { proto, dialled } = connection;
  const host = formatEndpoint(dialled.addr, dialled.port);
  const text = proto === TCP ? `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n` : 'hello';
  return clientUse(state, connection, (cluster) => {
    refreshRules(cluster);
    return use(cluster.parts.fabric, id, encoder(text), timeoutMs, momentOf(cluster));
  });
}

export function endConnection(state: State, id: number, how: 'close' | 'reset'): void {
  const connection = connectionOf(state, id);
  refreshRules(state);
  carrierOf(state)?.end(sceneOf(state), connection, how);
  end(state.parts.fabric, id, how, momentOf(state));
}

/** A client keeps what it has opened; an SCTP association has heartbeats, which keep it in the tables of the nodes. */
export function keepAlive(state: State, { dial, proto }: Attempt): void {
  if (proto !== SCTP || dial?.kept === undefined) return;
  state.parts.engine.call('sctp-heartbeat', dial.kept, heartbeatMs, true);
}

/** A delayed call of the engine (assemble.ts). */
export function sctpHeartbeat(state: State, id: number): void {
  refreshRules(state);
  if (!beat(state.parts.fabric, id, momentOf(state))) return;
  state.parts.engine.call('sctp-heartbeat', id, heartbeatMs, true);
}

function connectionOf(state: State, id: number): Connection {
  const connection = state.parts.fabric.connections.get(id);
  if (connection !== undefined && connection.heard !== 'left') return connection;
  throw new InputError('unknown-object', `there is no open connection ${id}`);
}

/** A container's program ends while the Pod's network stands: its kernel closes what it had accepted. Connections that
 * the Pod has opened are its first container's. */
export function programEnds(
  state: State,
  machine: string,
  which: (socket: Socket) => boolean,
  opened: boolean,
): void {
  const { fabric } = state.parts;
  if (fabric.connections.size === 0 || !fabric.has(machine)) return;
  refreshRules(state);
  const all = fabric.connections.list();
  carrierOf(state)?.programEnds(
    sceneOf(state),
    all.filter(
      ({ id, accepted }) =>
        accepted?.socket.owner === machine &&
        which(accepted.socket) &&
        fabric.connections.hasServer(id),
    ),
    opened ? all.filter(({ from }) => from === machine) : [],
  );
  endAccepted(fabric, machine, which, momentOf(state));
  if (opened) endOpened(fabric, machine, momentOf(state));
}
