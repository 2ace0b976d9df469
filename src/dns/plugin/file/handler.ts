// Answers from zone files (CoreDNS plugin/file/file.go). Its state is each zone as it was read last.
import { type Fallthrough, fallsThrough } from '../../fallthrough.ts';
import { longestZone } from '../../message/name.ts';
import {
  type DnsRequest,
  type Handler,
  type Next,
  returned,
  type Served,
  type Turn,
  type ZoneRecords,
  type ZoneRequest,
} from '../../plugin.ts';
import type { ZoneFacts } from '../../zone/facts.table.ts';
import { find, isNothing, notLookup, written } from '../../zone/serve.ts';
import { transferOf, type Zone } from '../../zone/zone.ts';
import { refreshed, type ZoneFile } from '../../zone/zone-file.ts';

const REFUSED = 5;

export class FileHandler implements Handler {
  readonly name = 'file';
  readonly #files: Map<string, ZoneFile>;
  readonly #fall: Fallthrough;
  readonly #facts: ZoneFacts;

  constructor(files: ReadonlyMap<string, ZoneFile>, fall: Fallthrough, facts: ZoneFacts) {
    this.#files = new Map(files);
    this.#fall = fall;
    this.#facts = facts;
  }

  fork(): FileHandler {
    return new FileHandler(this.#files, this.#fall, this.#facts);
  }

  serve(request: DnsRequest, next: Next): Served {
    const { qname, siblings, turn } = request;
    const origin = longestZone([...this.#files.keys()], qname);
    if (origin === undefined) {
      const isLast = siblings.at(-1) === this;
      return isLast && this.#facts.refusesWhenLast ? returned(REFUSED) : next(request);
    }
    const other = notLookup(request, origin, this.name);
    if (other !== null) return other;
    const zone = this.#zone(origin, turn);
    const found = find(zone, request);
    if (isNothing(found) && fallsThrough(this.#fall, qname)) return next(request);
    return written(zone, found, request);
  }

  transfer({ zone, serial, turn }: ZoneRequest): ZoneRecords | null {
    return this.#files.has(zone) ? transferOf(this.#zone(zone, turn), serial) : null;
  }

  #zone(origin: string, turn: Turn): Zone {
    const file = refreshed(this.#files.get(origin) as ZoneFile, turn);
    this.#files.set(origin, file);
    return file.zone;
  }
}
