// The shop behind its policies: whatever is dropped between any two of its programs is blamed on a policy, with the rule
// that comes nearest or the fact that there is none, and with a line of that very policy; in each mode of kube-proxy.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { blameOf } from '../src/analysis/blame.ts';
import { outcomeOf } from '../src/analysis/trace-document.ts';
import type { Cluster } from '../src/cluster/cluster.ts';
import { loadInputFiles } from '../src/input/load.ts';
import { root, scenarioCluster } from './pictures.ts';

const policies = join(root, 'scenarios', 'shop', 'later', 'policies.yaml');

/** The object in whose document a line of a file stands. */
function objectAt(file: string, line: number): string {
  const lines = readFileSync(file, 'utf8').split('\n');
  const start = lines.slice(0, line).lastIndexOf('---') + 1;
  const text = lines.slice(start).join('\n');
  const value = (field: string) => new RegExp(`\\b${field}: ([^\\s,}]+)`).exec(text)?.[1] ?? '';
  const kind = value('kind');
  return `${kind}/${kind === 'NetworkPolicy' ? `${value('namespace')}/` : ''}${value('name')}`;
}

interface Dropped {
  readonly flow: string;
  readonly said: string;
}

function droppedIn(cluster: Cluster): readonly Dropped[] {
  const pods = cluster.objects
    .list('Pod')
    .filter(({ metadata }) => ['edge', 'shop', 'data'].includes(metadata.namespace ?? ''))
    .filter(({ status }) => status?.phase === 'Running');
  const services = cluster.objects
    .list('Service')
    .filter(({ metadata }) => ['shop', 'data'].includes(metadata.namespace ?? ''))
    .filter(({ spec }) => spec.clusterIP !== 'None' && spec.type !== 'ExternalName');
  return pods.flatMap(({ metadata: { namespace, name } }) =>
    services.flatMap(({ metadata, spec }): readonly Dropped[] => {
      const [port] = spec.ports ?? [];
      if (port === undefined || (port.protocol ?? 'TCP') !== 'TCP') return [];
      const to = `svc/${metadata.namespace}/${metadata.name}:${port.port}`;
      const attempt = cluster.fork().connect(`pod/${namespace}/${name}`, to);
      if (outcomeOf(attempt) === 'answered') return [];
      const blame = blameOf(cluster, attempt);
      assert.ok(blame !== null, `${name} to ${to}`);
      const flow = `${namespace}/${name} to ${to}`;
      assert.equal(blame.id, 'network-policy', flow);
      const { file, line, object, message } = blame;
      assert.equal(objectAt(file ?? '', line ?? 0), object, `${flow}: ${message}`);
      return [{ flow, said: message.replace(/^.*?: .*?: /, '') }];
    }),
  );
}

for (const mode of ['iptables', 'nftables', 'ipvs'] as const) {
  test(`every connection that the shop's policies drop names policy, rule and line: ${mode} mode`, () => {
    const cluster = scenarioCluster('shop', mode);
    cluster.apply(loadInputFiles({ filenames: [policies] }).manifests);
    const dropped = droppedIn(cluster);
    const rule = /spec\.(ingress|egress)\[\d+\]|^no (ingress|egress) rule of /;
    const unsaid = dropped.filter(({ said }) => !rule.test(said));
    assert.deepEqual(unsaid, []);
    assert.ok(dropped.length > 20, `${dropped.length} are dropped`);
  });
}
