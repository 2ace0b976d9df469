// Finds out what a name of an external zone stands for (CoreDNS plugin/k8s_external/external.go, apex.go): the apex, the
// name server's own domain, a Service. All answers are authoritative; negative ones carry the zone's SOA.
import { fallsThrough } from '../../fallthrough.ts';
import { IN, type ResourceRecord, replyTo, typeName } from '../../message/message.ts';
import { isSubdomain, labelsOf, longestZone } from '../../message/name.ts';
import {
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
import { addressRecord, fullName } from '../../source.ts';
import { addressesOf, type Made, type Making, nsOf, servicesOf, soaOf } from './records.ts';
import type { ExternalOptions } from './setup.ts';
import { transferred } from './transfer.ts';

const SERVFAIL = 2;
const NXDOMAIN = 3;

interface Asked {
  readonly request: DnsRequest;
  /** As it is configured. */
  readonly zone: string;
  readonly externals: Externals;
}

/** The process ends with it as soon as it listens. */
const noKubernetes = 'kubernetes plugin not loaded';

export class ExternalHandler implements Handler {
  readonly name = 'k8s_external';
  readonly options: ExternalOptions;

  constructor(options: ExternalOptions) {
    this.options = options;
  }

  /** Reads everything from the environment: there is nothing to copy. */
  fork(): this {
    return this;
  }

  started(_turn: Turn, siblings: readonly Handler[]): string | null {
    const isThere = siblings.some((handler) => handler.external !== undefined);
    return isThere ? null : `plugin/k8s_external: ${noKubernetes}`;
  }

  serve(request: DnsRequest, next: Next): Served {
    const { zones, apex, fallthrough } = this.options;
    const zone = longestZone(zones, request.qname);
    if (zone === undefined) return next(request);
    const externals = externalsAmong(request.siblings, request.turn);
    if (externals === undefined) {
      return returned(SERVFAIL, noKubernetes);
    }
    const asked = { request, zone, externals };
    for (const one of zones) {
      if (request.qname === one) return this.#apex(asked);
      if (isSubdomain(fullName(apex, one), request.qname)) return this.#ownDomain(asked);
    }
    const found = this.#found(asked);
    if (typeof found !== 'number') return this.#written(asked, 0, found);
    if (found === NXDOMAIN && fallsThrough(fallthrough, request.qname)) return next(request);
    return this.#written(asked, found, nothing);
  }

  #written({ request, zone, externals }: Asked, rcode: number, made: Made): Served {
    const { answers, additional, truncated } = made;
    const soa = soaOf(this.options, zone, externals.serial());
    const authority = answers.length === 0 ? [soa] : [];
    const reply = { ...replyTo(request.message, rcode), aa: true, tc: truncated };
    return wrote({ ...reply, answers, authority, additional });
  }

  /** The records asked for, or the code where the name has none. */
  #found(asked: Asked): Made | number {
    const { request, zone, externals } = asked;
    const { headless, ttl, zones } = this.options;
    const { name, type } = request.question;
    const isPointer = typeName(type) === 'PTR';
    const targets = isPointer ? externals.pointers(request.qname) : undefined;
    if (targets !== undefined) {
      if (targets.length === 0) return NXDOMAIN;
      const first = zones[0] ?? zone;
      const answers = [...new Set(targets)].map((target): ResourceRecord => {
        return { kind: 'PTR', name, class: IN, ttl, target: fullName(target, first) };
      });
      return { ...nothing, answers };
    }
    const { sources, rcode } = externals.find(request.qname, zone, headless);
    if (isPointer || sources.length === 0) return sources.length === 0 ? rcode : 0;
    const making: Making = {
      options: this.options,
      zone,
      name,
      sourceTtl: externals.ttl,
      lookup: (target, of) => request.turn.lookup(request.message, target, of),
    };
    switch (typeName(type)) {
      case 'A':
        return addressesOf(making, sources, 1);
      case 'AAAA':
        return addressesOf(making, sources, 28);
      case 'SRV':
        return servicesOf(making, sources);
      default:
        return nothing;
    }
  }

  #apex(asked: Asked): Served {
    const { request, zone, externals } = asked;
    const { name, type } = request.question;
    const { apex, ttl, headless } = this.options;
    switch (typeName(type)) {
      case 'SOA': {
        const answers = [soaOf(this.options, zone, externals.serial())];
        return this.#written(asked, 0, { ...nothing, answers });
      }
      case 'NS': {
        const server = fullName(`ns1.${apex}`, name);
        const additional = externals
          .addresses(headless)
          .map((addr) => addressRecord(server, addr, ttl));
        return this.#written(asked, 0, {
          answers: [nsOf(this.options, zone)],
          additional,
          truncated: false,
        });
      }
      default:
        return this.#written(asked, 0, nothing);
    }
  }

  /** `dns.ZONE` is empty, `ns1.dns.ZONE` has the name server's addresses; all else below is missing. */
  #ownDomain(asked: Asked): Served {
    const { request, zone, externals } = asked;
    const { name, type } = request.question;
    const labels = labelsOf(request.qname);
    const left = labels.slice(0, labels.length - labelsOf(zone).length);
    if (left.length === 1) return this.#written(asked, 0, nothing);
    if (left.length !== 2 || left[0] !== 'ns1') return this.#written(asked, NXDOMAIN, nothing);
    const { headless, ttl } = this.options;
    const answers = externals
      .addresses(headless)
      .map((addr) => addressRecord(name, addr, ttl))
      .filter(({ kind }) => kind === typeName(type));
    return this.#written(asked, 0, { ...nothing, answers });
  }

  transfer({ zone, serial, siblings, turn }: ZoneRequest): ZoneRecords | null {
    const externals = externalsAmong(siblings, turn);
    if (externals === undefined || !this.options.zones.includes(zone)) return null;
    return transferred({ options: this.options, zone, serial, externals });
  }
}

const nothing: Made = { answers: [], additional: [], truncated: false };

function externalsAmong(siblings: readonly Handler[], turn: Turn): Externals | undefined {
  return siblings.find((one) => one.external !== undefined)?.external?.(turn);
}
