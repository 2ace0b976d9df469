// A cluster out of one YAML text, and short ways to ask it: for the tests of this folder.
import { test } from 'node:test';
import { type Loaded, loadTexts } from '../input/load.ts';
import type { Cluster, ConnectOptions } from './cluster.ts';
import { createSimulated } from './simulated.ts';

/** Parsed and checked as files are. */
export function loaded(text: string): Loaded {
  return loadTexts([{ file: 'lab.yaml', text }]);
}

/** The settled cluster of a text. */
export function clusterOf(text: string, seed = 0): Cluster {
  const { clusterSpec, manifests, notices } = loaded(text);
  return createSimulated({ spec: clusterSpec, manifests, notices, seed });
}

/** "answered pod/demo/web-1", "refused rst", "nxdomain": how an attempt ended. */
export function fate(
  cluster: Cluster,
  from: string,
  to: string,
  options: ConnectOptions = {},
): string {
  const { lookup, dial } = cluster.connect(from, to, options);
  if (dial === null) return lookup?.outcome ?? '';
  return `${dial.outcome} ${dial.outcome === 'answered' ? dial.backend : dial.via}`;
}

/** The addresses of a Service's Endpoints: ready ones, then the others in brackets. */
export function endpointsOf(cluster: Cluster, key: string): readonly string[] {
  const subsets = cluster.objects.get('Endpoints', key)?.subsets ?? [];
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [] }) => [
    ...addresses.map(({ ip }) => ip),
    ...notReadyAddresses.map(({ ip }) => `(${ip})`),
  ]);
}

/** A Cluster document with `nodes` nodes node01 ... (10.0.0.11 ...) and further lines of its spec. */
export function clusterDocument(nodes: number, more = ''): string {
  const rows = Array.from(
    { length: nodes },
    (_, i) => `    - { name: node0${i + 1}, internalIP: 10.0.0.${i + 11} }`,
  );
  return `apiVersion: svcspec.dev/v1alpha1
kind: Cluster
metadata: { name: lab }
spec:
  kubernetesVersion: "1.34"
  nodes:
${rows.join('\n')}
${more}
`;
}

/** A Pod with one nginx container, as a YAML document. */
export function podText(name: string, more: { labels?: string; spec?: string } = {}): string {
  return `---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { ${more.labels ?? `app: ${name}`} } }
spec:
  ${more.spec ?? ''}
  containers: [ { name: c, image: nginx, ports: [ { name: http, containerPort: 80 } ] } ]
`;
}

test('fixture: a client Pod reaches a Pod by its address', () => {
  const cluster = clusterOf(clusterDocument(2) + podText('a') + podText('b'));
  const ip = cluster.objects.get('Pod', 'default/b')?.status?.podIP;
  if (fate(cluster, 'pod/default/a', `${ip}:80`) !== 'answered pod/default/b') {
    throw new Error('the fixture is broken');
  }
});
