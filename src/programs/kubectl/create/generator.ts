// What `kubectl create KIND` has in common: the name argument, dry runs, -o, the words of a failure. A generator makes an
// object of the options; it is printed as Go's JSON has it, zero values of structs included. Models pkg/cmd/create.
// Not here: --save-config, --append-hash, which needs SHA-256.
import { ApiError } from '../../../api/error.ts';
import type { KindRow } from '../../../api/scheme.ts';
import type { AnyObject } from '../../../api/types.ts';
import { CommandError } from '../errors.ts';
import type { Flag } from '../flags.ts';
import { printerOf } from '../printer.ts';
import {
  type Call,
  dryRunFlag,
  dryRunOf,
  dryRunSuffix,
  fieldManagerFlag,
  notModelled,
  printFlags,
  usageError,
  type Verb,
  validateFlag,
  validationOf,
} from '../verb.ts';

export interface Generator {
  readonly words: readonly string[];
  readonly aliases?: readonly string[];
  readonly flags: readonly Flag[];
  /** Options without which cobra refuses. */
  readonly required?: readonly string[];
  /** "failed to create deployment: "; absent: the server's error as it is. */
  readonly failure?: string;
  readonly make: (given: Given) => Generated;
}

export interface Given {
  readonly call: Call;
  readonly name: string;
  /** What stands after the name. */
  readonly command: readonly string[];
  /** metadata with the name, and the namespace of namespaced kinds where -n is given. */
  readonly metadata: (more?: object) => object;
  /** metadata of a template: what Go prints of an empty one. */
  readonly emptyMetadata: (more?: object) => object;
}

/** An object as it is sent. */
export type Generated = { readonly apiVersion: string; readonly kind: string };

/** Go left the time out where it is unset since 1.34 (omitzero). */
const sinceOmitZero = 34;

/** `creationTimestamp: null` where this version prints it. */
export function unsetTime(minor: number): object {
  return minor < sinceOmitZero ? { creationTimestamp: null } : {};
}

const saveConfigFlag: Flag = { name: 'save-config', type: 'bool' };

/** Options that all generators have. */
const common: readonly Flag[] = [
  ...printFlags,
  dryRunFlag,
  validateFlag,
  fieldManagerFlag,
  saveConfigFlag,
];

export function generatorVerb(generator: Generator): Verb {
  const { words, aliases, flags } = generator;
  return {
    words: ['create', ...words],
    ...(aliases === undefined ? {} : { aliases }),
    flags: [...flags, ...common],
    run: (call) => run(call, generator),
  };
}

function run(call: Call, generator: Generator): void {
  const { args, dash, flags } = call;
  requireFlags(call, generator.required ?? []);
  const before = dash < 0 ? args.length : dash;
  // Words after the name are the command of what runs; others refuse them.
  if (before !== 1) throw usageError(call, `exactly one NAME is required, got ${before}`);
  if (flags.bool('save-config')) throw notModelled('kubectl create --save-config', 'use apply');
  const name = args[0] ?? '';
  const dryRun = dryRunOf(call);
  const print = printerOf(call, `created${dryRunSuffix(dryRun)}`);
  const validation = validationOf(call);
  const object = generator.make({
    call,
    name,
    command: args.slice(1),
    ...metadataOf(call, name, generator),
  });
  if (dryRun === 'client') {
    print(object);
    return;
  }
  const row = call.names.ofObject(object.apiVersion, object.kind);
  if (row === undefined) throw new CommandError('the server could not find the requested resource');
  print(
    created(call, row, object, generator.failure, {
      dryRun: dryRun === 'server',
      fieldValidation: validation,
    }),
  );
}

/** cobra's check of required options. */
export function requireFlags(call: Call, names: readonly string[]): void {
  const missing = names.filter((name) => !call.flags.changed(name));
  if (missing.length === 0) return;
  const list = missing.map((name) => `"${name}"`).join(', ');
  throw new CommandError(`required flag(s) ${list} not set`);
}

const clusterScoped: readonly string[] = [
  'namespace',
  'priorityclass',
  'clusterrole',
  'clusterrolebinding',
];

function metadataOf(
  call: Call,
  name: string,
  { words }: Generator,
): Pick<Given, 'metadata' | 'emptyMetadata'> {
  const time = unsetTime(call.host.minor);
  const isPlaced = call.explicitNamespace && !clusterScoped.includes(words[0] ?? '');
  const place = isPlaced ? { namespace: call.namespace } : {};
  return {
    metadata: (more = {}) => ({ ...time, name, ...place, ...more }),
    emptyMetadata: (more = {}) => ({ ...time, ...more }),
  };
}

/** Sends it; the words of a failure are fmt.Errorf's, so that the server's reason is lost. */
export function created(
  call: Call,
  row: KindRow,
  object: unknown,
  failure: string | undefined,
  options: { readonly dryRun: boolean; readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore' },
): AnyObject {
  const namespace = row.namespaced ? call.namespace : undefined;
  try {
    return call.host.requests.create(row, namespace, object, options);
  } catch (error) {
    if (failure === undefined || !(error instanceof ApiError)) throw error;
    throw new CommandError(`${failure}${error.message}`);
  }
}
