// Texts -> one batch for a cluster: the Cluster document and the configurations of kube-proxy and kubelet taken out,
// Namespaces first, then everything in the order of the files; missing Namespaces are added and said. Checked, but not
// yet applied.

import type { ClusterSpec } from '../api/cluster-spec.ts';
import { recognize } from '../api/decode.ts';
import { InputError } from '../api/input-error.ts';
import type { Manifest } from '../api/manifest.ts';
import { checkManifest } from '../manifest/check.ts';
import { clusterApiVersion, readClusterSpec } from '../manifest/cluster-document.ts';
import { configurationIn, lacksConfiguration } from '../manifest/kube-proxy-config-map.ts';
import { kubeProxyApiVersion } from '../manifest/kube-proxy-configuration.ts';
import {
  kubeletApiVersion,
  kubeletKind,
  readKubeletConfiguration,
  unreadFields,
} from '../manifest/kubelet-configuration.ts';
import { explained } from '../manifest/mixups.ts';
import { inputErrorAt, type ParsedDocument, parseManifests } from '../manifest/parse.ts';
import { type AsWritten, asWritten, dumpNotice } from './dumps.ts';
import { type InputText, type ReadOptions, readInputFiles, readInputs } from './read.ts';

export interface Loaded {
  readonly clusterSpec: ClusterSpec;
  /** In the order in which they are applied. */
  readonly manifests: readonly Manifest[];
  /** For standard error: created Namespaces, keys written twice. What nothing acts on is the cluster's to say. */
  readonly notices: readonly string[];
}

export interface LoadOptions extends ReadOptions {
  /** --cluster FILE: read before the others; its document wins over none, never over a second one. */
  readonly cluster?: string | null;
}

/** Reads and checks all inputs. Throws InputError. */
export async function loadInputs(options: LoadOptions): Promise<Loaded> {
  return loadTexts([...clusterTexts(options), ...(await readInputs(options))]);
}

/** loadInputs without standard input, at once. */
export function loadInputFiles(options: LoadOptions): Loaded {
  return loadTexts([...clusterTexts(options), ...readInputFiles(options)]);
}

function clusterTexts(options: LoadOptions): readonly InputText[] {
  const { cluster } = options;
  if (cluster === undefined || cluster === null) return [];
  return readInputFiles({ ...options, filenames: [cluster] });
}

/** The batch that texts describe (also Doc Strings and the library's own). Throws InputError. */
export function loadTexts(texts: readonly InputText[]): Loaded {
  const notices: string[] = [];
  const objects: ParsedDocument[] = [];
  const dumped: AsWritten[] = [];
  const lacking: string[] = [];
  const configurations = new Map<string, ParsedDocument>();
  for (const { file, text } of texts) {
    const parsed = parseManifests(text, file);
    notices.push(...parsed.notices);
    for (const document of parsed.documents) {
      if (isConfiguration(document)) keepOne(configurations, document);
      else {
        const own = asWritten(document);
        checkExplained(own.document, text, parsed.doubled);
        objects.push(own.document);
        const configuration = configurationIn(own.document);
        if (configuration !== null) keepOne(configurations, configuration);
        lacking.push(...[lacksConfiguration(own.document)].filter((line) => line !== null));
        if (own.dropped.length > 0) dumped.push(own);
      }
    }
  }
  if (objects.length === 0 && configurations.size === 0) throw nothing(texts);
  // EKS has two ConfigMaps, and the configuration in the second.
  if (!configurations.has('KubeProxyConfiguration')) notices.push(...lacking);
  notices.push(...dumpNotice(dumped));
  const kubelet = configurations.get(kubeletKind) ?? null;
  if (kubelet !== null) notices.push(...[unreadFields(kubelet)].filter((line) => line !== null));
  const clusterSpec = {
    ...readClusterSpec(
      configurations.get('Cluster') ?? null,
      configurations.get('KubeProxyConfiguration') ?? null,
    ),
    ...readKubeletConfiguration(kubelet),
  };
  return { clusterSpec, manifests: inOrder(objects, notices), notices };
}

function checkExplained(document: ParsedDocument, text: string, doubled: readonly string[]): void {
  try {
    checkManifest(document);
  } catch (error) {
    throw explained(error, text, doubled);
  }
}

function isConfiguration({ object: { apiVersion, kind } }: ParsedDocument): boolean {
  const group = (text: string) => text.slice(0, text.indexOf('/'));
  if (kind === 'Cluster') return group(apiVersion) === group(clusterApiVersion);
  if (kind === kubeletKind) return group(apiVersion) === group(kubeletApiVersion);
  return kind === 'KubeProxyConfiguration' && group(apiVersion) === group(kubeProxyApiVersion);
}

function keepOne(kept: Map<string, ParsedDocument>, document: ParsedDocument): void {
  const { kind } = document.object;
  const first = kept.get(kind);
  if (first !== undefined) {
    const at = first.source.at('');
    const message = `a second ${kind} document; the first is ${at?.file}:${at?.line}`;
    const hint =
      kind === 'Cluster' ? {} : { hint: 'keep one: the document, or the ConfigMap that holds it' };
    throw inputErrorAt(document.source, 'cluster-document', 'kind', message, hint);
  }
  kept.set(kind, document);
}

function nothing(texts: readonly InputText[]): InputError {
  const files = texts.map(({ file }) => `"${file}"`).join(', ');
  return new InputError('missing-field', `no objects in ${files === '' ? 'the input' : files}`, {
    hint: 'a manifest has apiVersion, kind and metadata',
  });
}

/** Namespaces, then the files in order; Namespaces that are used but not given come first of all. */
function inOrder(objects: readonly ParsedDocument[], notices: string[]): readonly Manifest[] {
  const isNamespace = ({ object }: Manifest) =>
    object.kind === 'Namespace' && object.apiVersion === 'v1';
  const given = objects.filter(isNamespace);
  const known = new Set(given.map(({ object }) => object.metadata.name));
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) known.add(name);
  const missing: Manifest[] = [];
  for (const { object, source } of objects) {
    const { namespace } = object.metadata;
    if (namespace === undefined || known.has(namespace) || !isNamespaced(object)) continue;
    known.add(namespace);
    notices.push(`Namespace "${namespace}" is in no manifest: created`);
    missing.push({
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      source,
    });
  }
  return [...missing, ...given, ...objects.filter((manifest) => !isNamespace(manifest))];
}

function isNamespaced(object: Manifest['object']): boolean {
  const recognition = recognize(object.apiVersion, object.kind);
  return recognition.kind === 'unknown' || (recognition.resource?.namespaced ?? true);
}
