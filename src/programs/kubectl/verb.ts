// What a verb of kubectl is: its words, its options, and a function of a Call. To add one: write verbs/NAME.ts that
// exports a Verb, and put it into the list of verbs.table.ts; `rollout status` and the like have several words. Options
// that many verbs share are below. A verb prints through `call.out` and `call.err`, throws CommandError or ApiError
// (errors.ts: how they are printed), finds objects by builder.ts, and prints them by printer.ts.
import { ApiError } from '../../api/error.ts';
import { InputError } from '../../api/input-error.ts';
import type { AnyObject } from '../../api/types.ts';
import { CommandError } from './errors.ts';
import { boolOf, type Flag, type FlagValues } from './flags.ts';
import type { KubectlHost } from './host.ts';
import type { Names } from './names.ts';

export interface Call {
  readonly host: KubectlHost;
  readonly names: Names;
  /** The stored CustomResourceDefinitions. */
  readonly definitions: readonly AnyObject[];
  /** "kubectl get". */
  readonly command: string;
  readonly flags: FlagValues;
  readonly args: readonly string[];
  /** How many of `args` stood before "--"; -1 without one. */
  readonly dash: number;
  /** -n, else "default". */
  readonly namespace: string;
  /** -n was given. */
  readonly explicitNamespace: boolean;
  /** Standard output; `text` ends its lines itself. */
  out(text: string): void;
  err(text: string): void;
  /** Prints the warnings of the last answers: "Warning: ...". */
  warn(): void;
}

export interface Verb {
  /** ["get"], ["rollout", "status"]. */
  readonly words: readonly string[];
  readonly aliases?: readonly string[];
  readonly flags: readonly Flag[];
  readonly run: (call: Call) => void;
  /** What to do instead of a command that is not modelled, whatever its options. */
  readonly instead?: string;
}

/** kubectl's options of every verb. What would choose another server or user is refused below. */
export const globalFlags: readonly Flag[] = [
  { name: 'namespace', short: 'n', type: 'string' },
  { name: 'context', type: 'string' },
  { name: 'kubeconfig', type: 'string' },
  { name: 'cluster', type: 'string' },
  { name: 'user', type: 'string' },
  { name: 'request-timeout', type: 'string' },
  { name: 'cache-dir', type: 'string' },
  { name: 'v', short: 'v', type: 'string' },
  { name: 'match-server-version', type: 'bool' },
  { name: 'warnings-as-errors', type: 'bool' },
  { name: 'disable-compression', type: 'bool' },
  { name: 'insecure-skip-tls-verify', type: 'bool' },
  { name: 'server', short: 's', type: 'string' },
  { name: 'token', type: 'string' },
  { name: 'as', type: 'string' },
  { name: 'as-group', type: 'array' },
  { name: 'as-uid', type: 'string' },
];

/** Options that would have to change the outcome: refused by `refuse`. */
export const refusedGlobals: readonly string[] = [
  ...['server', 'token', 'as', 'as-group', 'as-uid'],
  ...['context', 'kubeconfig', 'cluster', 'user'],
];

/** -f, -R, -k. */
export const filenameFlags: readonly Flag[] = [
  { name: 'filename', short: 'f', type: 'strings' },
  { name: 'recursive', short: 'R', type: 'bool' },
  { name: 'kustomize', short: 'k', type: 'string' },
];

export const selectorFlag: Flag = { name: 'selector', short: 'l', type: 'string' };
export const allFlag: Flag = { name: 'all', type: 'bool' };
export const allNamespacesFlag: Flag = { name: 'all-namespaces', short: 'A', type: 'bool' };
export const fieldSelectorFlag: Flag = { name: 'field-selector', type: 'string' };
export const dryRunFlag: Flag = {
  name: 'dry-run',
  type: 'string',
  initial: 'none',
  bare: 'unchanged',
};
export const fieldManagerFlag: Flag = { name: 'field-manager', type: 'string' };
export const validateFlag: Flag = {
  name: 'validate',
  type: 'string',
  initial: 'strict',
  bare: 'strict',
};
export const subresourceFlag: Flag = { name: 'subresource', type: 'string' };
/** --record was removed in 1.35's server but is still accepted. */
export const recordFlag: Flag = { name: 'record', type: 'bool' };
export const localFlag: Flag = { name: 'local', type: 'bool' };

/** -o and what belongs to it (genericclioptions.PrintFlags). */
export const printFlags: readonly Flag[] = [
  { name: 'output', short: 'o', type: 'string' },
  { name: 'template', type: 'string' },
  { name: 'show-managed-fields', type: 'bool' },
  { name: 'allow-missing-template-keys', type: 'bool', initial: 'true' },
];

export type DryRun = 'none' | 'client' | 'server';

/** cmdutil.GetDryRunStrategy; its deprecation notes are klog lines there and warnings here. */
export function dryRunOf({ flags, err }: Call): DryRun {
  const text = flags.text('dry-run');
  if (text === 'none' || text === 'client' || text === 'server') return text;
  if (text === 'unchanged') {
    err('Warning: --dry-run is deprecated and can be replaced with --dry-run=client.\n');
    return 'client';
  }
  const bool = boolOf(text);
  if (bool === undefined) {
    throw new CommandError(
      `Invalid dry-run value (${text}). Must be "none", "server", or "client".`,
    );
  }
  const instead = bool ? 'client' : 'none';
  err(
    `Warning: --dry-run=${text} is deprecated (boolean value) and can be replaced with --dry-run=${instead}.\n`,
  );
  return instead;
}

/** " (dry run)", " (server dry run)" or "" behind what was done. */
export function dryRunSuffix(dryRun: DryRun): string {
  return dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)';
}

/** --validate as the query parameter fieldValidation. */
export function validationOf({ flags }: Call): 'Strict' | 'Warn' | 'Ignore' {
  const text = flags.text('validate');
  const bool = boolOf(text);
  if (bool === true || text === 'strict') return 'Strict';
  if (bool === false || text === 'ignore') return 'Ignore';
  if (text === 'warn') return 'Warn';
  throw new CommandError(
    `invalid - validate option ${JSON.stringify(text)}; must be one of: strict (or true), warn, ignore (or false)`,
  );
}

/** What svcspec does not model: a mistake of the one who wrote the command, not an answer of kubectl. */
export function notModelled(what: string, hint = ''): InputError {
  return new InputError('not-modelled', `${what} is not modelled`, { hint });
}

/** kubectl 1.32 left it to the server to know subresources. */
const anySubresourceSince = 32;

/** --subresource, as far as the server has it here; `asked` is the request that fails: "get services web". */
export function subresourceOf({ flags, host }: Call, asked = ''): 'status' | 'scale' | undefined {
  const text = flags.text('subresource');
  if (text === '' || text === 'status' || text === 'scale') return text === '' ? undefined : text;
  if (host.minor >= anySubresourceSince) {
    const why = 'the server could not find the requested resource';
    const text = asked === '' ? why : `${why} (${asked})`;
    throw new ApiError('NotFound', text, { kind: '', group: '', name: '' });
  }
  throw new CommandError(
    `invalid subresource value: ${JSON.stringify(text)}. Must be one of [status scale]`,
  );
}

/** "See 'kubectl get -h' for help and examples" under an error. */
export function usageError(call: Call, message: string): CommandError {
  return new CommandError(`${message}\nSee '${call.command} -h' for help and examples`);
}
