// Answers from hosts files (CoreDNS plugin/hosts/hosts.go). Its state is the file as it was read last; the tick that
// would read it is made up for when somebody asks.
import type { Addr } from '../../../net/addr.ts';
import { fallsThrough } from '../../fallthrough.ts';
import { IN, type ResourceRecord, replyTo, typeName } from '../../message/message.ts';
import { addressOfReverse, longestZone } from '../../message/name.ts';
import { METRICS } from '../../metrics/metrics.table.ts';
import {
  type DnsRequest,
  type Handler,
  type Next,
  returned,
  type Served,
  type Turn,
  wrote,
} from '../../plugin.ts';
import { addressesOf, type HostsMap, plainAddr, readHosts } from './hosts-map.ts';
import type { HostsOptions } from './setup.ts';

const SERVFAIL = 2;

interface Seen {
  readonly sinceMs: number;
  /** Ticks since then. */
  readonly tick: number;
  readonly text: string;
  readonly map: HostsMap;
}

export class HostsHandler implements Handler {
  readonly name = 'hosts';
  readonly #options: HostsOptions;
  readonly #inline: HostsMap;
  #seen: Seen | null;

  constructor(options: HostsOptions, seen: Seen | null = null) {
    this.#options = options;
    this.#inline = readHosts(options.inline, options);
    this.#seen = seen;
  }

  fork(): HostsHandler {
    return new HostsHandler(this.#options, this.#seen);
  }

  started(turn: Turn): null {
    this.#file(turn);
    return null;
  }

  serve(request: DnsRequest, next: Next): Served {
    const { qname, question, turn } = request;
    const type = typeName(question.type);
    const { origins, fall, ttl, passesOtherTypes } = this.#options;
    // Reverse zones need not be among the origins.
    if (type !== 'PTR' && longestZone(origins, qname) === undefined) return next(request);
    const maps = [this.#file(turn), this.#inline];
    const owner = { name: qname, class: IN, ttl };
    let answers: readonly ResourceRecord[] = [];
    if (type === 'PTR') {
      const names = namesAt(maps, addressOfReverse(qname));
      // Unknown addresses go on whatever `fallthrough` says.
      if (names.length === 0) return next(request);
      answers = names.map((target) => ({ ...owner, kind: 'PTR' as const, target }));
    } else if (type === 'A') {
      answers = this.#v4(maps, qname).map((addr) => ({ ...owner, kind: 'A' as const, addr }));
    } else if (type === 'AAAA') {
      answers = this.#v6(maps, qname).map((addr) => ({ ...owner, kind: 'AAAA' as const, addr }));
    } else if (passesOtherTypes && fallsThrough(fall, qname)) return next(request);
    if (answers.length === 0 && !this.#exists(maps, qname)) {
      // There is no SOA to say NXDOMAIN with.
      return fallsThrough(fall, qname) ? next(request) : returned(SERVFAIL);
    }
    return wrote({ ...replyTo(request.message), aa: true, answers });
  }

  #v4(maps: readonly HostsMap[], name: string): readonly number[] {
    return maps.flatMap((map) => addressesOf(map.v4, name, this.#options.wildcards));
  }

  #v6(maps: readonly HostsMap[], name: string): readonly bigint[] {
    return maps.flatMap((map) => addressesOf(map.v6, name, this.#options.wildcards));
  }

  #exists(maps: readonly HostsMap[], name: string): boolean {
    return this.#v4(maps, name).length > 0 || this.#v6(maps, name).length > 0;
  }

  #file(turn: Turn): HostsMap {
    const { path, reloadMs } = this.#options;
    const nowMs = turn.nowMs();
    const seen = this.#seen;
    const sinceMs = seen?.sinceMs ?? nowMs;
    const tick = reloadMs === 0 ? 0 : Math.floor((nowMs - sinceMs) / reloadMs);
    if (seen !== null && tick <= seen.tick) return seen.map;
    // A file that is gone leaves what it said.
    const read = turn.environment.readFile(path);
    const text = read ?? seen?.text ?? '';
    const map = seen !== null && seen.text === text ? seen.map : readHosts(text, this.#options);
    const { metrics } = turn;
    if (metrics !== null && read !== undefined && map !== seen?.map) {
      const size = this.#inline.size + map.size;
      metrics.set(metrics.cell(METRICS.hostsEntries, [path]), size);
    }
    this.#seen = { sinceMs, tick, text, map };
    return map;
  }
}

function namesAt(maps: readonly HostsMap[], addr: Addr | undefined): readonly string[] {
  if (addr === undefined) return [];
  return maps.flatMap((map) => map.names.get(plainAddr(addr)) ?? []);
}
