// Answers cluster names and reverse names (CoreDNS plugin/kubernetes/handler.go, backend_lookup.go BackendError).
import { fallsThrough } from '../../fallthrough.ts';
import { replyTo, typeName } from '../../message/message.ts';
import { longestZone } from '../../message/name.ts';
import {
  type DnsEnvironment,
  type DnsRequest,
  type Handler,
  type Next,
  returned,
  type Served,
  wrote,
} from '../../plugin.ts';
import { type Lookup, recordsFor, soa } from './records.ts';
import { Backend } from './services.ts';
import type { KubernetesOptions } from './setup.ts';

const SERVFAIL = 2;
const NXDOMAIN = 3;
const REFUSED = 5;

export class KubernetesHandler implements Handler {
  readonly name = 'kubernetes';
  readonly options: KubernetesOptions;

  constructor(options: KubernetesOptions) {
    this.options = options;
  }

  ready(environment: DnsEnvironment): boolean {
    return environment.synced();
  }

  /** Reads everything from the environment: there is nothing to copy. */
  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    const zone = longestZone(this.options.zones, request.qname);
    if (zone === undefined) return next(request);
    const { name, type } = request.question;
    if (typeName(type) === 'AXFR' || typeName(type) === 'IXFR') return returned(REFUSED);
    const spelled = zone === '.' ? '.' : name.slice(-zone.length);
    const backend = new Backend(this.options, request.turn.environment);
    const look: Lookup = { backend, request, zone: spelled };
    const records = recordsFor(look);
    if (records === null) {
      if (fallsThrough(this.options.fallthrough, request.qname)) return next(request);
      return negative(look, backend.synced() ? NXDOMAIN : SERVFAIL);
    }
    if (records.answers.length === 0) return negative(look, 0);
    const { answers, additional, truncated } = records;
    return wrote({ ...replyTo(request.message), aa: true, tc: truncated, answers, additional });
  }
}

/** Written by the plugin itself, so that even SERVFAIL carries the SOA. */
function negative(look: Lookup, rcode: number): Served {
  return wrote({ ...replyTo(look.request.message, rcode), aa: true, authority: [soa(look)] });
}
