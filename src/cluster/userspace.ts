// The kube-proxy process of userspace mode as a program behind its sockets: src/proxy/userspace says where a connection
// goes, the node dials there, and what the balancer remembers is kept with the node's proxy.
import { type Proto, UDP } from '../net/packet.ts';
import type { DialResult } from '../node/dial.ts';
import type { Answer, ProgramContext, RelayedTo, ServerProgram } from '../node/program.ts';
import type { Target } from '../proxy/userspace/balancer.ts';
import type { RelayData, UserspaceState } from '../proxy/userspace/mode.ts';
import { type Dialled, relayDatagram, relayStream } from '../proxy/userspace/relay.ts';
import type { State } from './state.ts';

/** How long a client and an endpoint may take once they are connected: bytes are copied without a limit. */
const patienceMs = 130_000;

/** The proxy's own connection, to an endpoint that something caused. */
type Relay = DialResult & RelayedTo;

/** Copies between a client and an endpoint of the service port. */
export function userspaceProxy(state: State, { node, family, service }: RelayData): ServerProgram {
  return {
    receive: (message, peer, context) => {
      const { proxies } = state.parts;
      const before = proxies.stateOf(node, family) as UserspaceState | undefined;
      if (before === undefined) return { reply: null, elapsedMs: 0 };
      const kept = context.passedOn;
      if (kept !== undefined && kept !== null) {
        const { addr: address, port } = kept.dialled;
        const target = { address, port, origin: kept.origin };
        const again = dialled(context, peer.proto, target, message, patienceMs).result;
        return answerOf(again, [], peer.proto);
      }
      const startMs = context.nowMs;
      // Whoever is dialled may come to this node's proxy again before it answers.
      const dial = (to: Target, timeoutMs: number, now: UserspaceState) => {
        if (now !== before) proxies.setState(node, family, now);
        const made = dialled(context, peer.proto, to, message, timeoutMs);
        return { ...made, after: proxies.stateOf(node, family) as UserspaceState };
      };
      const idleMs = proxies.configOf(node).udpIdleTimeoutMs;
      const { result, failed, after } =
        peer.proto === UDP
          ? relayDatagram(before, service, peer, startMs, idleMs, (to, now) =>
              dial(to, patienceMs, now),
            )
          : relayStream(before, service, peer, startMs, dial);
      if (after !== before) proxies.setState(node, family, after);
      return answerOf(result, failed, peer.proto);
    },
  };
}

function dialled(
  context: ProgramContext,
  proto: Proto,
  { address, port, origin }: Omit<Target, 'text'>,
  message: Uint8Array,
  timeoutMs: number,
): Dialled<Relay> {
  const result = context.dial(proto, address, port, message, timeoutMs);
  const connected = result.phase === 'reply' || result.outcome === 'answered';
  return { connected, elapsedMs: result.elapsedMs, result: { ...result, origin } };
}

/** Null: nobody was found, so the client's connection is closed with its request unread. */
function answerOf(relayed: Relay | null, tried: readonly Relay[], proto: Proto): Answer {
  if (relayed === null) return { reply: null, elapsedMs: 0, tried, closed: proto !== UDP };
  const { outcome, reply } = relayed;
  const common = { elapsedMs: 0, tried, relayed };
  if (outcome === 'answered') return { ...common, reply: reply ?? new Uint8Array(0) };
  return { ...common, reply: null, closed: proto !== UDP && outcome !== 'timeout' };
}

/** A socket that only holds a port: it takes connections and never reads. */
export const heldPort: ServerProgram = { receive: () => ({ reply: null, elapsedMs: 0 }) };
