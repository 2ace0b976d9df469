// What a command that `exec` starts may ask of the container it runs in, and what it hands back. Commands are plain
// functions: the composer implements the context, `programs.ts` holds the table of names. A command talks to the
// network and the resolver only through here; it has no clock of its own.
import type { ResolverKind } from '../dns/resolver/flavour.table.ts';
import type { GaiError } from '../dns/resolver/found.ts';
import type { Source } from '../dns/resolver/sort.ts';
import type { Addr } from '../net/addr.ts';
import type { Proto } from '../net/packet.ts';
import type { DialResult, Pinged } from '../node/dial.ts';
import type { DialMore, ProgramContext } from '../node/program.ts';
import type { DeviceView } from './ip.ts';
import type { KernelAnswer, KernelRequest } from './kernel-request.ts';

/** What getaddrinfo(3) of the container's C library came to. */
export type NameResult =
  | { readonly kind: 'addresses'; readonly addresses: readonly Addr[]; readonly elapsedMs: number }
  | {
      readonly kind: 'failed';
      readonly outcome: 'nxdomain' | 'nodata' | 'servfail' | 'refused' | 'timeout';
      readonly error?: GaiError;
      readonly elapsedMs: number;
    };

/** The container around a running command. `machine`, `nowMs` (virtual, counting what the command has waited) and
 * `exchange` (one message, one answer) are those of a program that listens. */
export interface ProcessContext extends ProgramContext {
  /** As uname(2) gives it: the Pod's name, or the node's. */
  readonly hostname: string;
  readonly env: Readonly<Record<string, string>>;
  /** The container's C library: decides how names are looked up and which nslookup the image has. */
  readonly resolver: ResolverKind;
  /** The container's image, which tells whose nslookup it has; empty on a node. */
  readonly image: string;
  /** Text of a file the kubelet wrote: "/etc/resolv.conf", "/etc/hosts"; undefined when there is none. */
  readFile(path: string): string | undefined;
  /** Like `exchange`, with all that is known about the attempt: the phase it failed in, and how. Of an attempt at a time
   * that is given (`more.atMs`) the command's own clock knows nothing: whoever sends several at once says `wait`. */
  dial(
    proto: Proto,
    to: Addr,
    port: number,
    message: Uint8Array,
    timeoutMs: number,
    more?: DialMore,
  ): DialResult;
  /** The machine's network devices, lo first. */
  devices?(): readonly DeviceView[];
  /** What its packets to an address come from; undefined: no route leads there. */
  sourceOf?(to: Addr): Source | undefined;
  /** On a node: what a tool that reads the kernel prints. */
  print?(what: string): string;
  /** On a host with units: what one of them has logged. */
  journal?(unit: string): readonly string[];
  /** On a node: what its kernel holds. */
  kernel?(request: KernelRequest): KernelAnswer;
  /** Sends one echo request; an answer that does not come is not waited for. */
  ping(to: Addr): Pinged;
  /** Lets time pass. */
  wait(ms: number): void;
  /** Resolves a name or address text as the container's C library would. */
  resolve(name: string): NameResult;
}

export interface ProcessResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** One command; argv[0] is the name it was called by. */
export type Command = (argv: readonly string[], context: ProcessContext) => ProcessResult;
