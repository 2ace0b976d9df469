// A demo cluster (one Deployment, one Service, one client) and a town of many: what is created, and what one connection
// on a fork costs. Functions only: bench/main.ts times and prints.
import type { Cluster } from '../src/cluster/cluster.ts';
import { createSimulated } from '../src/cluster/simulated.ts';
import { loadTexts } from '../src/input/load.ts';

function web(name: string, namespace: string, replicas: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: nginx, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec: { selector: { app: ${name} }, ports: [{ port: 80 }] }
`;
}

const client = `---
apiVersion: v1
kind: Pod
metadata: { name: client, namespace: demo }
spec: { containers: [{ name: shell, image: "busybox:1.36", command: [sleep, "3600"] }] }
`;

/** The manifests of the demo, as `trace -f` would be given. */
export const demoText = web('web', 'demo', 3) + client;

function create(text: string): Cluster {
  const { clusterSpec, manifests, notices } = loadTexts([{ file: 'bench.yaml', text }]);
  return createSimulated({ spec: clusterSpec, manifests, notices });
}

/** From manifest text to a settled cluster. */
export function demo(): Cluster {
  return create(demoText);
}

/** One connection on a copy of the cluster, by `svc/` (no DNS) or by name. Throws unless it is answered. */
export function forkAndConnect(cluster: Cluster, target = 'svc/demo/web:80'): void {
  const { dial } = cluster.fork().connect('pod/demo/client', target);
  if (dial?.outcome !== 'answered') throw new Error(`${target}: ${dial?.outcome ?? 'no address'}`);
}

/** A town of Deployments with `pods` Pods and a Service each, in ten namespaces, on `nodes` nodes; its Pods that run. */
export function town(deployments: number, pods: number, nodes: number): number {
  const lines = Array.from(
    { length: nodes },
    (_, i) =>
      `    - { name: node${i}, internalIP: 172.16.${Math.floor(i / 250)}.${(i % 250) + 1} }`,
  );
  const cluster = `apiVersion: svcspec.dev/v1alpha1
kind: Cluster
metadata: { name: town }
spec:
  networking: { podSubnet: 10.0.0.0/11, serviceSubnet: 10.96.0.0/12 }
  nodes:
${lines.join('\n')}
`;
  const webs = Array.from({ length: deployments }, (_, i) => web(`web${i}`, `ns${i % 10}`, pods));
  const made = create([cluster, ...webs].join('---\n'));
  const running = made.objects.list('Pod').filter((pod) => pod.status?.phase === 'Running').length;
  if (running < deployments * pods) throw new Error(`only ${running} Pods run`);
  return running;
}
