// The resolver as a command in a container has it: its files, and a socket. Glue between a ProgramContext-like
// context and resolve.ts.
import type { Addr } from '../../net/addr.ts';
import { TCP, UDP } from '../../net/packet.ts';
import { parseResolvConf, type ResolvConf } from '../../net/resolv-conf.ts';
import type { ProgramContext } from '../../node/program.ts';
import type { ResolverKind } from './flavour.table.ts';
import { type HostsEntry, parseHosts } from './hosts.ts';
import { type Resolved, type ResolverIo, resolve, type Wanted } from './resolve.ts';
import { type Source, sortAddresses } from './sort.ts';

export interface ContainerContext extends ProgramContext {
  readonly resolver: ResolverKind;
  readonly hostname: string;
  /** Lets time pass. */
  wait(ms: number): void;
  readFile(path: string): string | undefined;
  sourceOf?(to: Addr): Source | undefined;
}

export function resolvConfOf(context: ContainerContext): ResolvConf {
  return parseResolvConf(context.readFile('/etc/resolv.conf') ?? '');
}

export function hostsOf(context: ContainerContext): readonly HostsEntry[] {
  return parseHosts(context.readFile('/etc/hosts') ?? '');
}

/** Query ids: a hash of machine and time, counted on; any stream of numbers will do, but the same run has the same. */
export function idsOf(context: ProgramContext): () => number {
  let hash = 0x811c9dc5;
  for (const c of `${context.machine} ${context.nowMs}`) {
    hash = Math.imul(hash ^ c.charCodeAt(0), 0x01000193) >>> 0;
  }
  let id = (hash ^ (hash >>> 16)) & 0xffff;
  return () => {
    id = (id * 25_173 + 13_849) & 0xffff;
    return id;
  };
}

function ioOf(context: ContainerContext): ResolverIo {
  const { sourceOf } = context;
  return {
    ...(sourceOf === undefined ? {} : { sourceOf: (to) => sourceOf.call(context, to) }),
    nowMs: context.nowMs,
    exchange: (server, message, transport, timeoutMs, atMs, socket) => {
      const proto = transport === 'udp' ? UDP : TCP;
      const same = socket ?? {};
      return context.exchange(proto, server, 53, message, timeoutMs, { atMs, ...same });
    },
    nextId: idsOf(context),
  };
}

/** Addresses in the order in which getaddrinfo(3) gives them. */
export function sortedIn(
  context: ContainerContext,
  addresses: readonly string[],
): readonly string[] {
  const { sourceOf } = ioOf(context);
  return sourceOf === undefined ? addresses : sortAddresses(context.resolver, addresses, sourceOf);
}

/** How a look-up differs from the one that the container's library makes by itself. */
export interface LookupMore {
  readonly kind?: ResolverKind;
  readonly conf?: ResolvConf;
}

/** Looks a name up as the container's library would, and waits for it. */
export function resolveIn(
  context: ContainerContext,
  name: string,
  wanted: Wanted,
  more: LookupMore = {},
): Resolved {
  const { kind = context.resolver, conf = resolvConfOf(context) } = more;
  const io = ioOf(context);
  const resolved = resolve(conf, kind, name, wanted, io, hostsOf(context), context.hostname);
  context.wait(resolved.elapsedMs);
  return resolved;
}
