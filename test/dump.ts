// Everything one can see of a cluster as one text: every object as YAML, every node's rules, every conntrack table, the
// clock and the notices. Two clusters with the same text are the same to every command.
import type { Cluster } from '../src/cluster/cluster.ts';
import { toYaml } from '../src/programs/kubectl/print-yaml.ts';

/** Objects of all kinds, as `kubectl get -o yaml` prints each. */
export function objectsText(cluster: Cluster): string {
  const { objects } = cluster;
  return objects
    .kinds()
    .flatMap((kind) => objects.rawList(kind).map((object) => toYaml(object)))
    .join('---\n');
}

export function rulesText(cluster: Cluster): string {
  const formats = ['iptables-save', 'ip6tables-save'] as const;
  return cluster.nodeNames
    .flatMap((node) =>
      formats.flatMap((format) => [
        `# ${node}\n`,
        cluster.rules(node, { format }),
        cluster.rules(node, { format, input: true }),
      ]),
    )
    .join('');
}

export function dump(cluster: Cluster): string {
  const conntrack = cluster.nodeNames.flatMap((node) => [
    `# ${node}`,
    ...cluster.conntrack(`node/${node}`),
  ]);
  return [
    `${cluster.nowMs} ms`,
    ...cluster.notices,
    ...conntrack,
    rulesText(cluster),
    objectsText(cluster),
  ].join('\n');
}
