// Answers cluster names and reverse names (CoreDNS plugin/kubernetes/handler.go, backend_lookup.go BackendError), and
// what other plugins ask of this one: search paths, zone transfers, external names.
import { formatAddr } from '../../../net/addr.ts';
import { fallsThrough } from '../../fallthrough.ts';
import { isTransfer, type ResourceRecord, replyTo } from '../../message/message.ts';
import { longestZone } from '../../message/name.ts';
import {
  type DnsEnvironment,
  type DnsRequest,
  type Externals,
  type Handler,
  type Next,
  returned,
  type Served,
  type Startup,
  type Turn,
  wrote,
  type ZoneRecords,
  type ZoneRequest,
} from '../../plugin.ts';
import { externalsOf } from './external.ts';
import { type Lookup, recordsFor, soa } from './records.ts';
import { Backend, type Result } from './services.ts';
import type { KubernetesOptions } from './setup.ts';
import { transferred } from './transfer.ts';

const SERVFAIL = 2;
const NXDOMAIN = 3;
const REFUSED = 5;

export class KubernetesHandler implements Handler {
  readonly name = 'kubernetes';
  readonly options: KubernetesOptions;
  /** Of the environment that was served last. */
  #backend: Backend | null = null;

  constructor(options: KubernetesOptions) {
    this.options = options;
  }

  fork(): KubernetesHandler {
    return new KubernetesHandler(this.options);
  }

  serve(request: DnsRequest, next: Next): Served {
    const { question, qname, turn } = request;
    const zone = longestZone(this.options.zones, qname);
    if (zone === undefined) return next(request);
    const { name, type } = question;
    if (isTransfer(type)) return returned(REFUSED);
    const backend = this.#backendOf(turn);
    let records = backend.memory.recall(name, type);
    if (records === undefined) records = made({ backend, request, zone: spelled(zone, name) });
    if (records === null) {
      if (fallsThrough(this.options.fallthrough, qname)) return next(request);
      const rcode = backend.synced() ? NXDOMAIN : SERVFAIL;
      return negative({ backend, request, zone: spelled(zone, name) }, rcode);
    }
    const { answers, additional, truncated } = records;
    if (answers.length === 0) return negative({ backend, request, zone: spelled(zone, name) }, 0);
    // A message that cannot be sent is dropped without a word.
    if (answers.some(isUnsendable)) return { ...returned(0), reply: null };
    return wrote({ ...replyTo(request.message), aa: true, tc: truncated, answers, additional });
  }

  #backendOf({ environment }: Turn): Backend {
    if (this.#backend?.environment !== environment) {
      this.#backend = new Backend(this.options, environment);
    }
    return this.#backend;
  }

  /** Waits for the API, and starts without it when that takes too long (kubernetes.go InitKubeCache). */
  get startup(): Startup {
    const { startupTimeoutMs: limitMs, facts } = this.options;
    const say = (tells: boolean, line: string) => (tells ? line : null);
    const [waits, givesUp] = [facts.tellsWaiting, facts.tellsUnsynced];
    return {
      limitMs,
      tellMs,
      tells: say(
        waits,
        '[INFO] plugin/kubernetes: waiting for Kubernetes API before starting server',
      ),
      givesUp: say(
        givesUp,
        '[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API',
      ),
    };
  }

  ready(environment: DnsEnvironment): boolean {
    return environment.synced();
  }

  /** Only where Pods are watched: the search list of the client's own namespace, then that of this machine. */
  autoPath({ qname, turn }: DnsRequest): readonly string[] | null {
    const zone = longestZone(this.options.zones, qname);
    if (zone === undefined || this.options.pods !== 'verified') return null;
    const pod = this.#backendOf(turn).index.pods(formatAddr(turn.client.addr))[0];
    if (pod === undefined) return null;
    const under = zone === '.' ? '' : zone;
    const own = `${pod.metadata.namespace ?? ''}.svc.${under}`;
    return [own, `svc.${under}`, zone, ...this.options.search, ''];
  }

  transfer({ zone, serial, turn }: ZoneRequest): ZoneRecords | null {
    if (longestZone(this.options.zones, zone) === undefined) return null;
    return transferred(this.#backendOf(turn), zone, serial);
  }

  external(turn: Turn): Externals {
    return externalsOf(this.#backendOf(turn));
  }
}

const tellMs = 500;

/** A label is missing: an endpoint of no Service, or of no cluster. */
function isUnsendable(record: ResourceRecord): boolean {
  return (record.kind === 'PTR' || record.kind === 'SRV') && record.target.includes('..');
}

/** The zone as the query spells it. */
function spelled(zone: string, name: string): string {
  return zone === '.' ? '.' : name.slice(-zone.length);
}

function made(look: Lookup): Result {
  const { name, type } = look.request.question;
  return look.backend.memory.make(name, type, () => recordsFor(look));
}

/** Written by the plugin itself, so that even SERVFAIL carries the SOA. */
function negative({ backend, request, zone }: Lookup, rcode: number): Served {
  const authority = [soa(backend, zone)];
  return wrote({ ...replyTo(request.message, rcode), aa: true, authority });
}
