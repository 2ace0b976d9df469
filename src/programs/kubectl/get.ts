// `kubectl get`: from resource names and options to what is printed. Reads stored objects, changes nothing; texts and
// exit codes are kubectl's (pkg/cmd/get).
import { parseSelector, selects } from '../../api/label-selector.ts';
import type { AnyObject } from '../../api/types.ts';
import { clockStartSeconds } from './age.ts';
import { toJson, toYaml } from './print-yaml.ts';
import { categoryAll, type Resource, resourceNamed } from './resources.table.ts';
import { table, typedName } from './tables.ts';

/** What kubectl asks the API server for. */
export interface Objects {
  readonly nowMs: number;
  raw(kind: string, key: string): AnyObject | undefined;
  rawList(kind: string, namespace?: string): readonly AnyObject[];
  /** Kinds with at least one object. */
  kinds(): readonly string[];
}

export interface GetOptions {
  /** "svc", "pods,svc", "all", "deploy/web". */
  readonly resources: string;
  readonly names: readonly string[];
  readonly namespace: string;
  readonly allNamespaces: boolean;
  readonly selector: string;
  readonly output: 'table' | 'wide' | 'yaml' | 'json' | 'name';
  readonly noHeaders: boolean;
}

export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

interface Listed {
  readonly resource: Resource;
  readonly objects: readonly AnyObject[];
}

const fails = (line: string): Printed => ({ stdout: '', stderr: `${line}\n`, exitCode: 1 });

export function kubectlGet(objects: Objects, options: GetOptions): Printed {
  const wanted = wantedOf(options, objects);
  if (typeof wanted === 'string') return fails(wanted);
  const clash = clashOf(wanted, options);
  if (clash !== null) return fails(`error: ${clash}`);
  const requirements = parseSelector(options.selector);
  if (typeof requirements === 'string') return fails(`error: ${requirements}`);
  const listed: Listed[] = [];
  const errors: string[] = [];
  for (const { resource, names } of wanted) {
    if (names.length === 0) {
      const namespace =
        resource.namespaced && !options.allNamespaces ? options.namespace : undefined;
      const all = objects.rawList(resource.kind, namespace);
      const found = all.filter((object) => selects(requirements, object.metadata.labels));
      listed.push({ resource, objects: found });
      continue;
    }
    const found: AnyObject[] = [];
    for (const name of names) {
      const key = resource.namespaced ? `${options.namespace}/${name}` : name;
      const object = objects.raw(resource.kind, key);
      if (object === undefined) errors.push(notFound(resource, name));
      else found.push(object);
    }
    listed.push({ resource, objects: found });
  }
  return printed(
    listed,
    errors,
    objects.nowMs,
    options,
    wanted.reduce((sum, { names }) => sum + names.length, 0) === 1,
  );
}

/** `services "x" not found`, with the group where there is one. */
export function notFound(resource: Resource, name: string): string {
  const plural = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
  return `Error from server (NotFound): ${plural} "${name}" not found`;
}

/** Options that exclude each other (cli-runtime pkg/resource/builder.go: visitBySelector, visitByName). */
function clashOf(wanted: readonly Wanted[], options: GetOptions): string | null {
  const named = wanted.filter(({ names }) => names.length > 0);
  if (named.length > 0 && options.selector !== '') {
    return /[/,]/.test(options.resources)
      ? 'selectors and the all flag cannot be used when passing resource/name arguments'
      : 'name cannot be provided when a selector is specified';
  }
  return options.allNamespaces && named.some(({ resource }) => resource.namespaced)
    ? 'a resource cannot be retrieved by name across all namespaces'
    : null;
}

interface Wanted {
  readonly resource: Resource;
  readonly names: readonly string[];
}

/** Resources with names, or the error line. */
function wantedOf(options: GetOptions, objects: Objects): readonly Wanted[] | string {
  const wanted: Wanted[] = [];
  if (options.resources.includes('/')) {
    for (const text of [options.resources, ...options.names]) {
      const [kind = '', name = ''] = text.split('/');
      const resource = resourceNamed(kind, objects);
      if (resource === undefined) return unknownType(kind);
      wanted.push({ resource, names: [name] });
    }
    return wanted;
  }
  for (const text of options.resources.split(',').flatMap(expanded)) {
    const resource = resourceNamed(text, objects);
    if (resource === undefined) return unknownType(text);
    wanted.push({ resource, names: options.names });
  }
  return wanted;
}

function expanded(text: string): readonly string[] {
  return text === 'all' ? categoryAll : [text];
}

function unknownType(text: string): string {
  return `error: the server doesn't have a resource type "${text}"`;
}

function printed(
  listed: readonly Listed[],
  errors: readonly string[],
  nowMs: number,
  options: GetOptions,
  single: boolean,
): Printed {
  const filled = listed.filter((list) => list.objects.length > 0);
  const stderrLines = [...errors];
  const machine = ['yaml', 'json', 'name'].includes(options.output);
  if (filled.length === 0 && errors.length === 0 && !machine) {
    const scoped = !options.allNamespaces && listed.some((list) => list.resource.namespaced);
    stderrLines.push(
      scoped ? `No resources found in ${options.namespace} namespace.` : 'No resources found',
    );
  }
  return {
    stdout:
      filled.length === 0 && (!machine || (single && errors.length > 0))
        ? ''
        : body(filled, nowMs, options, single),
    stderr: stderrLines.map((line) => `${line}\n`).join(''),
    exitCode: errors.length === 0 ? 0 : 1,
  };
}

function body(
  listed: readonly Listed[],
  nowMs: number,
  options: GetOptions,
  single: boolean,
): string {
  const all = listed.flatMap((list) => list.objects);
  switch (options.output) {
    case 'yaml':
      return toYaml(listOf(all, single));
    case 'json':
      return `${toJson(listOf(all, single))}\n`;
    case 'name':
      return listed
        .flatMap((list) => list.objects.map((object) => `${typedName(list.resource, object)}\n`))
        .join('');
    default: {
      const nowSeconds = clockStartSeconds + Math.floor(nowMs / 1000);
      const tables = listed.map((list) => {
        const text = table(list.resource, list.objects, {
          wide: options.output === 'wide',
          allNamespaces: options.allNamespaces,
          withKind: listed.length > 1,
          nowSeconds,
        });
        return options.noHeaders ? text.slice(text.indexOf('\n') + 1) : text;
      });
      return `${tables.join('\n\n')}\n`;
    }
  }
}

/** The object of one name alone; everything else as a v1 List (printGeneric). */
function listOf(objects: readonly AnyObject[], single: boolean): unknown {
  const [only] = objects;
  if (single && only !== undefined && objects.length === 1) return only;
  return { apiVersion: 'v1', items: objects, kind: 'List', metadata: { resourceVersion: '' } };
}
