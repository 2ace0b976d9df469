// Required affinity and anti-affinity between Pods. Modelled after pkg/scheduler/framework/plugins/interpodaffinity.

import { selects } from '../../api/selects.ts';
import type { LabelSelector, Node, Pod, PodAffinityTerm } from '../../api/types.ts';
import type { Refusal, Snapshot } from './snapshot.ts';

/** "key=value" of each topology -> how many Pods match there. */
type Counts = Map<string, number>;

function required(pod: Pod, which: 'podAffinity' | 'podAntiAffinity'): readonly PodAffinityTerm[] {
  return pod.spec.affinity?.[which]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
}

/** The term's selector with what matchLabelKeys and mismatchLabelKeys take from its own Pod. */
function selectorOf(term: PodAffinityTerm, own: Pod): LabelSelector | undefined {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  if (labelSelector === undefined) return undefined;
  const more = (keys: readonly string[], operator: string) =>
    keys.flatMap((key) => {
      const value = own.metadata.labels?.[key];
      return value === undefined ? [] : [{ key, operator, values: [value] }];
    });
  const matchExpressions = [
    ...(labelSelector.matchExpressions ?? []),
    ...more(matchLabelKeys, 'In'),
    ...more(mismatchLabelKeys, 'NotIn'),
  ];
  return { ...labelSelector, matchExpressions };
}

/** Whether a term of `own` is about `other`. */
function matches(term: PodAffinityTerm, own: Pod, other: Pod, { context }: Snapshot): boolean {
  const { namespaces = [], namespaceSelector } = term;
  const place = other.metadata.namespace ?? 'default';
  const isOwn = namespaces.length === 0 && namespaceSelector === undefined;
  const isNamed = isOwn
    ? place === (own.metadata.namespace ?? 'default')
    : namespaces.includes(place) ||
      selects(namespaceSelector, context.client.get('Namespace', place)?.metadata.labels);
  return isNamed && selects(selectorOf(term, own), other.metadata.labels);
}

function add(counts: Counts, node: Node | undefined, key: string): void {
  const value = node?.metadata.labels?.[key];
  if (value === undefined) return;
  counts.set(`${key}=${value}`, (counts.get(`${key}=${value}`) ?? 0) + 1);
}

/** The filter for one Pod; undefined when no Pod's affinity concerns it. */
export function interPodFilter(
  pod: Pod,
  snapshot: Snapshot,
): ((node: Node) => Refusal | undefined) | undefined {
  const near = required(pod, 'podAffinity');
  const far = required(pod, 'podAntiAffinity');
  const existing: Counts = new Map();
  for (const other of snapshot.repellers()) {
    for (const term of required(other, 'podAntiAffinity')) {
      if (matches(term, other, pod, snapshot)) {
        add(existing, snapshot.nodeOf(other), term.topologyKey);
      }
    }
  }
  if (near.length + far.length + existing.size === 0) return undefined;
  const [attracted, repelled] = counted(pod, near, far, snapshot);
  const isFirst = attracted.size === 0 && near.every((term) => matches(term, pod, pod, snapshot));
  return (node) => {
    const labels = node.metadata.labels ?? {};
    const pair = (key: string) => `${key}=${labels[key]}`;
    const isNear = near.every((term) => attracted.has(pair(term.topologyKey)));
    if (near.some((term) => labels[term.topologyKey] === undefined) || !(isNear || isFirst)) {
      return { reasons: ["node(s) didn't match pod affinity rules"], isFinal: true };
    }
    if (far.some((term) => repelled.has(pair(term.topologyKey)))) {
      return { reasons: ["node(s) didn't match pod anti-affinity rules"], isFinal: false };
    }
    if (Object.keys(labels).some((key) => existing.has(pair(key)))) {
      const text = "node(s) didn't satisfy existing pods anti-affinity rules";
      return { reasons: [text], isFinal: false };
    }
    return undefined;
  };
}

/** Pods that match all affinity terms, and Pods that match each anti-affinity term, by topology. */
function counted(
  pod: Pod,
  near: readonly PodAffinityTerm[],
  far: readonly PodAffinityTerm[],
  snapshot: Snapshot,
): readonly [Counts, Counts] {
  const attracted: Counts = new Map();
  const repelled: Counts = new Map();
  if (near.length + far.length === 0) return [attracted, repelled];
  for (const node of snapshot.nodes) {
    for (const other of snapshot.podsOn(node)) {
      if (near.length > 0 && near.every((term) => matches(term, pod, other, snapshot))) {
        for (const term of near) add(attracted, node, term.topologyKey);
      }
      for (const term of far) {
        if (matches(term, pod, other, snapshot)) add(repelled, node, term.topologyKey);
      }
    }
  }
  return [attracted, repelled];
}
