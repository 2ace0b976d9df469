// What a CoreDNS process does beside answering DNS: HTTP servers, and looking at its Corefile again. Directives that are
// no handlers say so as data (upstream's OnStartup functions); who runs the process acts by it (http-service.ts, and
// src/cluster for the time that passes).
import type { Addr } from '../../net/addr.ts';

/** A TCP socket of an HTTP server. */
export interface HttpListener {
  /** null: every address. */
  readonly addr: Addr | null;
  readonly port: number;
}

export type Service =
  | { readonly kind: 'health'; readonly at: HttpListener; readonly lameduckMs: number }
  | { readonly kind: 'ready'; readonly at: HttpListener; readonly continuously: boolean }
  | { readonly kind: 'metrics'; readonly at: HttpListener }
  | {
      readonly kind: 'reload';
      readonly intervalMs: number;
      readonly jitterMs: number;
      /** Whether the Corefile says the interval. */
      readonly isNamed: boolean;
    };

/** A service, and the chain of the server block that asked for it. */
export type Declared = Service & { readonly chain: number };
