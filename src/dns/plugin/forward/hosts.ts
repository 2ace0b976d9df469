// Upstreams by host name, from 1.14.4 on: looked up once, when the process starts, at the servers of `resolver` or as
// Go's own resolver does (CoreDNS plugin/forward/resolve.go). Later changes of the name's addresses are not seen.
import { type Addr, parseAddr } from '../../../net/addr.ts';
import { TCP, UDP } from '../../../net/packet.ts';
import { parseResolvConf } from '../../../net/resolv-conf.ts';
import { decode } from '../../message/decode.ts';
import { encode } from '../../message/encode.ts';
import { query } from '../../message/message.ts';
import { absolute } from '../../message/name.ts';
import type { Turn } from '../../plugin.ts';
import { parseHosts } from '../../resolver/hosts.ts';
import { isGoName, resolve } from '../../resolver/resolve.ts';
import { splitHostPort, type Target, type Upstream, unseen, upstream } from './upstreams.ts';

const types = { A: 1, AAAA: 28 } as const;

/** All upstreams in the order of the TOs, each once; a text says why a name has none. */
export function expand(
  targets: readonly Target[],
  resolvers: readonly string[],
  turn: Turn,
): readonly Upstream[] | string {
  const seen = new Set<string>();
  const found: Upstream[] = [];
  for (const target of targets) {
    if (target.kind === 'static') {
      found.push(...unseen(target.upstreams, seen));
      continue;
    }
    const { host, port } = target;
    const addrs = resolvers.length > 0 ? askAll(host, resolvers, turn) : bySystem(host, turn);
    if (typeof addrs === 'string') return `failed to resolve "${host}": ${addrs}`;
    const own = addrs.map((addr) => upstream(addr, port));
    found.push(...unseen(own, seen));
  }
  return found;
}

/** Go's net.LookupHost. */
function bySystem(host: string, turn: Turn): readonly Addr[] | string {
  const { resolvConf, readFile } = turn.environment;
  const conf = parseResolvConf(resolvConf);
  let id = 0;
  const io = {
    nowMs: turn.nowMs(),
    nextId: () => ++id,
    exchange: (to: Addr, bytes: Uint8Array, transport: 'udp' | 'tcp', timeoutMs: number) =>
      turn.exchange(transport === 'udp' ? UDP : TCP, to, 53, bytes, timeoutMs),
  };
  const hosts = parseHosts(readFile('/etc/hosts') ?? '');
  const { addresses, outcome } = resolve(conf, 'go', host, 'address', io, hosts);
  const addrs = addresses.flatMap((text) => parseAddr(text) ?? []);
  if (addrs.length > 0) return addrs;
  const server = conf.nameservers[0];
  const at = server === undefined || !isGoName(host) ? '' : ` on ${upstream(server, 53).text}`;
  const why = outcome === 'timeout' ? 'i/o timeout' : 'no such host';
  return `lookup ${host}${at}: ${why}`;
}

/** One server after the other, until one knows an address. */
function askAll(host: string, resolvers: readonly string[], turn: Turn): readonly Addr[] | string {
  let last = '';
  for (const text of resolvers) {
    const split = splitHostPort(text);
    const server = parseAddr(split.host);
    if (server === undefined) continue;
    const port = split.port === null ? 53 : Number(split.port);
    const found: Addr[] = [];
    for (const type of [types.A, types.AAAA]) {
      const addrs = ask(absolute(host), type, server, port, turn);
      if (typeof addrs === 'string') {
        if (found.length === 0) last = `: ${addrs}`;
        break;
      }
      found.push(...addrs);
    }
    if (found.length > 0) return found;
  }
  return `no addresses found for "${host}"${last}`;
}

function ask(
  name: string,
  type: number,
  server: Addr,
  port: number,
  turn: Turn,
): readonly Addr[] | string {
  const result = turn.exchange(UDP, server, port, encode(query(1, name, type)), 2000);
  const to = upstream(server, port).text;
  if (result.kind !== 'reply') {
    return result.kind === 'timeout' ? `read udp ->${to}: i/o timeout` : `dial udp ${to}: refused`;
  }
  const decoded = decode(result.message);
  if (decoded.kind !== 'message') return 'dns: bad message';
  return decoded.message.answers.flatMap((r) =>
    r.kind === 'A' || r.kind === 'AAAA' ? [r.addr] : [],
  );
}
