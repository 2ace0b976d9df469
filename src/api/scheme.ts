// The kinds the API server knows: API group and version, resource name and its short forms, scope, and which kinds
// count metadata.generation or have subresources. Built-in kinds come from the published schema (fields.gen.ts) and
// scheme.table.ts; rows of CustomResourceDefinitions are made by custom-kinds.ts.
// Models kube-apiserver's scheme and REST storage registration (pkg/registry/*/rest).
import { type Resource, resources } from './fields.ts';
import { groupOrder, traits } from './scheme.table.ts';

export interface KindRow {
  readonly kind: string;
  /** "" for the core group. */
  readonly group: string;
  /** The preferred one. */
  readonly version: string;
  /** All served ones, the preferred one first. */
  readonly versions: readonly string[];
  /** Plural resource name: "services". */
  readonly resource: string;
  /** "service". */
  readonly singular: string;
  /** "svc". */
  readonly shortNames: readonly string[];
  /** "all": what `kubectl get all` lists. */
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Kubernetes minor since which metadata.generation follows the spec; 0: always; null: never. */
  readonly generationSince: number | null;
  /** Has a status subresource: create wipes the status, update keeps the old one. */
  readonly status: boolean;
  /** Has a scale subresource. */
  readonly scale: boolean;
  /** A delete request that says nothing of dependents orphans them. */
  readonly orphans: boolean;
  /** PUT must name the resourceVersion that it replaces. */
  readonly conditional: boolean;
  /** PUT to a missing name creates it. */
  readonly createOnUpdate: boolean;
  /** Behaviour is simulated, not only storage. */
  readonly simulated: boolean;
  /** Name of its table in the store, and of its watch events: the kind, for all but built-in kinds with its group. */
  readonly table: string;
}

/** "apps/v1" -> { group: "apps", version: "v1" }; "v1" -> the core group "". */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** "apps/v1", "v1". */
export function apiVersionOf({ group, version }: { group: string; version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Sorts versions as discovery does: stable before beta before alpha, higher numbers first (pkg/version). */
export function byVersion(a: string, b: string): number {
  const rank = (version: string): readonly number[] => {
    const parts = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
    if (parts === null) return [0, 0, 0];
    const stage = parts[2] === undefined ? 3 : parts[2] === 'beta' ? 2 : 1;
    return [stage, Number(parts[1]), Number(parts[3] ?? 0)];
  };
  const left = rank(a);
  const right = rank(b);
  for (const [i, value] of left.entries()) {
    if (value !== right[i]) return (right[i] ?? 0) - value;
  }
  return a < b ? -1 : Number(a > b);
}

/** "Service", "Deployment.apps". */
function qualified(kind: string, group: string): string {
  return group === '' ? kind : `${kind}.${group}`;
}

function builtin(rows: readonly Resource[], taken: ReadonlySet<string>): KindRow {
  const [first] = rows as readonly [Resource, ...Resource[]];
  const { kind, group, plural, namespaced } = first;
  const versions = rows.map(({ version }) => version).sort(byVersion);
  const trait = traits[qualified(kind, group)] ?? {};
  return {
    kind,
    group,
    version: versions[0] ?? '',
    versions,
    resource: plural,
    singular: kind.toLowerCase(),
    shortNames: trait.short ?? [],
    categories: trait.categories ?? [],
    namespaced,
    generationSince: trait.generationSince ?? null,
    status: trait.status ?? false,
    scale: trait.scale ?? false,
    orphans: trait.orphans ?? false,
    conditional: trait.conditional ?? false,
    createOnUpdate: trait.createOnUpdate ?? false,
    simulated: trait.simulated ?? false,
    table: taken.has(kind) ? qualified(kind, group) : kind,
  };
}

function groupRank(group: string): number {
  const at = groupOrder.indexOf(group);
  return at < 0 ? groupOrder.length : at;
}

function builtins(): readonly KindRow[] {
  const found = new Map<string, Resource[]>();
  for (const resource of resources) {
    const name = qualified(resource.kind, resource.group);
    const rows = found.get(name);
    if (rows === undefined) found.set(name, [resource]);
    else rows.push(resource);
  }
  const byName = (a: Resource, b: Resource): number =>
    groupRank(a.group) - groupRank(b.group) ||
    Number(a.group > b.group) - Number(a.group < b.group) ||
    Number(a.plural > b.plural) - Number(a.plural < b.plural);
  const taken = new Set<string>();
  return [...found.values()]
    .sort(([a], [b]) => byName(a as Resource, b as Resource))
    .map((rows) => {
      const row = builtin(rows, taken);
      taken.add(row.kind);
      return row;
    });
}

/** Every built-in kind, in the order in which discovery lists them. */
export const scheme: readonly KindRow[] = builtins();
const byName = new Map(scheme.map((row) => [qualified(row.kind, row.group), row]));
const byKind = new Map([...scheme].reverse().map((row) => [row.kind, row]));

/** The row of a built-in kind by name (the first group that has it); undefined for others. */
export function schemeOf(kind: string): KindRow | undefined {
  return byKind.get(kind);
}

/** The row of a built-in kind of a group. */
export function builtinRow(kind: string, group: string): KindRow | undefined {
  return byName.get(qualified(kind, group));
}

/** The row of a built-in kind, or what can be told about an unknown one from an object of it. */
export function rowOf(object: {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata?: { readonly namespace?: string };
}): KindRow {
  const { apiVersion, kind, metadata } = object;
  if (apiVersion === undefined) return byKind.get(kind) ?? customRow({ kind, group: '' });
  const { group, version } = splitApiVersion(apiVersion);
  const namespaced = metadata?.namespace !== undefined;
  return builtinRow(kind, group) ?? customRow({ kind, group, version, namespaced });
}

/** The row of a kind that is not built in; what is not given is guessed as most custom resources are named. */
export function customRow(given: Partial<KindRow> & { kind: string; group: string }): KindRow {
  const { kind, group, version = 'v1' } = given;
  return {
    version,
    versions: [version],
    resource: pluralOf(kind),
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: false,
    generationSince: 0,
    status: false,
    scale: false,
    orphans: false,
    conditional: true,
    createOnUpdate: false,
    simulated: false,
    table: qualified(kind, group),
    ...given,
  };
}

/** "gateways", "proxies", "ingresses". */
function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  if (/[^aeiou]y$/.test(lower)) return `${lower.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(lower) ? `${lower}es` : `${lower}s`;
}

/** "services", "deployments.apps": how messages name a resource. */
export function qualifiedResource(row: KindRow): string {
  return row.group === '' ? row.resource : `${row.resource}.${row.group}`;
}

/** "service", "deployment.apps": how kubectl names an object's type. */
export function kubectlType(row: KindRow): string {
  return row.group === '' ? row.singular : `${row.singular}.${row.group}`;
}
