import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject, Pod } from '../api/types.ts';
import { newServer } from './server.fixture.ts';

const metadata = { name: 'x', namespace: 'default' };
const container = { name: 'c', image: 'nginx:1.25' };
const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [container] } };
const selector = { matchLabels: { app: 'x' } };

function pod(spec: object): AnyObject {
  const plain = { containers: [container] };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...plain, ...spec } };
}

function deployment(spec: object): AnyObject {
  const plain = { selector, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { ...plain, ...spec } };
}

function slice(more: object): AnyObject {
  const plain = { addressType: 'IPv4', endpoints: [{ addresses: ['10.244.1.2'] }] };
  const apiVersion = 'discovery.k8s.io/v1';
  return { apiVersion, kind: 'EndpointSlice', metadata, ...plain, ...more };
}

function policy(spec: object): AnyObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec };
}

const rows: readonly {
  readonly name: string;
  readonly object: AnyObject;
  readonly want: string;
}[] = [
  {
    name: 'A11 a Pod needs containers',
    object: pod({ containers: [] }),
    want: 'Pod "x" is invalid: spec.containers: Required value',
  },
  {
    name: 'A11 container ports: number, host port twice',
    object: pod({
      containers: [
        {
          ...container,
          ports: [
            { name: 'a' },
            { containerPort: 80, hostPort: 8080 },
            { containerPort: 81, hostPort: 8080 },
          ],
        },
      ],
    }),
    want: 'Pod "x" is invalid: [spec.containers[0].ports[0].containerPort: Required value, spec.containers[0].ports[2].hostPort: Duplicate value: "TCP//8080"]',
  },
  {
    name: 'A11 host network: the host port is the container port',
    object: pod({
      hostNetwork: true,
      containers: [{ ...container, ports: [{ containerPort: 80, hostPort: 81 }] }],
    }),
    want: 'Pod "x" is invalid: spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true',
  },
  {
    name: 'A11 a probe needs one handler',
    object: pod({ containers: [{ ...container, readinessProbe: {} }] }),
    want: 'Pod "x" is invalid: spec.containers[0].readinessProbe: Required value: must specify a handler type',
  },
  {
    name: 'A11 the selector must match the template',
    object: deployment({ selector: { matchLabels: { app: 'y' } } }),
    want: 'Deployment.apps "x" is invalid: spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`',
  },
  {
    name: 'A11 a selector is required',
    object: deployment({ selector: undefined }),
    want: 'Deployment.apps "x" is invalid: [spec.selector: Required value, spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`]',
  },
  {
    name: 'A11 no surge and nothing unavailable',
    object: deployment({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
    want: 'Deployment.apps "x" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
  },
  {
    name: 'A11 Recreate has no rolling update',
    object: deployment({ strategy: { type: 'Recreate', rollingUpdate: {} } }),
    want: 'Deployment.apps "x" is invalid: spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is \'Recreate\'',
  },
  {
    name: 'A11 slices: family of addresses, an endpoint without any',
    object: slice({ endpoints: [{ addresses: ['fd00::1'] }, { addresses: [] }] }),
    want: 'EndpointSlice.discovery.k8s.io "x" is invalid: [endpoints[0].addresses: Invalid value: "fd00::1": must be an IPv4 address, endpoints[1].addresses: Required value: must contain at least 1 address]',
  },
  {
    name: 'A11 slices: IPv6 in canonical form',
    object: slice({ addressType: 'IPv6', endpoints: [{ addresses: ['FD00::1'] }] }),
    want: 'EndpointSlice.discovery.k8s.io "x" is invalid: endpoints[0].addresses[0]: Invalid value: "FD00::1": must be in canonical form ("fd00::1")',
  },
  {
    name: 'A11 Endpoints: a subset needs addresses',
    object: { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets: [{ ports: [{ port: 1 }] }] },
    want: 'Endpoints "x" is invalid: subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
  },
  {
    name: 'A11 policies: end port and peers',
    object: policy({
      ingress: [{ ports: [{ port: 90, endPort: 80 }], from: [{}] }],
    }),
    want: 'NetworkPolicy.networking.k8s.io "x" is invalid: [spec.ingress[0].ports[0].endPort: Invalid value: 90: must be greater than or equal to `port`, spec.ingress[0].from[0]: Required value: must specify a peer]',
  },
  {
    name: 'A11 policies: except lies inside cidr',
    object: policy({
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }] }],
    }),
    want: 'NetworkPolicy.networking.k8s.io "x" is invalid: spec.egress[0].to[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
  },
];
for (const row of rows) {
  test(row.name, () => {
    assert.throws(() => newServer().create(row.object), {
      name: 'ApiError',
      reason: 'Invalid',
      message: row.want,
    });
  });
}

test('A11 Pod defaults and admission', () => {
  const probe = { httpGet: { port: 80 } };
  const made = newServer().create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: {
      containers: [
        { name: 'c', image: 'nginx', readinessProbe: probe, ports: [{ containerPort: 80 }] },
      ],
    },
  }) as unknown as Pod;
  const { spec } = made;
  const [first] = spec.containers;
  assert.deepEqual(
    [
      spec.dnsPolicy,
      spec.restartPolicy,
      spec.terminationGracePeriodSeconds,
      spec.enableServiceLinks,
    ],
    ['ClusterFirst', 'Always', 30, true],
  );
  assert.equal(first?.imagePullPolicy, 'Always');
  assert.deepEqual(first?.ports, [{ containerPort: 80, protocol: 'TCP' }]);
  assert.deepEqual(first?.readinessProbe, {
    httpGet: { port: 80, path: '/', scheme: 'HTTP' },
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  });
  assert.deepEqual(
    spec.tolerations?.map((t) => `${t.key} ${t.effect} ${t.tolerationSeconds}`),
    ['node.kubernetes.io/not-ready NoExecute 300', 'node.kubernetes.io/unreachable NoExecute 300'],
  );
  assert.equal(made.status?.phase, 'Pending');
});

test('A11 a PersistentVolumeClaim is Pending, whatever it says of itself', () => {
  const made = newServer().create({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata,
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    status: { phase: 'Bound', capacity: { storage: '1Gi' } },
  });
  assert.deepEqual(
    [made['spec'], made['status']],
    [
      {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        volumeMode: 'Filesystem',
      },
      { phase: 'Pending' },
    ],
  );
});

test('A11 a Pod is bound once; other changes of its spec are refused', () => {
  const server = newServer();
  const made = server.create(pod({})) as unknown as Pod;
  const bound = server.update({ ...made, spec: { ...made.spec, nodeName: 'n1' } });
  assert.throws(
    () => server.update({ ...bound, spec: { ...bound.spec, nodeName: 'n2' } }),
    /spec: Forbidden: pod updates may not change fields other than/,
  );
  assert.throws(
    () => server.update({ ...bound, spec: { ...bound.spec, hostname: 'h' } }),
    /spec: Forbidden/,
  );
  const [first] = bound.spec.containers;
  assert.ok(first);
  server.update({ ...bound, spec: { ...bound.spec, containers: [{ ...first, image: 'a:2' }] } });
});

test('A11 Deployment defaults; a template gets no enableServiceLinks', () => {
  const made = newServer().create(deployment({}));
  const spec = made['spec'] as Record<string, unknown>;
  assert.deepEqual(spec['strategy'], {
    type: 'RollingUpdate',
    rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' },
  });
  assert.deepEqual(
    [spec['replicas'], spec['revisionHistoryLimit'], spec['progressDeadlineSeconds']],
    [1, 10, 600],
  );
  assert.ok(!JSON.stringify(spec['template']).includes('enableServiceLinks'));
  assert.equal(made.metadata.generation, 1);
});

test('A11 policy types follow from the rules given', () => {
  const server = newServer();
  const made = server.create(policy({ podSelector: {}, egress: [{}] }));
  assert.deepEqual((made['spec'] as { policyTypes: string[] }).policyTypes, ['Ingress', 'Egress']);
});

test('A11 a node range is set once', () => {
  const server = newServer();
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: {} } as AnyObject;
  server.create(node);
  server.update({ ...node, spec: { podCIDR: '10.244.1.0/24' } });
  assert.deepEqual(server.get('Node', 'n1')?.spec?.podCIDRs, ['10.244.1.0/24']);
  assert.throws(
    () => server.update({ ...node, spec: { podCIDR: '10.244.2.0/24' } }),
    /spec.podCIDRs: Forbidden: node updates may not change podCIDR/,
  );
});

test('an unknown kind is stored as it is', () => {
  const server = newServer();
  const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata, spec: { a: [1] } };
  server.create(widget);
  assert.deepEqual(server.raw('Widget', 'default/x')?.['spec'], { a: [1] });
  assert.ok(server.kinds().includes('Widget.example.com'));
});

test('a definition of a kind that is served anyway serves it no second time', () => {
  const server = newServer();
  const names = { kind: 'ClusterNetworkPolicy', plural: 'clusternetworkpolicies' };
  const versions = [{ name: 'v1alpha2', served: true, storage: true }];
  const spec = { group: 'policy.networking.k8s.io', scope: 'Cluster', names, versions };
  const name = 'clusternetworkpolicies.policy.networking.k8s.io';
  const apiVersion = 'apiextensions.k8s.io/v1';
  server.create({ apiVersion, kind: 'CustomResourceDefinition', metadata: { name }, spec });
  const served = server.requests.resources().filter(({ kind }) => kind === names.kind);
  assert.equal(served.length, 1);
  assert.equal(served[0]?.simulated, true);
});
