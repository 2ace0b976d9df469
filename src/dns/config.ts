// A Corefile to server blocks with their plugin chains (CoreDNS core/dnsserver/register.go): directives are set up in
// plugin.cfg order, zones may not clash. Throws InputError 'corefile' with CoreDNS's text.
import { InputError } from '../api/input-error.ts';
import { type Addr, parseAddr } from '../net/addr.ts';
import {
  COREFILE,
  type CorefileOptions,
  parseCorefile,
  type ServerBlock,
} from './corefile/corefile.ts';
import { Dispenser, type PositionOf } from './corefile/dispenser.ts';
import { parseZoneKey, type ZoneKey } from './corefile/zone-key.ts';
import { pluginOrder, UNMODELLED } from './plugin.cfg.ts';
import type { Handler } from './plugin.ts';
import { SETUPS } from './plugins.ts';
import type { CoreDnsVersion } from './version.ts';

/** One zone that a listener serves. */
export interface Site {
  readonly zone: string;
  readonly port: number;
  /** Index of its server block's chain. */
  readonly chain: number;
}

export interface Configuration {
  readonly sites: readonly Site[];
  /** One chain per server block, in plugin.cfg order; empty when the block has no handler. */
  readonly chains: readonly (readonly Handler[])[];
  /** Where its HTTP servers listen. */
  readonly http: readonly HttpListener[];
}

/** A TCP socket of an inert directive: /health, /ready or /metrics. */
export interface HttpListener {
  /** null: every address. */
  readonly addr: Addr | null;
  readonly port: number;
}

/** Default addresses (plugin/health, plugin/ready, plugin/metrics). */
const httpDefaults = { health: ':8080', ready: ':8181', prometheus: 'localhost:9153' } as const;

export interface ConfigureOptions extends Omit<CorefileOptions, 'known'> {
  readonly version: CoreDnsVersion;
  /** The process's /etc/resolv.conf. */
  readonly resolvConf: string;
  /** As `DnsEnvironment.readFile`. */
  readFile(path: string): string | undefined;
  log(line: string): void;
}

const inertWhoami = '.:53 {\n whoami\n log\n}\n';

/** Builds all chains. An empty Corefile is CoreDNS's built-in `.:53 { whoami log }`. */
export function configure(corefile: string, options: ConfigureOptions): Configuration {
  const order = pluginOrder(options.version);
  const known = (name: string): boolean => order.includes(name);
  const parse = { ...options, known, warn: options.log };
  let blocks = parseCorefile(corefile, parse);
  if (blocks.length === 0) blocks = parseCorefile(inertWhoami, parse);
  const positionOf = options.positionOf ?? (() => null);
  const file = options.file ?? COREFILE;
  const sites: Site[] = [];
  const seen = new Set<string>();
  const keys = blocks.map((block, chain) => {
    const zones = block.keys.flatMap((key, i) => keyZones(key, block, i, file, positionOf));
    for (const { scheme, zone, port } of zones) {
      const text = `${scheme}://${zone}:${port}`;
      if (seen.has(text)) {
        throw new InputError('corefile', `cannot serve ${text} - it is already defined`);
      }
      seen.add(text);
      sites.push({ zone, port, chain });
    }
    return zones.map((z) => z.zone);
  });
  const chains = blocks.map((block, i) => {
    const ports = [...new Set(sites.flatMap((s) => (s.chain === i ? s.port : [])))];
    ports.sort((a, b) => a - b);
    return setUp(block, { zones: keys[i] ?? [], ports, file, options, positionOf });
  });
  return { sites, chains, http: httpListeners(blocks) };
}

/** One listener per address, whichever server blocks name it. */
function httpListeners(blocks: readonly ServerBlock[]): readonly HttpListener[] {
  const found = new Map<string, HttpListener>();
  for (const block of blocks) {
    for (const [name, usual] of Object.entries(httpDefaults)) {
      const [head, first] = block.directives.get(name) ?? [];
      if (head === undefined) continue;
      const isArgument = first?.line === head.line && first.text !== '{';
      const text = isArgument ? first.text : usual;
      const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(text) ?? [];
      if (port === '') continue;
      const addr = host === 'localhost' ? 0x7f000001 : (parseAddr(host) ?? 0);
      found.set(text, { addr: addr === 0 || addr === 0n ? null : addr, port: Number(port) });
    }
  }
  return [...found.values()];
}

function keyZones(
  key: string,
  block: ServerBlock,
  index: number,
  file: string,
  positionOf: PositionOf,
): readonly ZoneKey[] {
  const zones = parseZoneKey(key);
  const token = block.keyTokens[index];
  const d = new Dispenser(file, token === undefined ? [] : [token], positionOf);
  d.next();
  if (typeof zones === 'string') throw d.raw(`error inspecting server blocks: ${zones}`);
  for (const { scheme } of zones) {
    if (scheme !== 'dns') {
      throw d.err(`${scheme}:// listeners are not modelled`, 'serve plain DNS: ZONE:PORT');
    }
  }
  return zones;
}

interface SetUp {
  readonly zones: readonly string[];
  readonly ports: readonly number[];
  readonly file: string;
  readonly options: ConfigureOptions;
  readonly positionOf: PositionOf;
}

function setUp(block: ServerBlock, given: SetUp): readonly Handler[] {
  const { zones, ports, file, options, positionOf } = given;
  const { version, resolvConf, log } = options;
  const readFile = (path: string) => options.readFile(absolutePath(path, file));
  const chain: Handler[] = [];
  for (const name of pluginOrder(version)) {
    const own = block.directives.get(name);
    if (own === undefined) continue;
    const setup = Object.hasOwn(SETUPS, name) ? SETUPS[name] : undefined;
    const unmodelled = UNMODELLED[name];
    if (setup === undefined && unmodelled?.kind === 'inert') continue;
    const d = new Dispenser(file, own, positionOf);
    if (setup === undefined) {
      d.next();
      const why = unmodelled?.why ?? 'it has no handler';
      const text = d.err(`directive '${name}' is not modelled: ${why}`, 'leave the directive out');
      throw prefixed(name, text);
    }
    try {
      chain.push(...setup(d, { zones, ports, version, resolvConf, readFile, log }));
    } catch (error) {
      throw error instanceof InputError ? prefixed(name, error) : error;
    }
  }
  return chain;
}

/** A relative path starts from the Corefile's folder. */
function absolutePath(path: string, file: string): string {
  return path.startsWith('/') ? path : `${file.slice(0, file.lastIndexOf('/') + 1)}${path}`;
}

function prefixed(name: string, error: InputError): InputError {
  const { position, hint, sourceLine } = error;
  return new InputError('corefile', `plugin/${name}: ${error.message}`, {
    position,
    hint,
    sourceLine,
  });
}
