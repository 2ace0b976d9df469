// How a real flow ended, from the agent's words: who answered and what each side saw, or the error the client's socket
// was given and where it came from. The words of a simulated attempt, so that both can be compared.
import { type Addr, parseAddr } from '../../net/addr.ts';
import type { Endpoint } from '../../node/dial.ts';
import type { Listeners } from './listeners.ts';

export type End =
  | {
      readonly kind: 'answered';
      /** Whose socket: "pod/demo/web-1". */
      readonly backend: string;
      /** As it arrived, after NAT. */
      readonly destination: Endpoint;
      /** The client as the backend saw it. */
      readonly source: Endpoint;
      /** Where the answer came from as the client sees it. */
      readonly replyFrom: Endpoint;
    }
  | {
      readonly kind: 'error';
      readonly errno: number;
      /** route: the client's machine has no way there; local: its kernel, once it had found one; icmp: an ICMP error; '':
       * the socket itself (an RST). */
      readonly origin: 'route' | 'local' | 'icmp' | '';
      /** Who reported it to a ping. */
      readonly by?: Addr;
    }
  /** Of a connection that was kept: the server has closed it, or knows nothing of it. */
  | { readonly kind: 'closed' | 'reset' }
  /** To a ping. */
  | { readonly kind: 'reply'; readonly by: Addr | undefined; readonly ttl: number }
  | { readonly kind: 'timeout' }
  /** The lab itself could not begin the flow. */
  | { readonly kind: 'failed'; readonly why: string };

/** The agent's words after the flow's number. */
export function endOf(words: readonly string[], listeners: Pick<Listeners, 'owner'>): End {
  const [kind = '', first = '', second = ''] = words;
  switch (kind) {
    case 'answered': {
      const [id = '', at = '', peer = ''] = first.split(' ');
      return {
        kind,
        backend: listeners.owner(Number(id)) ?? `nobody's socket ${id}`,
        destination: pointOf(at),
        source: pointOf(peer),
        replyFrom: pointOf(second),
      };
    }
    case 'errno':
      return {
        kind: 'error',
        errno: Number(first),
        origin: second as 'route' | 'local' | 'icmp' | '',
        ...reporter(words[3]),
      };
    case 'reply':
      return { kind, by: parseAddr(first), ttl: Number(second) };
    case 'closed':
    case 'reset':
    case 'timeout':
      return { kind };
    default:
      return { kind: 'failed', why: words.join(' ') };
  }
}

function reporter(text: string | undefined): { readonly by?: Addr } {
  const by = parseAddr(text ?? '');
  return by === undefined ? {} : { by };
}

/** "10.0.0.1:80", "[fd00::1]:80". */
function pointOf(text: string): Endpoint {
  const at = text.lastIndexOf(':');
  const addr: Addr | undefined = parseAddr(text.slice(0, at).replace(/^\[|\]$/g, ''));
  if (addr === undefined) throw new Error(`not an address and port: "${text}"`);
  return { addr, port: Number(text.slice(at + 1)) };
}

export const errnos = {
  EPERM: 1,
  EINVAL: 22,
  ENETUNREACH: 101,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
};

/** The outcome and the way it came about, in a simulated attempt's words. An error that only tells a UDP socket that
 * asked for it (IP_RECVERR) is no end for a program that did not: it goes on waiting. */
export function outcomeOfEnd(end: End, isUDP: boolean): string {
  switch (end.kind) {
    case 'answered':
      return 'answered';
    case 'timeout':
    case 'closed':
    case 'reset':
    case 'reply':
      return end.kind;
    case 'failed':
      return `failed: ${end.why}`;
    case 'error':
      return outcomeOfErrno(end.errno, end.origin, isUDP);
  }
}

function outcomeOfErrno(errno: number, origin: string, isUDP: boolean): string {
  switch (errno) {
    case errnos.ECONNREFUSED:
      return origin === 'icmp'
        ? 'refused via icmp'
        : isUDP
          ? 'refused via icmp'
          : 'refused via rst';
    case errnos.ENETUNREACH:
    case errnos.EHOSTUNREACH:
      return isUDP && (origin === 'icmp' || origin === '') ? 'timeout' : 'unreachable';
    // A blackhole, or what was translated has no way any more: ip_route_me_harder.
    case errnos.EINVAL:
      return origin === 'route' ? 'unreachable' : 'timeout';
    case errnos.EPERM:
      return 'timeout';
    default:
      return `errno ${errno} ${origin}`;
  }
}
