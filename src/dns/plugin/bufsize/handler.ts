// Caps the size that a query's OPT record allows (CoreDNS plugin/bufsize/bufsize.go): the reply's OPT and its limit
// follow it.
import type { DnsRequest, Handler, Next, Served } from '../../plugin.ts';

export class BufsizeHandler implements Handler {
  readonly name = 'bufsize';
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    const { edns } = request.message;
    if (edns === null || edns.udpSize <= this.#size) return next(request);
    const message = { ...request.message, edns: { ...edns, udpSize: this.#size } };
    const served = next({ ...request, message });
    return { ...served, request: served.request ?? message };
  }
}
