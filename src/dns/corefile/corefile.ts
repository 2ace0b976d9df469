// A Corefile's server blocks: what the parser beside this file makes of tokens, and what it has to be told. Not here: what
// a directive means (its plugin's setup.ts), and what the keys of a block mean (zone-key.ts).
import type { InputError } from '../../api/input-error.ts';
import type { CoreDnsVersion } from '../kubeadm/version.ts';
import type { PositionOf } from './dispenser.ts';
import type { Variables } from './environment.ts';
import type { Token } from './lexer.ts';
import { Parser } from './parser.ts';

export interface ServerBlock {
  /** As written, environment replaced: ".:53", "cluster.local". */
  readonly keys: readonly string[];
  /** Directive name -> all its tokens, the name included; a directive that stands twice is concatenated. */
  readonly directives: ReadonlyMap<string, readonly Token[]>;
  /** One for each key. */
  readonly keyTokens: readonly Token[];
}

export interface CorefileOptions {
  /** Default "/etc/coredns/Corefile", where kubeadm mounts it. */
  readonly file?: string;
  /** Of the process. */
  readonly env?: Variables;
  readonly positionOf?: PositionOf;
  /** Default: a release whose imports have limits. */
  readonly version?: CoreDnsVersion;
  /** Whether a directive exists at all (plugin.cfg). */
  readonly known: (directive: string) => boolean;
  /** Text of a file that may be imported, by its absolute path; default: there is none. */
  readonly readFile?: (path: string) => string | undefined;
  /** Absolute paths of all of them, for patterns. */
  readonly files?: () => readonly string[];
  readonly warn?: (line: string) => void;
  /** Default: it is thrown. */
  readonly tolerate?: Tolerate;
}

/** Takes an error behind which reading can go on as if the line were right. `isRestJudged`: within its directive too. */
export type Tolerate = (error: InputError, isRestJudged: boolean) => void;

export const COREFILE = '/etc/coredns/Corefile';

/** All server blocks, in file order. Throws InputError 'corefile' with CoreDNS's text. */
export function parseCorefile(text: string, options: CorefileOptions): readonly ServerBlock[] {
  return new Parser(text, options).all();
}
