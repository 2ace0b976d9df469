// One attempt of a client to talk to somebody, and what came of it: the values every client program, probe and
// resolver works with. The walk itself is in the files beside this one.
import type { Addr } from '../net/addr.ts';
import type { IcmpError, Proto } from '../net/packet.ts';
import type { Trace } from '../netfilter/trace.ts';
import type { Upstream } from './upstream.ts';

export interface DialRequest {
  /** Machine the client runs on: "pod/demo/client", "node/node01", "host/laptop". */
  readonly from: string;
  readonly proto: Proto;
  readonly to: Addr;
  readonly port: number;
  /** Source port; absent: the machine's next free one, counting up from 32768. */
  readonly sourcePort?: number;
  /** The one message the client sends after connecting; empty over TCP or SCTP: it only opens and closes. */
  readonly message: Uint8Array;
  /** How long the client waits for the connection and for the answer. */
  readonly timeoutMs: number;
  /** Keep it open after the answer. */
  readonly keep?: boolean;
}

export type DialOutcome = 'answered' | 'refused' | 'timeout' | 'unreachable';
/** What comes of a message over a connection that was open: also that it had been closed, or is reset. */
export type ConnectionOutcome = DialOutcome | 'closed' | 'reset';

/** One message over a kept connection. Of `dial.outcome`, "refused" stands for closed and reset too. */
export interface Used {
  readonly outcome: ConnectionOutcome;
  readonly dial: DialResult;
}
/** How it failed. rst: a TCP RST or SCTP ABORT; icmp: an ICMP error; drop, policy: a rule, a policy's rule, or the
 * kernel threw the packet away; noroute: the client's own machine has no way there; nolistener: it arrived where nobody
 * listens and the refusal got lost; noreply: lost on the way, or no answer came back. */
export type Via = 'rst' | 'icmp' | 'drop' | 'policy' | 'noroute' | 'nolistener' | 'noreply';

/** What the sender of one echo request hears. */
export type Pinged =
  | { readonly kind: 'reply'; readonly by: Addr; readonly ttl: number }
  | {
      readonly kind: 'error';
      readonly by: Addr;
      readonly code: IcmpError['code'];
      readonly afterMs: number;
    }
  | { readonly kind: 'silence' }
  /** Its own machine does not send it: no route, or a rule. */
  | { readonly kind: 'no-route' | 'not-permitted' };

export interface Endpoint {
  readonly addr: Addr;
  readonly port: number;
}

export interface DialResult {
  readonly phase: 'connect' | 'reply';
  readonly outcome: DialOutcome;
  /** How it failed; null when answered. */
  readonly via: Via | null;
  readonly client: Endpoint;
  readonly dialled: Endpoint;
  /** After NAT, as it arrived (or was last seen); null when it never left. */
  readonly destination: Endpoint | null;
  /** The client's address as the backend saw it; null when nothing arrived. */
  readonly source: Endpoint | null;
  /** Where the reply came from, as the client sees it. */
  readonly replyFrom: Endpoint | null;
  /** Machine whose socket took it: "pod/demo/web-1", "host/legacy-db". */
  readonly backend: string | null;
  readonly reply: Uint8Array | null;
  /** Messages that came after `reply` on the same connection. */
  readonly more?: readonly Uint8Array[];
  readonly elapsedMs: number;
  /** The first packet's way there and, after `replyAt` steps, the reply's way back. */
  readonly trace: Trace;
  /** Null when nothing came back. */
  readonly replyAt: number | null;
  /** The number of the connection that was kept. */
  readonly kept?: number;
  /** Where the program that took it passes requests on: its own request. */
  readonly upstream?: Upstream;
}
