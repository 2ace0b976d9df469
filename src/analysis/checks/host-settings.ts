// What the containers of a running Pod are configured with, and where each value was written: variables of their own
// (also from ConfigMaps), command and arguments, texts of ConfigMaps that are mounted. Service variables are not read:
// the kubelet made them.
import type { Container, Pod } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { mountedTexts } from '../../cluster/coredns-process.ts';
import { type Target, targetsOf, urlsIn, withoutComments } from './host-values.ts';

export interface Named extends Target {
  /** "DB_HOST", "an argument", "key app.conf of ConfigMap demo/app". */
  readonly key: string;
  /** The object and path that hold the text. */
  readonly object: string;
  readonly path: string;
}

/** The hosts that a container's settings name. */
export function namedBy(cluster: Cluster, pod: Pod, container: Container, at: string) {
  return [
    ...inVariables(cluster, pod, container, at),
    ...inArguments(cluster, pod, container, at),
    ...inFiles(cluster, pod, container),
  ];
}

interface Variable {
  readonly name: string;
  readonly object: string;
  readonly path: string;
}

function inVariables(cluster: Cluster, pod: Pod, container: Container, at: string) {
  const values = cluster.environment(`pod/${keyOf(pod)}`, container.name);
  const own = new Map(Object.entries(values));
  return variablesOf(cluster, pod, container, at).flatMap(({ name, object, path }) => {
    const value = values[name] ?? '';
    return targetsOf({ key: name, value }, own).map((target) => ({
      ...target,
      key: name,
      object,
      path,
    }));
  });
}

/** Variables by name, the last writer of each. */
function variablesOf(
  cluster: Cluster,
  pod: Pod,
  container: Container,
  at: string,
): readonly Variable[] {
  const found = new Map<string, Variable>();
  const namespace = pod.metadata.namespace ?? 'default';
  const own = `Pod/${keyOf(pod)}`;
  for (const { configMapRef, prefix = '' } of container.envFrom ?? []) {
    const key = `${namespace}/${configMapRef?.name}`;
    const data = cluster.objects.get('ConfigMap', key)?.data ?? {};
    for (const name of Object.keys(data)) {
      const object = `ConfigMap/${key}`;
      found.set(prefix + name, { name: prefix + name, object, path: `data.${name}` });
    }
  }
  for (const [i, { name, value, valueFrom }] of (container.env ?? []).entries()) {
    const from = valueFrom?.configMapKeyRef;
    const isLiteral = value !== undefined && value !== '';
    if (from !== undefined) {
      const object = `ConfigMap/${namespace}/${from.name}`;
      found.set(name, { name, object, path: `data.${from.key}` });
    } else if (isLiteral) found.set(name, { name, object: own, path: `${at}.env[${i}].value` });
    else found.delete(name);
  }
  return [...found.values()];
}

function inArguments(cluster: Cluster, pod: Pod, container: Container, at: string) {
  const object = `Pod/${keyOf(pod)}`;
  const values = cluster.environment(`pod/${keyOf(pod)}`, container.name);
  const expanded = (text: string) =>
    text.replace(/\$\(([^)]*)\)/g, (all, name: string) => values[name] ?? all);
  const words = (['command', 'args'] as const).flatMap((field) =>
    (container[field] ?? []).map((text, i) => ({
      text: expanded(text),
      path: `${at}.${field}[${i}]`,
    })),
  );
  return words.flatMap(({ text, path }) => {
    const [, flag, value] = /^--?([A-Za-z][-\w.]*)=(.*)$/s.exec(text) ?? [];
    const targets =
      flag === undefined || value === undefined
        ? urlsIn(text)
        : targetsOf({ key: flag, value }, new Map());
    const key = flag === undefined ? 'an argument' : `argument --${flag}`;
    return targets.map((target) => ({ ...target, key, object, path }));
  });
}

/** URLs alone: in a file a word may be anything. Lines that are comments are left out. */
function inFiles(cluster: Cluster, pod: Pod, container: Container) {
  const namespace = pod.metadata.namespace ?? 'default';
  const files = mountedTexts(namespace, pod.spec, container, (key) =>
    cluster.objects.get('ConfigMap', key),
  );
  return [...files.values()].flatMap(({ configMap, key, text }) => {
    return urlsIn(withoutComments(text)).map((target) => ({
      ...target,
      key: `key ${key} of ConfigMap ${configMap}`,
      object: `ConfigMap/${configMap}`,
      path: `data.${key}`,
    }));
  });
}
