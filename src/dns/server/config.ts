// A Corefile to server blocks with their plugin chains (coredns/caddy caddy.go executeDirectives, CoreDNS core/dnsserver/
// register.go): keys are inspected, then each directive is set up in plugin.cfg order for all blocks before the next one,
// then zones may not clash on what they listen on. Throws InputError 'corefile' with CoreDNS's text, 'not-modelled' for
// what only CoreDNS can run by.
import { InputError } from '../../api/input-error.ts';
import { type Addr, formatEndpoint } from '../../net/addr.ts';
import {
  COREFILE,
  type CorefileOptions,
  parseCorefile,
  type ServerBlock,
} from '../corefile/corefile.ts';
import { Dispenser, type PositionOf } from '../corefile/dispenser.ts';
import { type CorefileHash, hashOf } from '../corefile/hash.ts';
import { joinPath } from '../corefile/import.ts';
import { parseZoneKey, type ZoneKey } from '../corefile/zone-key.ts';
import type { CoreDnsVersion } from '../kubeadm/version.ts';
import { bindAddresses, isLocal } from '../plugin/bind/setup.ts';
import { rootOf } from '../plugin/root/setup.ts';
import { pluginOrder, UNMODELLED } from '../plugin.cfg.ts';
import type { Handler } from '../plugin.ts';
import { SETUPS } from '../plugins.ts';
import { overlapOf } from './overlap.ts';
import type { Declared, Service } from './service.ts';

/** One zone that a listener serves. */
export interface Site {
  readonly zone: string;
  readonly port: number;
  /** As `bind` says it; null: every address. */
  readonly addr: Addr | null;
  /** Index of its server block's chain. */
  readonly chain: number;
}

export interface Configuration {
  readonly sites: readonly Site[];
  /** One chain per server block, in plugin.cfg order; empty when the block has no handler. */
  readonly chains: readonly (readonly Handler[])[];
  /** What it does beside answering, in the order of the server blocks. */
  readonly services: readonly Declared[];
  readonly hash: CorefileHash;
}

export interface ConfigureOptions extends Omit<CorefileOptions, 'known' | 'version'> {
  readonly version: CoreDnsVersion;
  /** The process's /etc/resolv.conf. */
  readonly resolvConf: string;
  /** The machine's own addresses, loopback left out; absent: it may listen on any. */
  readonly localAddrs?: readonly Addr[];
  /** -dns.port; default 53. */
  readonly port?: number;
  /** The plugins that the program has; absent: all of its release. */
  readonly compiledIn?: ReadonlySet<string>;
  /** As `DnsEnvironment.readFile`. */
  readonly readFile: (path: string) => string | undefined;
  readonly log: (line: string) => void;
}

const portMax = 65_535;

/** Builds all chains. An empty Corefile is CoreDNS's built-in `.:53 { whoami log }`. */
export function configure(corefile: string, options: ConfigureOptions): Configuration {
  const build = new Build(options, readBlocks(corefile, options));
  const keys = build.inspect();
  const { chains, bound, services } = build.setUp(keys);
  const sites = build.listen(keys, bound);
  const hash = hashOf(build.blocks, options.file ?? COREFILE, options.version);
  return { sites, chains, services, hash };
}

/** The blocks that the Corefile, or in its place the built-in one, has. Throws as `configure`. */
export function readBlocks(corefile: string, options: ConfigureOptions): readonly ServerBlock[] {
  const order = new Set(pluginOrder(options.version));
  const parse = { ...options, known: (name: string) => order.has(name), warn: options.log };
  const blocks = parseCorefile(corefile, parse);
  if (blocks.length > 0) return blocks;
  return parseCorefile(`.:${options.port ?? 53} {\nwhoami\nlog\n}\n`, parse);
}

interface KeyZone extends ZoneKey {
  /** Index of the key it came from. */
  readonly key: number;
}

/** What a directive's setup is told of its block. */
interface Given {
  readonly keys: readonly KeyZone[];
  readonly root: string;
  readonly declare: (service: Service) => void;
}

class Build {
  readonly blocks: readonly ServerBlock[];
  readonly #options: ConfigureOptions;
  readonly #file: string;
  readonly #positionOf: PositionOf;

  constructor(options: ConfigureOptions, blocks: readonly ServerBlock[]) {
    this.blocks = blocks;
    this.#options = options;
    this.#file = options.file ?? COREFILE;
    this.#positionOf = options.positionOf ?? (() => null);
  }

  /** Runs a part that does not depend on those before it; its error is tolerated where the caller can go on. */
  #attempt<T>(otherwise: T, part: () => T): T {
    const { tolerate } = this.#options;
    if (tolerate === undefined) return part();
    try {
      return part();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      tolerate(error, false);
      return otherwise;
    }
  }

  /** What a plugin can leave out and be judged all the same. */
  #leftOut(name: string): ((error: InputError) => void) | undefined {
    const { tolerate } = this.#options;
    if (tolerate === undefined) return undefined;
    return (error) => tolerate(prefixed(name, error), true);
  }

  #atKey(block: ServerBlock, key: number): Dispenser {
    const token = block.keyTokens[key];
    const own = token === undefined ? [] : [token];
    const d = new Dispenser(this.#file, own, this.#positionOf);
    d.next();
    return d;
  }

  /** Zones of each block's keys. */
  inspect(): readonly (readonly KeyZone[])[] {
    const { version, port } = this.#options;
    return this.blocks.map((block) =>
      block.keys.flatMap((key, i) =>
        this.#attempt<readonly KeyZone[]>([], () => {
          const zones = parseZoneKey(key, version, port);
          if (typeof zones !== 'string') return zones.map((zone) => ({ ...zone, key: i }));
          throw this.#atKey(block, i).raw(`error inspecting server blocks: ${zones}`);
        }),
      ),
    );
  }

  /** The chain of each block, and the addresses that it is bound to. */
  setUp(keys: readonly (readonly KeyZone[])[]) {
    const chains: Handler[][] = this.blocks.map(() => []);
    const bound: (readonly Addr[] | null)[] = this.blocks.map(() => null);
    const roots: string[] = this.blocks.map(() => '/');
    const services: Declared[] = [];
    for (const name of pluginOrder(this.#options.version)) {
      for (const [i, block] of this.blocks.entries()) {
        const own = block.directives.get(name);
        if (own === undefined) continue;
        const d = new Dispenser(this.#file, own, this.#positionOf, this.#leftOut(name));
        if (!this.#attempt(false, () => this.#actionOf(name, d))) continue;
        this.#attempt(undefined, () =>
          prefixing(name, () => {
            if (name === 'bind') bound[i] = bindAddresses(d, this.#options.localAddrs);
            else if (name === 'root') roots[i] = rootOf(d, this.#options);
            else {
              const declare = (service: Service) => services.push({ ...service, chain: i });
              const given = { keys: keys[i] ?? [], root: roots[i] ?? '/', declare };
              chains[i]?.push(...this.#handlers(name, d, given));
            }
          }),
        );
      }
    }
    return { chains, bound, services };
  }

  /** A directive whose plugin the program does not have (coredns/caddy caddy.go DirectiveAction). */
  #actionOf(name: string, d: Dispenser): true {
    if (this.#options.compiledIn?.has(name) !== false) return true;
    d.next();
    const text = `no action found for directive '${name}' with server type 'dns' (missing a plugin?)`;
    throw d.raw(text, 'this program is built without it');
  }

  #handlers(name: string, d: Dispenser, given: Given): readonly Handler[] {
    const { version, resolvConf, log, readFile } = this.#options;
    const { keys, root, declare } = given;
    const setup = Object.hasOwn(SETUPS, name) ? SETUPS[name] : undefined;
    if (setup !== undefined) {
      const ports = [...new Set(keys.map(({ port }) => port))].sort((a, b) => a - b);
      const zones = keys.map(({ zone }) => zone.toLowerCase());
      const pathOf = (path: string) => joinPath(root, path);
      const read = (path: string) => readFile(pathOf(path));
      return setup(d, { zones, ports, version, resolvConf, readFile: read, pathOf, log, declare });
    }
    const unmodelled = UNMODELLED[name];
    if (unmodelled?.kind === 'inert') return [];
    d.next();
    const why = unmodelled?.why ?? 'it has no handler';
    throw d.notModelled(`directive '${name}' is not modelled: ${why}`, 'leave the directive out');
  }

  /** What is listened on: a port of the machine, no zone twice. */
  listen(
    keys: readonly (readonly KeyZone[])[],
    bound: readonly (readonly Addr[] | null)[],
  ): readonly Site[] {
    const found = this.blocks.flatMap((block, chain) =>
      (keys[chain] ?? []).flatMap((zone) =>
        (bound[chain] ?? [null]).map((addr) => ({ ...zone, addr, chain, block })),
      ),
    );
    const refused = new Set<KeyZone>();
    const check = (site: (typeof found)[number], text: string | null, hint = '') =>
      this.#attempt(undefined, () => {
        if (text === null) return;
        refused.add(site);
        throw this.#atKey(site.block, site.key).raw(text, hint);
      });
    for (const site of found) {
      check(
        site,
        site.port >= 0 && site.port <= portMax ? null : `address ${site.port}: invalid port`,
      );
    }
    const overlap = overlapOf();
    for (const site of found) check(site, overlap(site));
    const { localAddrs } = this.#options;
    for (const site of found) {
      if (site.addr === null || localAddrs === undefined || isLocal(site.addr, localAddrs))
        continue;
      const what = formatEndpoint(site.addr, site.port);
      const text = `Listen: listen tcp ${what}: bind: cannot assign requested address`;
      check(site, text, `${what} is no address of the Pod: leave bind out, or bind to eth0`);
    }
    const refuse = (site: (typeof found)[number], what: string) =>
      this.#attempt(undefined, () => {
        refused.add(site);
        const text = `${what} are not modelled`;
        throw this.#atKey(site.block, site.key).notModelled(text, 'serve plain DNS: ZONE:PORT');
      });
    for (const site of found) {
      if (site.scheme !== 'dns') refuse(site, `${site.scheme}:// listeners`);
      else if (site.port === 0) refuse(site, 'ports that the kernel picks');
    }
    const kept = found.filter((site) => !refused.has(site));
    return kept.map(({ zone, port, addr, chain }) => ({ zone, port, addr, chain }));
  }
}

function prefixing(name: string, part: () => void): void {
  try {
    part();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw prefixed(name, error);
  }
}

function prefixed(name: string, error: InputError): InputError {
  const { code, position, hint, sourceLine } = error;
  return new InputError(code, `plugin/${name}: ${error.message}`, { position, hint, sourceLine });
}
