// Reads the `metadata` directive (CoreDNS plugin/metadata/setup.go): from which zones' queries labels are collected. Only
// the labels of `log` are modelled.
import type { DnsRequest, Handler, Next, Served, Setup } from '../../plugin.ts';

class MetadataHandler implements Handler {
  readonly name = 'metadata';

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    return next(request);
  }
}

export const setup: Setup = (d) => {
  d.next();
  d.remainingArgs();
  if (d.nextBlock() || d.next()) throw d.argErr();
  return [new MetadataHandler()];
};
