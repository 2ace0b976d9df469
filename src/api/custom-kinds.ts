// Rows of the kinds that CustomResourceDefinitions define: names, scope, served versions, subresources. Their schemas
// are not read: custom objects are stored as they are. Models apiextensions-apiserver's discovery controller.
import { byVersion, customRow, type KindRow } from './scheme.ts';
import type { AnyObject } from './types.ts';

interface Definition {
  readonly group?: string;
  readonly scope?: string;
  readonly names?: {
    readonly kind?: string;
    readonly plural?: string;
    readonly singular?: string;
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
  };
  readonly versions?: readonly {
    readonly name?: string;
    readonly served?: boolean;
    readonly subresources?: { readonly status?: unknown; readonly scale?: unknown };
  }[];
}

/** The kind a definition defines; undefined when nothing of it is served. */
export function definedRow(definition: AnyObject): KindRow | undefined {
  const { group = '', scope, names = {}, versions = [] } = (definition['spec'] ?? {}) as Definition;
  const { kind, plural } = names;
  const served = versions
    .filter((version) => version.served === true && version.name !== undefined)
    .sort((a, b) => byVersion(a.name ?? '', b.name ?? ''));
  const [preferred] = served;
  if (kind === undefined || plural === undefined || preferred?.name === undefined) return undefined;
  return customRow({
    kind,
    group,
    version: preferred.name,
    versions: served.map(({ name = '' }) => name),
    resource: plural,
    singular: names.singular ?? kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope !== 'Cluster',
    status: preferred.subresources?.status !== undefined,
    scale: preferred.subresources?.scale !== undefined,
  });
}
