// Which server block a query is for: what CoreDNS's Server holds per address and port (core/dnsserver/server.go NewServer,
// ServeDNS). Made once from the sites, and shared by all forks.
import { type Addr, formatEndpoint } from '../../net/addr.ts';
import type { Configuration, Site } from './config.ts';

const DS = 43;

/** Plugins that let other classes than IN into all chains of their listener (EnableChaos). */
const openToAnyClass = ['chaos', 'forward'];

/** As metrics name a listener. */
export function listenerName(addr: Addr | null, port: number): string {
  return addr === null ? `dns://:${port}` : `dns://${formatEndpoint(addr, port)}`;
}

export class Listener {
  readonly name: string;
  readonly anyClass: boolean;
  readonly #root: Site | undefined;
  /** All other zones; null: there are none. */
  readonly #zones: ReadonlyMap<string, Site> | null;
  readonly #isEmpty: (site: Site) => boolean;

  constructor(name: string, sites: readonly Site[], chains: Configuration['chains']) {
    this.name = name;
    const handlers = sites.flatMap(({ chain }) => chains[chain] ?? []);
    this.anyClass = handlers.some(({ name }) => openToAnyClass.includes(name));
    this.#isEmpty = ({ chain }) => (chains[chain] ?? []).length === 0;
    this.#root = sites.find(({ zone }) => zone === '.');
    const zones = sites.filter(({ zone }) => zone !== '.').reverse();
    this.#zones = zones.length === 0 ? null : new Map(zones.map((site) => [site.zone, site]));
  }

  /** The longest zone; for DS the least specific one that is not the root, for its parent may be served too. A zone
   * without plugins ends the search even then. */
  siteFor(qname: string, type: number): Site | undefined {
    if (this.#zones === null) return this.#root;
    let found: Site | undefined;
    for (let at = 0; at < qname.length; at = afterLabel(qname, at)) {
      const site = this.#zones.get(at === 0 ? qname : qname.slice(at));
      if (site === undefined) continue;
      if (type !== DS || this.#isEmpty(site)) return site;
      found = site;
    }
    return found ?? this.#root;
  }
}

/** Where the next label begins; a dot after a backslash is none. */
function afterLabel(name: string, from: number): number {
  for (let i = from; i < name.length; i++) {
    const c = name[i];
    if (c === '\\') i++;
    else if (c === '.') return i + 1;
  }
  return name.length;
}

/** The listeners of one configuration, by port and address. */
export class Listeners {
  readonly #configuration: Pick<Configuration, 'sites' | 'chains'>;
  readonly #anyAddr = new Map<number, Listener>();
  readonly #bound = new Map<string, Listener>();

  constructor(configuration: Pick<Configuration, 'sites' | 'chains'>) {
    this.#configuration = configuration;
  }

  /** `addr`: what the socket is bound to, null for nothing; undefined: whichever has that port. */
  at(port: number, addr: Addr | null | undefined): Listener {
    if (addr === undefined) return this.#anyAddr.get(port) ?? this.#any(port);
    const key = `${port} ${addr}`;
    return this.#bound.get(key) ?? this.#to(key, port, addr);
  }

  #any(port: number): Listener {
    const listener = this.#made(port, null, (site) => site.port === port);
    this.#anyAddr.set(port, listener);
    return listener;
  }

  #to(key: string, port: number, addr: Addr | null): Listener {
    const listener = this.#made(port, addr, (site) => site.port === port && site.addr === addr);
    this.#bound.set(key, listener);
    return listener;
  }

  #made(port: number, addr: Addr | null, serves: (site: Site) => boolean): Listener {
    const { sites, chains } = this.#configuration;
    return new Listener(listenerName(addr, port), sites.filter(serves), chains);
  }
}
