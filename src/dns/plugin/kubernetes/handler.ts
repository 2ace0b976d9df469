// Answers cluster names and reverse names (CoreDNS plugin/kubernetes/handler.go, backend_lookup.go BackendError), and
// what other plugins ask of this one: search paths, zone transfers, external names.
import { formatAddr } from '../../../net/addr.ts';
import { fallsThrough } from '../../fallthrough.ts';
import { type ResourceRecord, replyTo, typeName } from '../../message/message.ts';
import { longestZone } from '../../message/name.ts';
import {
  type DnsEnvironment,
  type DnsRequest,
  type Externals,
  type Handler,
  type Next,
  returned,
  type Served,
  type Turn,
  wrote,
  type ZoneRecords,
  type ZoneRequest,
} from '../../plugin.ts';
import { externalsOf } from './external.ts';
import { type Lookup, recordsFor, soa } from './records.ts';
import { Backend } from './services.ts';
import type { KubernetesOptions } from './setup.ts';
import { transferred } from './transfer.ts';

const SERVFAIL = 2;
const NXDOMAIN = 3;
const REFUSED = 5;

export class KubernetesHandler implements Handler {
  readonly name = 'kubernetes';
  readonly options: KubernetesOptions;

  constructor(options: KubernetesOptions) {
    this.options = options;
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
    const backend = this.#backend(request.turn);
    const look: Lookup = { backend, request, zone: spelled };
    const records = recordsFor(look);
    if (records === null) {
      if (fallsThrough(this.options.fallthrough, request.qname)) return next(request);
      return negative(look, backend.synced() ? NXDOMAIN : SERVFAIL);
    }
    if (records.answers.length === 0) return negative(look, 0);
    const { answers, additional, truncated } = records;
    // A message that cannot be sent is dropped without a word.
    if (answers.some(isUnsendable)) return { ...returned(0), reply: null };
    return wrote({ ...replyTo(request.message), aa: true, tc: truncated, answers, additional });
  }

  #backend({ environment }: Turn): Backend {
    return new Backend(this.options, environment);
  }

  /** Waits for the API, and starts without it when that takes too long (kubernetes.go InitKubeCache). */
  started(turn: Turn): null {
    const { startupTimeoutMs } = this.options;
    const tellsWaiting = this.options.facts.tellsWaiting;
    for (let passedMs = checkMs; passedMs < startupTimeoutMs; passedMs += checkMs) {
      turn.wait(checkMs);
      if (turn.environment.synced()) return null;
      if (passedMs % tellMs === 0 && tellsWaiting) {
        turn.environment.log(
          '[INFO] plugin/kubernetes: waiting for Kubernetes API before starting server',
        );
      }
    }
    turn.environment.log(
      '[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API',
    );
    return null;
  }

  ready(environment: DnsEnvironment): boolean {
    return environment.synced();
  }

  /** Only where Pods are watched: the search list of the client's own namespace, then that of this machine. */
  autoPath({ qname, turn }: DnsRequest): readonly string[] | null {
    const zone = longestZone(this.options.zones, qname);
    if (zone === undefined || this.options.pods !== 'verified') return null;
    const pod = this.#backend(turn).index.pods(formatAddr(turn.client.addr))[0];
    if (pod === undefined) return null;
    const under = zone === '.' ? '' : zone;
    const own = `${pod.metadata.namespace ?? ''}.svc.${under}`;
    return [own, `svc.${under}`, zone, ...this.options.search, ''];
  }

  transfer({ zone, serial, turn }: ZoneRequest): ZoneRecords | null {
    if (longestZone(this.options.zones, zone) === undefined) return null;
    return transferred(this.#backend(turn), zone, serial);
  }

  external(turn: Turn): Externals {
    return externalsOf(this.#backend(turn));
  }
}

const checkMs = 100;
const tellMs = 500;

/** A label is missing: an endpoint of no Service, or of no cluster. */
function isUnsendable(record: ResourceRecord): boolean {
  return (record.kind === 'PTR' || record.kind === 'SRV') && record.target.includes('..');
}

/** Written by the plugin itself, so that even SERVFAIL carries the SOA. */
function negative({ backend, request, zone }: Lookup, rcode: number): Served {
  const authority = [soa(backend, zone)];
  return wrote({ ...replyTo(request.message, rcode), aa: true, authority });
}
