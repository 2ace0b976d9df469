// The resolver as a command in a container has it: its files, and a socket. Glue between a ProgramContext-like
// context and resolve.ts.
import { TCP, UDP } from '../../net/packet.ts';
import { parseResolvConf, type ResolvConf } from '../../net/resolv-conf.ts';
import type { ProgramContext } from '../../node/program.ts';
import type { ResolverKind } from './flavour.table.ts';
import { type HostsEntry, parseHosts } from './hosts.ts';
import { type Resolved, type ResolverIo, resolve, type Wanted } from './resolve.ts';

export interface ContainerContext extends ProgramContext {
  readonly resolver: ResolverKind;
  readFile(path: string): string | undefined;
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

export function ioOf(context: ProgramContext): ResolverIo {
  return {
    nowMs: context.nowMs,
    exchange: (server, message, transport, timeoutMs) =>
      context.exchange(transport === 'udp' ? UDP : TCP, server, 53, message, timeoutMs),
    nextId: idsOf(context),
  };
}

/** Looks a name up as the container's C library would, or as `kind` would. */
export function resolveIn(
  context: ContainerContext,
  name: string,
  wanted: Wanted,
  kind: ResolverKind = context.resolver,
): Resolved {
  return resolve(resolvConfOf(context), kind, name, wanted, ioOf(context), hostsOf(context));
}
