// From a verb's arguments and -f, -l, --all to the objects it is about, in kubectl's order and with its errors.
// Models cli-runtime pkg/resource/{builder,visitor,mapper}.go, always with ContinueOnError. Not here: http files, -k.
import { ApiError } from '../../api/error.ts';
import { parseSelector, selects } from '../../api/label-selector.ts';
import type { Source } from '../../api/manifest.ts';
import type { ListOptions } from '../../api/requests.ts';
import { apiVersionOf, type KindRow, qualifiedResource, rowOf } from '../../api/scheme.ts';
import type { AnyObject } from '../../api/types.ts';
import { checked, expanded } from './documents.ts';
import { Aggregate, CommandError, collect, isNotFound, prefixed, throwAll } from './errors.ts';
import type { Document, LoadedFile } from './host.ts';
import { type Call, notModelled, subresourceOf } from './verb.ts';

export interface Info {
  readonly row: KindRow;
  /** Absent for kinds without a namespace. */
  readonly namespace?: string;
  /** "" when only generateName is given. */
  readonly name: string;
  /** As stored, or as written in the file. */
  readonly object: AnyObject;
  /** The file it came from, as kubectl prints it. */
  readonly file?: string;
  readonly source?: Source;
}

/** One thing asked for: its objects are fetched when it is visited. */
export interface Entry {
  /** Known when a type was named. */
  readonly row?: KindRow;
  readonly resolve: () => readonly Info[];
}

export interface Result {
  /** Exactly one object was named. */
  readonly single: boolean;
  /** Objects were named or written, not selected. */
  readonly targetsSingle: boolean;
  readonly entries: readonly Entry[];
}

export interface BuildOptions {
  readonly args?: readonly string[];
  readonly selector?: string;
  readonly fieldSelector?: string;
  /** --all, and one resource without a name or selector where `allowEmptySelector`. */
  readonly all?: boolean;
  readonly allowEmptySelector?: boolean;
  readonly allNamespaces?: boolean;
  /** Objects of files are fetched from the server. */
  readonly latest?: boolean;
  /** --local: no server is asked. */
  readonly local?: boolean;
  /** Names are not looked up on the server: the object is empty but for its name. */
  readonly withoutObject?: boolean;
  readonly subresource?: string;
  /** Two types are refused. */
  readonly singleType?: boolean;
}

/** Visits every object; errors are collected, what they are about is left out. */
export function visit(result: Result, errors: Error[], act: (info: Info) => void): void {
  for (const entry of result.entries) {
    collect(errors, () => {
      for (const info of entry.resolve()) collect(errors, () => act(info));
    });
  }
}

/** All objects at once; throws when one of them failed. */
export function infosOf(result: Result): readonly Info[] {
  const errors: Error[] = [];
  const infos: Info[] = [];
  visit(result, errors, (info) => void infos.push(info));
  throwAll(errors);
  return infos;
}

export function build(call: Call, options: BuildOptions): Result {
  return new Builder(call, options).result();
}

class Builder {
  readonly #call: Call;
  readonly #options: BuildOptions;

  constructor(call: Call, options: BuildOptions) {
    this.#call = call;
    this.#options = options;
  }

  result(): Result {
    const { flags } = this.#call;
    const { all = false, allowEmptySelector = false, fieldSelector = '' } = this.#options;
    const { selector = '' } = this.#options;
    const filenames = flags.list('filename');
    if (flags.text('kustomize') !== '')
      throw notModelled('kubectl -k', 'use -f with what it builds');
    if (all && (selector !== '' || fieldSelector !== '')) {
      throw new CommandError("setting 'all' parameter but found a non empty selector. ");
    }
    const files = this.#files(filenames);
    const { types, names, tuples } = this.#arguments();
    if (files.length > 0) return this.#byPaths(files, { types, names, tuples });
    const isEverything = all || (allowEmptySelector && types.length > 0 && names.length === 0);
    if (selector !== '' || fieldSelector !== '' || isEverything) {
      return this.#bySelector({ types, names, tuples });
    }
    if (tuples.length > 0) return this.#byTuples(tuples, types);
    if (names.length > 0) return this.#byNames(types, names);
    if (types.length > 0) {
      for (const type of types) this.#call.names.row(type);
      throw new CommandError('resource(s) were provided, but no name was specified');
    }
    throw new CommandError(missingResource);
  }

  #files(paths: readonly string[]): readonly LoadedFile[] {
    const errors: Error[] = [];
    const files: LoadedFile[] = [];
    for (const path of paths) {
      if (/^https?:\/\//.test(path)) throw notModelled(`kubectl -f ${path}`, 'save it to a file');
      collect(errors, () =>
        files.push(...this.#call.host.load(path, this.#call.flags.bool('recursive'))),
      );
    }
    throwAll(errors.length > 1 ? [new Aggregate(errors)] : errors);
    return files;
  }

  #arguments(): Arguments {
    const args = perName(this.#options.args ?? []);
    const slashes = args.filter((arg) => arg.includes('/')).length;
    if (slashes > 0 && slashes < args.length) throw new CommandError(mixedForms);
    if (slashes > 0) return { types: [], names: [], tuples: args.map(tupleOf) };
    const [first, ...names] = args;
    const types =
      first === undefined
        ? []
        : first.split(',').flatMap((type) => this.#call.names.expand(type).filter((t) => t !== ''));
    return { types, names, tuples: [] };
  }

  #bySelector({ types, names, tuples }: Arguments): Result {
    const { fieldSelector = '', selector = '', subresource = '' } = this.#options;
    if (names.length > 0) {
      throw new CommandError('name cannot be provided when a selector is specified');
    }
    if (tuples.length > 0) {
      throw new CommandError(
        'selectors and the all flag cannot be used when passing resource/name arguments',
      );
    }
    if (types.length === 0) {
      throw new CommandError('at least one resource must be specified to use a selector');
    }
    if (subresource !== '') {
      throw new CommandError('subresource cannot be used when bulk resources are specified');
    }
    const { requests } = this.#call.host;
    const entries = this.#rows(types).map((row): Entry => {
      const namespace = this.#listed(row);
      const options = {
        ...(namespace === undefined ? {} : { namespace }),
        ...(selector === '' ? {} : { labelSelector: selector }),
        ...(fieldSelector === '' ? {} : { fieldSelector }),
      };
      return { row, resolve: () => listed(row, () => requests.list(row, options).items, options) };
    });
    return { single: false, targetsSingle: false, entries };
  }

  #rows(types: readonly string[]): readonly KindRow[] {
    if (types.length > 1 && this.#options.singleType === true) {
      throw new CommandError('you may only specify a single resource type');
    }
    return [...new Set(types.map((type) => this.#call.names.row(type)))];
  }

  /** The namespace a list is restricted to. */
  #listed(row: KindRow): string | undefined {
    if (!row.namespaced || this.#options.allNamespaces === true) return undefined;
    return this.#call.namespace;
  }

  #byTuples(tuples: readonly Tuple[], types: readonly string[]): Result {
    if (types.length > 0) {
      throw new CommandError(
        'you may not specify individual resources and bulk resources in the same call',
      );
    }
    const rows = new Map(tuples.map(({ type }) => [type, this.#call.names.row(type)]));
    if (new Set(rows.values()).size > 1 && this.#options.singleType === true) {
      throw new CommandError('you may only specify a single resource type');
    }
    const entries = tuples.map(({ type, name }) => this.#named(this.#call.names.row(type), name));
    return { single: tuples.length === 1, targetsSingle: true, entries };
  }

  #byNames(types: readonly string[], names: readonly string[]): Result {
    if (types.length === 0) {
      throw new CommandError('you must provide a resource and a resource name together');
    }
    if (types.length > 1) throw new CommandError('you must specify only one resource');
    const [row] = this.#rows(types);
    const entries = row === undefined ? [] : names.map((name) => this.#named(row, name));
    return { single: names.length === 1, targetsSingle: true, entries };
  }

  #named(row: KindRow, name: string): Entry {
    if (row.namespaced && this.#options.allNamespaces === true) {
      throw new CommandError('a resource cannot be retrieved by name across all namespaces');
    }
    return { row, resolve: () => [this.#get(row, this.#call.namespace, name)] };
  }

  #get(row: KindRow, namespace: string, name: string): Info {
    const place = row.namespaced ? { namespace } : {};
    const { subresource = '', withoutObject = false } = this.#options;
    if (withoutObject) return { row, ...place, name, object: bare(row, { ...place, name }) };
    const { requests } = this.#call.host;
    const asked = `get ${qualifiedResource(row)} ${name}`;
    const known = subresource === '' ? undefined : subresourceOf(this.#call, asked);
    return { row, ...place, name, object: requests.get(row, { ...place, name }, known) };
  }

  #byPaths(files: readonly LoadedFile[], { types, names, tuples }: Arguments): Result {
    if (types.length > 0) {
      throw new CommandError(
        'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
      );
    }
    if (names.length > 0) {
      throw new CommandError('name cannot be provided when a path is specified');
    }
    if (tuples.length > 0) {
      throw new CommandError('resource/name arguments cannot be provided when a path is specified');
    }
    const { selector = '' } = this.#options;
    const wanted = parseSelector(selector);
    if (typeof wanted === 'string') {
      throw new CommandError(`the provided selector "${selector}" is not valid: ${wanted}`);
    }
    const entries = files.flatMap((loaded): readonly Entry[] => {
      const { file, documents, error } = loaded;
      const read = documents.map(
        (document): Entry => ({
          resolve: () =>
            this.#ofDocument(document, file).filter(({ object }) =>
              selects(wanted, object.metadata.labels),
            ),
        }),
      );
      if (error === null) return read;
      const fails = (): never => {
        throw new CommandError(error);
      };
      return [...read, { resolve: fails }];
    });
    const [only] = files;
    const single = files.length === 1 && only?.file !== 'STDIN' && only?.documents.length === 1;
    return { single, targetsSingle: true, entries };
  }

  #ofDocument({ value, source }: Document, file: string): readonly Info[] {
    return expanded(value, source).map((item) => this.#ofFile(item, file));
  }

  #ofFile({ value, source }: Document, file: string): Info {
    const object = checked(value, file);
    const { apiVersion = '', kind } = object;
    const { metadata } = object;
    const name = metadata.name ?? '';
    const own = metadata.namespace;
    const row = this.#call.names.ofObject(apiVersion, kind) ?? this.#unserved(object, file);
    // Without a server nothing is placed in a namespace.
    if (!row.namespaced || this.#options.local === true)
      return this.#latest({ row, name, object, file, source });
    const namespace = this.#placed(own === '' ? undefined : own);
    const placed = { ...object, metadata: { ...object.metadata, namespace } };
    return this.#latest({ row, namespace, name, object: placed, file, source });
  }

  #unserved(object: AnyObject, file: string): KindRow {
    if (this.#options.local === true)
      return { ...rowOf(object), namespaced: object.metadata.namespace !== undefined };
    const { apiVersion = '', kind, metadata } = object;
    const { name = '', namespace = '' } = metadata ?? {};
    throw new CommandError(
      `resource mapping not found for name: "${name}" namespace: "${namespace}" from "${file}": no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`,
    );
  }

  #placed(own: string | undefined): string {
    const { namespace, explicitNamespace } = this.#call;
    if (own === undefined || own === namespace || !explicitNamespace) return own ?? namespace;
    throw new CommandError(
      `the namespace from the provided object "${own}" does not match the namespace "${namespace}". You must pass '--namespace=${own}' to perform this operation.`,
    );
  }

  #latest(info: Info): Info {
    if (this.#options.latest !== true || this.#options.local === true) return info;
    if (info.name === '') throw new CommandError('resource name may not be empty');
    return { ...info, ...this.#get(info.row, info.namespace ?? '', info.name) };
  }
}

interface Tuple {
  readonly type: string;
  readonly name: string;
}

interface Arguments {
  readonly types: readonly string[];
  readonly names: readonly string[];
  readonly tuples: readonly Tuple[];
}

const missingResource = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

const mixedForms =
  "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'";

/** "deploy,svc a b" means each of both: TYPE/NAME of all. */
function perName(args: readonly string[]): readonly string[] {
  const [types = '', ...names] = args;
  const list = types.split(',').filter((type) => type !== '');
  if (names.length === 0 || list.length < 2) return args;
  return list.flatMap((type) => names.map((name) => `${type}/${name}`));
}

function tupleOf(text: string): Tuple {
  const [type = '', name = '', ...more] = text.split('/');
  if (more.length > 0) {
    throw new CommandError('arguments in resource/name form may not have more than one slash');
  }
  if (type === '' || name === '' || type.includes(',')) {
    throw new CommandError('arguments in resource/name form must have a single resource and name');
  }
  return { type, name };
}

/** The refusal of a list says what was asked. */
function listed(
  row: KindRow,
  list: () => readonly AnyObject[],
  { labelSelector = '', fieldSelector = '' }: ListOptions,
): readonly Info[] {
  try {
    return list().map((object) => infoOf(row, object));
  } catch (error) {
    const bad = error instanceof ApiError && error.reason === 'BadRequest';
    if (!bad && !isNotFound(error)) throw error;
    const type = `"${row.group}/${row.version}, Resource=${row.resource}"`;
    const asked = `match label selector "${labelSelector}", field selector "${fieldSelector}"`;
    const isPlain = labelSelector === '' && fieldSelector === '';
    throw prefixed(
      error,
      isPlain ? `Unable to list ${type}: ` : `Unable to find ${type} that ${asked}: `,
    );
  }
}

export function infoOf(row: KindRow, object: AnyObject): Info {
  const { namespace, name } = object.metadata;
  return { row, ...(namespace === undefined ? {} : { namespace }), name, object };
}

function bare(row: KindRow, metadata: { readonly name: string }): AnyObject {
  return { apiVersion: apiVersionOf(row), kind: row.kind, metadata };
}
