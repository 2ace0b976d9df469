// What the containers of a Pod are configured with, and where each value was written: variables of their own (also from
// ConfigMaps and Secrets), command and arguments, texts of ConfigMaps and Secrets that are mounted, hosts of probes.
// Service variables are not read: the kubelet made them.
import type { Position } from '../../api/input-error.ts';
import { placesIn } from '../../api/text-position.ts';
import type { Container, EnvFromSource, Pod, Probe } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { mountedTexts } from '../../cluster/coredns-process.ts';
import { type CheckInput, objectName } from './check.ts';
import { targetsInCommand } from './host-commands.ts';
import { targetsInFile } from './host-files.ts';
import { masked } from './host-secrets.ts';
import { type Target, targetsOf } from './host-values.ts';

/** A Pod to ask from, and the object whose template it is made of. */
export interface Subject {
  /** The cluster in which the Pod runs. */
  readonly cluster: Cluster;
  readonly pod: Pod;
  /** "Deployment/demo/web". */
  readonly owner: string;
  /** The object that holds the Pod's spec, and what goes before its paths. */
  readonly object: string;
  readonly prefix: string;
}

export interface Named extends Target {
  /** "DB_HOST of container web", "key app.conf of ConfigMap demo/app". */
  readonly key: string;
  /** Who looks the name up: the Pod, but for probes the node. */
  readonly from: string;
  readonly place: () => NamedPlace;
  /** Where the port stands, if that is a setting of its own. */
  readonly portPlace?: () => NamedPlace;
}

export interface NamedPlace {
  readonly position: Position | null;
  readonly sourceLine: string | null;
}

/** The hosts that a Pod's settings name. */
export function namedBy(subject: Subject, input: CheckInput): readonly Named[] {
  const { initContainers = [], containers = [] } = subject.pod.spec;
  const all = [
    ...initContainers.map((container, i) => ({ container, at: `spec.initContainers[${i}]` })),
    ...containers.map((container, i) => ({ container, at: `spec.containers[${i}]` })),
  ];
  return all.flatMap(({ container, at }) => {
    const given = { subject, input, container, at };
    return [...inVariables(given), ...inArguments(given), ...inFiles(given), ...inProbes(given)];
  });
}

interface Given {
  readonly subject: Subject;
  readonly input: CheckInput;
  readonly container: Container;
  /** Path of the container. */
  readonly at: string;
}

interface Written {
  readonly object: string;
  readonly path: string;
  /** The value as the program has it. */
  readonly text: string;
}

function podOf({ pod }: Subject): string {
  return `pod/${keyOf(pod)}`;
}

function environmentOf({ subject, container }: Given): ReadonlyMap<string, string> {
  return new Map(Object.entries(subject.cluster.environment(podOf(subject), container.name)));
}

function inVariables(given: Given): readonly Named[] {
  const values = environmentOf(given);
  const from = podOf(given.subject);
  const places = variablesOf(given);
  return [...places].flatMap(([name, place]) => {
    const text = values.get(name) ?? '';
    const key = `${name} of container ${given.container.name}`;
    // A whole file in a variable, as envFrom makes them.
    if (text.includes('\n')) return inText(given, { ...place, text, name, key });
    const written = { ...place, text };
    return targetsOf({ key: name, value: text }, values).map((target) => {
      const named = { ...target, key, from, place: () => placeOf(given, written, target) };
      const { portKey = '', port } = target;
      const at = places.get(portKey);
      if (at === undefined) return named;
      const digits = { ...target, host: `${port}`, text: `${port}`, index: 0 };
      const portWritten = { ...at, text: values.get(portKey) ?? '' };
      return { ...named, portPlace: () => placeOf(given, portWritten, digits) };
    });
  });
}

/** Where each variable was written, the last writer of each. */
function variablesOf(given: Given): ReadonlyMap<string, Omit<Written, 'text'>> {
  const { subject, container, at } = given;
  const found = new Map<string, Omit<Written, 'text'>>();
  const namespace = subject.pod.metadata.namespace ?? 'default';
  for (const source of container.envFrom ?? []) {
    const from = sourceOf(given, source, namespace);
    if (from === null) continue;
    for (const name of Object.keys(from.data)) {
      const variable = `${source.prefix ?? ''}${name}`;
      found.set(variable, { object: from.object, path: dataPath(given, from.object, name) });
    }
  }
  for (const [i, { name, value, valueFrom }] of (container.env ?? []).entries()) {
    const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
    const ref = configMapKeyRef ?? secretKeyRef;
    const isLiteral = value !== undefined && value !== '';
    if (isLiteral) {
      const path = `${subject.prefix}${at}.env[${i}].value`;
      found.set(name, { object: subject.object, path });
    } else if (ref?.key !== undefined) {
      const kind = configMapKeyRef === undefined ? 'Secret' : 'ConfigMap';
      const object = `${kind}/${namespace}/${ref.name}`;
      found.set(name, { object, path: dataPath(given, object, ref.key) });
    } else found.delete(name);
  }
  return found;
}

function sourceOf({ subject: { cluster } }: Given, source: EnvFromSource, namespace: string) {
  const { configMapRef, secretRef } = source;
  const key = `${namespace}/${(configMapRef ?? secretRef)?.name}`;
  const kind = configMapRef === undefined ? 'Secret' : 'ConfigMap';
  const found = cluster.objects.get(kind, key);
  if (found === undefined) return null;
  const texts = 'stringData' in found ? found.stringData : undefined;
  return { object: `${kind}/${key}`, data: { ...found.data, ...texts } };
}

/** A Secret's value may have been written as text. */
function dataPath({ input }: Given, object: string, key: string): string {
  const manifest = input.manifests.find((one) => objectName(one) === object);
  const texts = (manifest?.object['stringData'] ?? {}) as Record<string, unknown>;
  return key in texts ? `stringData.${key}` : `data.${key}`;
}

function inArguments(given: Given): readonly Named[] {
  const { subject, container, at } = given;
  const values = environmentOf(given);
  const paths = (['command', 'args'] as const).flatMap((field) =>
    (container[field] ?? []).map((text, i) => ({ text, path: `${at}.${field}[${i}]` })),
  );
  const words = paths.map(({ text }) =>
    text.replace(/\$\(([A-Za-z_][\w.-]*)\)/g, (all, name: string) => values.get(name) ?? all),
  );
  return targetsInCommand(words).map(({ word, key, ...target }) => {
    const path = `${subject.prefix}${paths[word]?.path ?? at}`;
    const written = { object: subject.object, path, text: words[word] ?? '' };
    return {
      ...target,
      key: `${key} of container ${container.name}`,
      from: podOf(subject),
      place: () => placeOf(given, written, target),
    };
  });
}

function inFiles(given: Given): readonly Named[] {
  const { subject, container } = given;
  const { cluster, pod } = subject;
  const namespace = pod.metadata.namespace ?? 'default';
  const files = mountedTexts(namespace, pod.spec, container, (key) =>
    cluster.objects.get('ConfigMap', key),
  );
  return [...files.values()].flatMap(({ configMap, key: name, text }) => {
    if (name === 'Corefile') return [];
    const object = `ConfigMap/${configMap}`;
    const key = `key ${name} of ConfigMap ${configMap}`;
    return inText(given, { object, path: `data.${name}`, text, name, key });
  });
}

interface WrittenText extends Written {
  /** Of the file. */
  readonly name: string;
  readonly key: string;
}

function inText({ subject, input }: Given, written: WrittenText): readonly Named[] {
  const { object, path, text, name, key } = written;
  const manifest = input.manifests.find((one) => objectName(one) === object);
  const places = placesIn(manifest?.source ?? null, path, text);
  return targetsInFile(name, text).map((target) => ({
    ...target,
    key,
    from: podOf(subject),
    place: () => {
      const place = places(target.line, target.column);
      if (place === null || object.startsWith('Secret/')) {
        return { position: place?.position ?? null, sourceLine: null };
      }
      return { position: place.position, sourceLine: masked(place.sourceLine ?? '') };
    },
  }));
}

const probeFields = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** The kubelet connects to these, from the node and with the node's DNS. */
function inProbes(given: Given): readonly Named[] {
  const { subject, container, at } = given;
  const from = `node/${subject.pod.spec.nodeName}`;
  return probeFields.flatMap((field) => {
    const probe: Probe | undefined = container[field];
    return (['httpGet', 'tcpSocket'] as const).flatMap((way) => {
      const { host = '', port } = probe?.[way] ?? {};
      if (!/[a-z]/i.test(host)) return [];
      const number =
        typeof port === 'string'
          ? container.ports?.find(({ name }) => name === port)?.containerPort
          : port;
      const target = { host, port: number ?? null, text: host, sure: true, index: 0 };
      const path = `${subject.prefix}${at}.${field}.${way}.host`;
      const written = { object: subject.object, path, text: host };
      const place = () => placeOf(given, written, target);
      return [{ ...target, key: `${field} of container ${container.name}`, from, place }];
    });
  });
}

/** Where the host itself stands, not only the value; a Secret's line is not shown. */
function placeOf({ subject, input }: Given, written: Written, target: Target): NamedPlace {
  const start = subject.cluster.locate(written.object, written.path);
  const source = input.manifests.find((one) => one.source.file === start?.file)?.source;
  if (start === null || source === undefined) return { position: start, sourceLine: null };
  if (written.object.startsWith('Secret/')) return { position: start, sourceLine: null };
  const own = { file: source.file, line: (n: number) => source.line(n), at: () => start };
  const before = written.text.slice(0, target.index).split('\n');
  const inside = placesIn(own, '', written.text)(before.length, (before.at(-1) ?? '').length + 1);
  const { line, column } = inside?.position ?? start;
  const text = source.line(line);
  if (text.startsWith(target.host, column - 1)) {
    return { position: { ...start, line, column }, sourceLine: masked(text) };
  }
  // A value that the kubelet expanded: where the host is written, if it is.
  const first = source.line(start.line);
  const at = first.indexOf(target.text, start.column - 1);
  const position = at < 0 ? start : { ...start, column: at + 1 };
  return { position, sourceLine: masked(first) };
}
