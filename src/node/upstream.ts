// What a program that passes requests on (src/programs/http-proxy.ts) hands back with its answer: whom it asked, what came
// of it, and the words of the statuses that it answers by itself.
import type { DialResult } from './dial.ts';

/** Why a program that passes requests on has no answer of its upstream to give: connecting was refused or led nowhere,
 * the connection ended before an answer, no answer in time, no address for the name, an answer that is no HTTP, or a
 * request that had been passed on so before. */
export type UpstreamFailure =
  | 'refused'
  | 'unreachable'
  | 'reset'
  | 'timeout'
  | 'unresolved'
  | 'invalid'
  | 'loop';

/** The request of a program that passes requests on, on behalf of the client whose request it got. */
export interface Upstream {
  /** Who asks: the machine of the program. */
  readonly from: string;
  /** "http://backend/". */
  readonly url: string;
  /** Virtual milliseconds at which it began to ask. */
  readonly atMs: number;
  /** The look-up of the URL's host, of a type that the composer knows; null: an address, or nothing was asked. */
  readonly lookup: unknown;
  /** To the address that was tried last; null: there was none, or nothing was asked. */
  readonly dial: DialResult | null;
  /** The HTTP status that the client was answered; null: the client had left by then. */
  readonly status: number | null;
  /** Null: the answer of the upstream was passed back. */
  readonly failure: UpstreamFailure | null;
}

/** In nginx's words. */
const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  504: 'Gateway Time-out',
};

/** "502 Bad Gateway"; of others the number alone. */
export function proxyStatusText(status: number): string {
  return `${status} ${titles[status] ?? ''}`.trimEnd();
}
