// The cluster pictures under scenarios/ as settled clusters, and a picture that has every kind of rule in it: what
// whole-tree tests hold against the real tools and against golden files.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ApiError } from '../src/api/error.ts';
import { InputError } from '../src/api/input-error.ts';
import type { Cluster } from '../src/cluster/cluster.ts';
import { createSimulated } from '../src/cluster/simulated.ts';
import { loadInputFiles, loadTexts } from '../src/input/load.ts';
import { inProxyMode } from '../src/manifest/kube-proxy-mode.ts';

export const root = join(import.meta.dirname, '..', '..');

/** Names of the folders under scenarios/. */
export function scenarioNames(): readonly string[] {
  return readdirSync(join(root, 'scenarios'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** In `mode` when one is given, else in the mode the scenario is configured for. */
export function scenarioCluster(name: string, mode?: Cluster['proxyMode']): Cluster {
  const { clusterSpec, manifests } = loadScenario(name);
  const spec = mode === undefined ? clusterSpec : inProxyMode(clusterSpec, mode);
  return createSimulated({ spec, manifests });
}

/** 34 for Kubernetes 1.34. */
export function scenarioMinor(name: string): number {
  return loadScenario(name).clusterSpec.minor;
}

function loadScenario(name: string) {
  return loadInputFiles({ filenames: [join(root, 'scenarios', name)] });
}

/** Thousands of Services of one kind: no rule of theirs is new, and the real tool takes a minute for 5,000 of them. More
 * than 1,000 endpoints also leave chains with comments of before, which the next full sync does not write. */
const tooMany = new Set(['many-services.yaml', 'thousand-services.yaml']);

/** The same with each of the manifests that steps apply, one after the other; those that the API server refuses on
 * purpose are left out. */
export function laterCluster(name: string): Cluster {
  const cluster = scenarioCluster(name);
  const later = join(root, 'scenarios', name, 'later');
  for (const file of existsSync(later) ? readdirSync(later).sort() : []) {
    if (tooMany.has(file)) continue;
    try {
      cluster.apply(loadInputFiles({ filenames: [join(later, file)] }).manifests);
    } catch (error) {
      if (!(error instanceof InputError || error instanceof ApiError)) throw error;
    }
  }
  return cluster;
}

const pod = (name: string, node: string, labels: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'demo', labels },
  spec: {
    nodeName: node,
    containers: [{ name: 'web', image: 'nginx', ports: [{ containerPort: 80 }] }],
  },
});

const service = (name: string, spec: Record<string, unknown>) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'demo' },
  spec: { ports: [{ port: 80 }], ...spec },
});

const selector = { app: 'web' };
const nobody = { app: 'nobody' };
const local = { externalTrafficPolicy: 'Local', internalTrafficPolicy: 'Local' };
const everyRule = [
  pod('web-1', 'node01', selector),
  pod('web-2', 'node01', selector),
  pod('web-3', 'node02', selector),
  pod('lone', 'node02', { app: 'lone' }),
  service('plain', { selector }),
  service('sticky', {
    selector,
    sessionAffinity: 'ClientIP',
    sessionAffinityConfig: { clientIP: { timeoutSeconds: 100 } },
  }),
  service('ported', {
    type: 'NodePort',
    selector,
    ports: [
      { name: 'http', port: 80 },
      { name: 'dns', port: 53, protocol: 'UDP', targetPort: 80 },
      { name: 's', port: 80, protocol: 'SCTP' },
    ],
  }),
  service('near', { selector, internalTrafficPolicy: 'Local' }),
  service('edge', { type: 'NodePort', selector: { app: 'lone' }, ...local }),
  service('empty', { type: 'NodePort', selector: nobody, externalIPs: ['198.51.100.8'] }),
  service('outside', {
    selector,
    externalIPs: ['198.51.100.7'],
    externalTrafficPolicy: 'Local',
    sessionAffinity: 'ClientIP',
  }),
];

/** No endpoints, affinity, both Local policies with and without a local Pod, node ports, external IPs, three protocols. */
export function everyRuleCluster(): Cluster {
  const text = everyRule.map((object) => JSON.stringify(object)).join('\n---\n');
  const loaded = loadTexts([{ file: 'every-rule.yaml', text }]);
  return createSimulated({ spec: loaded.clusterSpec, manifests: loaded.manifests });
}
