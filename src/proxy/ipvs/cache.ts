// Keeps what was built as long as what it was built from: per service port, per chunk of service
// ports, per chain, per set. Nodes that come to the same get the identical object, so an index over
// it stays good. Nothing here can be seen in a result: a fresh cache builds the same.
import type { Addr } from '../../net/addr.ts';
import type { HashMembers } from '../../netfilter/ipset/members.ts';
import type { IpSet } from '../../netfilter/ipset/set.ts';
import type { Chain } from '../../netfilter/rule.ts';
import type { Causes } from '../../sim/causes.ts';
import { bounded, inner, memo, perKey } from '../../sim/memo.ts';
import { choiceSignature, chooseEndpoints } from '../node-choice.ts';
import type { ProxyPort } from '../snapshot.ts';
import type { Chunk } from '../sorted-map.ts';
import {
  type Barred,
  type FrontEnd,
  localEndpoints,
  type PortParts,
  portParts,
} from './frontends.ts';
import { type PortMembers, type SetPart, SetParts } from './set-parts.ts';
import type { SetName } from './sets.table.ts';
import type { Settings } from './settings.ts';

export const owner = 'kube-proxy';

/** One service port as a node sees it. */
export interface PortView {
  readonly parts: PortParts;
  /** `parts.members` by set. */
  readonly members: ReadonlyMap<SetName, PortMembers>;
}

export interface ChunkView {
  readonly views: readonly PortView[];
  /** What it adds to each set that it has members for. */
  readonly parts: ReadonlyMap<SetName, SetPart>;
  readonly barred: readonly Barred[];
  /** Its front ends by key; of one key, in order. */
  readonly frontEnds: ReadonlyMap<string, readonly FrontEnd[]>;
  /** Addresses it puts on the dummy device. */
  readonly bound: ReadonlySet<Addr>;
}

const chainsMax = 256;
const setsMax = 512;

/** What was built for one cluster and its forks (they share `causes`). */
export class IpvsCache {
  readonly #causes: Causes;
  readonly #setParts = new SetParts();
  readonly #views = new WeakMap<ProxyPort, Map<string, PortView>>();
  readonly #chunks = new WeakMap<Chunk<ProxyPort>, Map<string, ChunkView>>();
  readonly #chains = new Map<string, ReadonlyMap<string, Chain>>();
  readonly #sets = new Map<string, IpSet>();

  constructor(causes: Causes) {
    this.#causes = causes;
  }

  chunkView(chunk: Chunk<ProxyPort>, settings: Settings): ChunkView {
    return memo(inner(this.#chunks, chunk), settings.nodeKey, () => {
      const views = chunk.values.map((port) => this.#view(port, settings));
      const all = views.flatMap(({ parts }) => parts.frontEnds);
      return {
        views,
        parts: this.#partsOf(views),
        barred: views.flatMap(({ parts }) => parts.barred),
        frontEnds: byKey(all),
        bound: new Set(all.flatMap((f) => (f.isBound ? [f.address] : []))),
      };
    });
  }

  /** All chains, by "table name"; `key` names their content. */
  chains(key: string, make: () => ReadonlyMap<string, Chain>): ReadonlyMap<string, Chain> {
    return bounded(this.#chains, chainsMax, key, make);
  }

  /** The set of these parts; `place` names it and whose it is, `key` all but its members. */
  set(
    key: string,
    place: string,
    parts: readonly SetPart[],
    make: (members: HashMembers) => IpSet,
  ): IpSet {
    return bounded(this.#sets, setsMax, `${key}|${parts.map(({ id }) => id).join()}`, () =>
      make(this.#setParts.membersOf(place, parts)),
    );
  }

  #partsOf(views: readonly PortView[]): ReadonlyMap<SetName, SetPart> {
    const bySet = new Map<SetName, PortMembers[]>();
    for (const { members } of views) {
      for (const [set, own] of members) {
        const others = bySet.get(set);
        if (others === undefined) bySet.set(set, [own]);
        else others.push(own);
      }
    }
    return new Map([...bySet].map(([set, ports]) => [set, this.#setParts.ofChunk(set, ports)]));
  }

  /** Nodes share a view when they choose the same endpoints and have the same addresses of its. */
  #view(port: ProxyPort, settings: Settings): PortView {
    const views = inner(this.#views, port);
    return memo(views, settings.nodeKey, () => {
      const { service } = port;
      const chosen = chooseEndpoints(port, settings.locality);
      const key = [
        choiceSignature(port, chosen, settings.nodeIP),
        localEndpoints(port, settings).map(({ text }) => text),
        service.nodePort === 0 ? '' : settings.nodePortIPs,
        [...service.externalIPs, ...service.loadBalancerVIPs]
          .map(({ value }) => settings.otherAddresses.has(value))
          .join(),
      ].join(';');
      return memo(views, `#${key}`, () => {
        const object = `Service/${service.service}`;
        const parts = portParts(port, chosen, settings, (path, other = object) =>
          this.#causes.intern(other, path, owner),
        );
        return { parts, members: this.#setParts.ofPort(service, parts.members) };
      });
    });
  }
}

function byKey(all: readonly FrontEnd[]): ReadonlyMap<string, readonly FrontEnd[]> {
  const found = new Map<string, FrontEnd[]>();
  for (const frontEnd of all) {
    const same = found.get(frontEnd.key);
    if (same === undefined) found.set(frontEnd.key, [frontEnd]);
    else same.push(frontEnd);
  }
  return found;
}

export const cacheOf = perKey((causes: Causes) => new IpvsCache(causes));
