// The KubeProxyConfiguration inside a ConfigMap, kubeadm's kube-system/kube-proxy (key config.conf) or another
// distribution's: a document within a document, whose mistakes are marked where they stand in the outer file.
import { type ClusterSpec, podSubnets } from '../api/cluster-spec.ts';
import { InputError, type Position } from '../api/input-error.ts';
import type { Manifest } from '../api/manifest.ts';
import type { ConfigMap } from '../api/types.ts';
import { familyOf } from '../net/addr.ts';
import { withKeys } from './field-reader.ts';
import { kubeProxyKind, readKubeProxyConfiguration } from './kube-proxy-configuration.ts';
import { kubeProxyPlaces } from './kube-proxy-places.table.ts';
import { inputErrorAt, type ParsedDocument, parseManifests } from './parse.ts';
import type { ManifestSource } from './positions.ts';

/** The configuration in a manifest; null: it is another object, or holds none. Throws InputError for bad YAML. */
export function configurationIn(manifest: Manifest): ParsedDocument | null {
  const { object } = manifest;
  if (object.kind !== 'ConfigMap') return null;
  const { namespace, name } = object.metadata;
  const data = dataOf(manifest);
  const key = kubeProxyPlaces
    .filter((place) => place.namespace === namespace && place.name === name)
    .find((place) => typeof data[place.key] === 'string')?.key;
  const text = key === undefined ? undefined : data[key];
  if (typeof text !== 'string') return null;
  const outer = withKeys(manifest);
  const start = outer.at(`data.${key}`);
  const place = placeOf(outer, start, text);
  const [document] = parsed(`${'\n'.repeat(place.lines)}${text}`, outer, place);
  if (document === undefined) return null;
  const source = shifted(document.source, outer, place);
  checkKind(document, source);
  return { ...document, source };
}

/** As kube-proxy's decoder says it, but for the name of its scheme. */
function checkKind({ object: { kind, apiVersion } }: ParsedDocument, source: ManifestSource) {
  if (kind === kubeProxyKind) return;
  const message = `no kind "${kind}" is registered for version "${apiVersion}"`;
  throw inputErrorAt(source, 'unknown-kind', 'kind', message, { hint: `kind: ${kubeProxyKind}` });
}

function dataOf({ object }: Manifest): Readonly<Record<string, unknown>> {
  return (object['data'] ?? {}) as Readonly<Record<string, unknown>>;
}

/** A line for standard error where kubeadm's ConfigMap is there but configures nothing, or where another one holds a
 * configuration that nothing reads; null: all is well. */
export function lacksConfiguration(manifest: Manifest): string | null {
  const { kind, metadata } = manifest.object;
  if (kind !== 'ConfigMap' || configurationIn(manifest) !== null) return null;
  const at = manifest.source.at('');
  const where = at === null ? '' : `${at.file}:${at.line}: `;
  const { namespace = 'default', name } = metadata;
  const map = `${where}ConfigMap "${namespace}/${name}"`;
  const [usual] = kubeProxyPlaces;
  if (namespace === usual?.namespace && name === usual.name) {
    return `${map} has no ${usual.key}: it configures no kube-proxy`;
  }
  const holds = ([, text]: readonly [string, unknown]): boolean =>
    typeof text === 'string' && /^kind: *["']?KubeProxyConfiguration\b/m.test(text);
  const held = Object.entries(dataOf(manifest)).find(holds);
  if (held === undefined) return null;
  const places = kubeProxyPlaces.map((place) => `${place.name} (${place.key})`).join(', ');
  return `${map} has a ${kubeProxyKind} in ${held[0]} that no kube-proxy reads: give it as a document of its own, or in one of ${places}`;
}

/** What the ConfigMap of a running cluster says; null: it holds no configuration. Throws InputError. */
export function readConfigMap(map: ConfigMap, spec: ClusterSpec) {
  const source = { file: map.metadata.name, at: () => null, line: () => '' };
  const object = map as unknown as Manifest['object'];
  const manifest = configurationIn({ object: { ...object, kind: 'ConfigMap' }, source });
  const families = podSubnets(spec).map(({ low }) => familyOf(low));
  return manifest === null ? null : readKubeProxyConfiguration(manifest, spec.minor, families);
}

interface Place {
  /** Lines of the outer file above the text. */
  readonly lines: number;
  /** Columns that the outer file puts before each line; null: it is no block, so all stands at `start`. */
  readonly indent: number | null;
  readonly start: Position | null;
}

/** A block scalar's text begins on the line after its key, indented. */
function placeOf(outer: ManifestSource, start: Position | null, text: string): Place {
  if (start === null) return { lines: 0, indent: null, start };
  const isBlock = /^[|>]/.test((outer.line(start.line) ?? '').slice(start.column - 1));
  if (!isBlock) return { lines: 0, indent: null, start };
  const first = outer.line(start.line + 1) ?? '';
  const own = /^ */.exec(text)?.[0].length ?? 0;
  return { lines: start.line, indent: (/^ */.exec(first)?.[0].length ?? 0) - own, start };
}

function parsed(text: string, outer: ManifestSource, place: Place): readonly ParsedDocument[] {
  try {
    return parseManifests(text, outer.file).documents;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { code, message, hint } = error;
    const position = shift(error.position, place);
    const sourceLine = position === null ? null : (outer.line(position.line) ?? null);
    throw new InputError(code, message, { hint, position, sourceLine });
  }
}

function shifted(inner: ManifestSource, outer: ManifestSource, place: Place): ManifestSource {
  return {
    file: outer.file,
    at: (path) => shift(inner.at(path), place),
    keyAt: (path) => shift(inner.keyAt(path), place),
    line: (n) => outer.line(n),
  };
}

function shift(position: Position | null, { indent, start }: Place): Position | null {
  if (position === null || indent === null) return start;
  return { ...position, column: position.column + indent };
}
