// Which writes raise the serial of CoreDNS's zone, and when it begins.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from './cluster.ts';
import { clusterDocument, clusterOf, loaded, podText } from './fixture.test.ts';

const service = `---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
`;
const start = clusterOf(clusterDocument(2) + podText('client') + podText('web') + service);
start.advance(100_000);

function serialOf(cluster: Cluster): number {
  const { queries } = cluster.fork().resolve('pod/default/client', 'cluster.local.', 'SOA');
  return Number(queries[0]?.answers[0]?.data.split(' ')[2]);
}

const rows: readonly {
  readonly name: string;
  readonly change: (cluster: Cluster) => void;
  readonly raises: boolean;
}[] = [
  {
    name: 'a new Service',
    change: (c) => c.apply(loaded(service.replace('name: web', 'name: other')).manifests),
    raises: true,
  },
  { name: 'a deleted Service', change: (c) => c.delete('Service', 'default/web'), raises: true },
  {
    name: 'a label of a Service does not',
    change: (c) => c.set('Service', 'default/web', 'metadata.labels', { a: 'b' }),
    raises: false,
  },
  {
    name: "a port's number of a Service",
    change: (c) => c.set('Service', 'default/web', 'spec.ports[0].port', 81),
    raises: true,
  },
  {
    name: 'an external IP does not',
    change: (c) => c.set('Service', 'default/web', 'spec.externalIPs', ['203.0.113.7']),
    raises: false,
  },
  {
    name: 'an endpoint that is not ready any more',
    change: (c) => c.happen('Pod', 'default/web', 'stops being ready'),
    raises: true,
  },
  {
    name: 'a Namespace does not',
    change: (c) =>
      c.apply(loaded('apiVersion: v1\nkind: Namespace\nmetadata: { name: more }\n').manifests),
    raises: false,
  },
];
for (const { name, change, raises } of rows) {
  test(`B14: ${name} ${raises ? 'raises' : 'raise'} the serial`, () => {
    const cluster = start.fork();
    const before = serialOf(cluster);
    cluster.advance(5000);
    change(cluster);
    const after = serialOf(cluster);
    if (raises) assert.ok(after >= before + 5, `${before} -> ${after}`);
    else assert.equal(after, before);
  });
}

test('B14: a CoreDNS that starts anew begins with its own time', () => {
  const cluster = start.fork();
  const before = serialOf(cluster);
  for (const pod of cluster.objects.list('Pod', 'kube-system')) {
    cluster.happen('Pod', `kube-system/${pod.metadata.name}`, 'restarts');
  }
  assert.ok(serialOf(cluster) >= before + 90);
});

test('B14: a zone of a cluster set has the serial 0 until an import of it changes', () => {
  const text = `---
apiVersion: v1
kind: ConfigMap
metadata: { name: coredns, namespace: kube-system }
data:
  Corefile: |
    .:53 {
      health
      ready
      kubernetes cluster.local clusterset.local {
        multicluster clusterset.local
      }
    }
`;
  const slice = (ip: string) => `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: far, labels: { multicluster.kubernetes.io/service-name: far } }
addressType: IPv4
ports: [{ name: http, port: 80 }]
endpoints: [{ addresses: [${ip}] }]
`;
  const document = clusterDocument(1).replace('"1.34"', '"1.36"');
  const cluster = clusterOf(document + podText('client') + text);
  const serial = () => {
    const { queries } = cluster.fork().resolve('pod/default/client', 'clusterset.local.', 'SOA');
    return Number(queries[0]?.answers[0]?.data.split(' ')[2]);
  };
  assert.equal(serial(), 0);
  cluster.apply(loaded(slice('192.0.2.1')).manifests);
  assert.equal(serial(), 0, 'what is new counts for the cluster alone');
  cluster.advance(5000);
  cluster.apply(loaded(slice('192.0.2.2')).manifests);
  assert.equal(serial(), serialOf(cluster));
  assert.ok(serial() > 0);
});
