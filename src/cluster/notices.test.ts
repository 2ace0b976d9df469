// What is reported when it is written: each row is one object and the line it gives; the last ones give none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { givenToOne } from './claims.ts';
import { clusterOf, loaded } from './fixture.test.ts';
import { isSaidAlways, unenforced } from './notices.ts';

const container = 'containers: [ { name: c, image: nginx } ]';
const template = `template: { metadata: { labels: { a: b } }, spec: { ${container} } }`;

const claimed = (name: string, externalIPs: string, ports: string) => `apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec:
  externalIPs: ${externalIPs}
  ports: [${ports}]
`;
const shared = `nobody refuses that, and ${givenToOne}`;

const rows: readonly { name: string; text: string; want: readonly string[] }[] = [
  {
    name: 'a CronJob is stored only',
    text: `apiVersion: batch/v1
kind: CronJob
metadata: { name: j }
spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: Never, ${container} } } } } }`,
    want: ['lab.yaml:2: CronJob "default/j" is stored, but not simulated: it makes no Jobs'],
  },
  {
    name: "kube-proxy's flags are not read",
    text: `apiVersion: v1
kind: Pod
metadata: { name: kube-proxy, namespace: kube-system }
spec:
  hostNetwork: true
  containers:
    - name: kube-proxy
      image: registry.k8s.io/kube-proxy:v1.34.0
      command: [/bin/sh, -c, 'exec kube-proxy --proxy-mode=ipvs --v=2 --masquerade-all --ipvs-scheduler lc 1>>/var/log/kube-proxy.log']`,
    want: [
      'lab.yaml:9: Pod "kube-system/kube-proxy" starts kube-proxy with flags, which nobody reads: say it in a KubeProxyConfiguration: mode (--proxy-mode=ipvs), iptables.masqueradeAll (--masquerade-all=true), ipvs.scheduler (--ipvs-scheduler=lc)',
    ],
  },
  {
    name: "kube-proxy's flags beside its configuration: it ignores them itself",
    text: `apiVersion: v1
kind: Pod
metadata: { name: kube-proxy, namespace: kube-system }
spec:
  hostNetwork: true
  containers:
    - name: kube-proxy
      image: registry.k8s.io/kube-proxy:v1.34.0
      command: [kube-proxy, --config=/var/lib/kube-proxy/config.conf, --proxy-mode=ipvs]`,
    want: [],
  },
  {
    name: 'an Ingress is stored only',
    text: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: i }
spec: { defaultBackend: { service: { name: x, port: { number: 80 } } } }`,
    want: [
      'lab.yaml:2: Ingress "default/i" is stored, but not simulated: no controller listens for it',
    ],
  },
  {
    name: 'claims of a StatefulSet are one notice, a claim of its own another',
    text: `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  replicas: 2
  serviceName: db
  selector: { matchLabels: { a: b } }
  ${template}
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ ReadWriteOnce ], resources: { requests: { storage: 1Gi } } }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: own }
spec: { accessModes: [ ReadWriteOnce ], resources: { requests: { storage: 1Gi } } }`,
    want: [
      'lab.yaml:9: StatefulSet "default/db" makes PersistentVolumeClaims that nothing binds: its Pods start without',
      'lab.yaml:14: PersistentVolumeClaim "default/own" is stored, but not simulated: nothing binds it, and Pods start without',
    ],
  },
  {
    name: 'a custom object is stored only',
    text: `apiVersion: example.com/v1
kind: Thing
metadata: { name: t }
spec: { anything: 1 }`,
    want: ['lab.yaml:2: Thing "t" (example.com/v1) is stored, but not simulated'],
  },
  {
    name: 'a NetworkPolicy that selects no Pod is said to',
    text: ['a', 'b']
      .map(
        (name) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name} }
spec: { podSelector: {} }`,
      )
      .join('\n---\n'),
    want: ['a', 'b'].map(
      (name, i) =>
        `lab.yaml:${4 + 5 * i}: NetworkPolicy "default/${name}" selects no Pod: it changes nothing`,
    ),
  },
  {
    name: 'policies of one tier and priority, and domain names',
    text: ['a', 'b']
      .map(
        (name) => `apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: { name: ${name} }
spec:
  tier: Admin
  priority: 7
  subject: { namespaces: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }
  egress: [ { action: Accept, to: [ { domainNames: [ example.com ] } ] } ]`,
      )
      .join('\n---\n'),
    want: [
      'lab.yaml:8: ClusterNetworkPolicy "a" names domains, which are not looked up: they match nothing',
      'lab.yaml:17: ClusterNetworkPolicy "b" names domains, which are not looked up: they match nothing',
      'ClusterNetworkPolicy "a", ClusterNetworkPolicy "b" have priority 7 in one tier: the API leaves open which is asked first; here they are asked in this order',
    ],
  },
  {
    name: 'the definition of a kind that is served anyway',
    text: `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: clusternetworkpolicies.policy.networking.k8s.io }
spec:
  group: policy.networking.k8s.io
  scope: Cluster
  names: { kind: ClusterNetworkPolicy, plural: clusternetworkpolicies }
  versions: [ { name: v1alpha2, served: true, storage: true } ]`,
    want: [],
  },
  {
    name: 'a LoadBalancer stays pending',
    text: `apiVersion: v1
kind: Service
metadata: { name: lb }
spec: { type: LoadBalancer, ports: [ { port: 80 } ] }`,
    want: [
      'lab.yaml:4: Service "default/lb" keeps EXTERNAL-IP <pending>: the cluster has no cloud provider (cloudProvider: { loadBalancerPool: CIDR } of the Cluster document)',
    ],
  },
  {
    name: 'a LoadBalancer of a class stays pending',
    text: `apiVersion: v1
kind: Service
metadata: { name: lb }
spec: { type: LoadBalancer, loadBalancerClass: example.com/lb, ports: [ { port: 80 } ] }`,
    want: [
      'lab.yaml:4: Service "default/lb" keeps EXTERNAL-IP <pending>: nobody implements its loadBalancerClass',
    ],
  },
  {
    name: 'topology-mode Auto is simulated',
    text: `apiVersion: v1
kind: Service
metadata: { name: s, annotations: { service.kubernetes.io/topology-mode: Auto } }
spec: { ports: [ { port: 80 } ] }`,
    want: [],
  },
  {
    name: 'a host port is no news: portmap forwards it',
    text: `apiVersion: v1
kind: Pod
metadata: { name: p }
spec: { containers: [ { name: c, image: nginx, ports: [ { containerPort: 80, hostPort: 8080 } ] } ] }`,
    want: [],
  },
  {
    name: 'an unknown annotation of a template is said once for all its Pods',
    text: `apiVersion: apps/v1
kind: Deployment
metadata: { name: d }
spec:
  replicas: 3
  selector: { matchLabels: { a: b } }
  template:
    metadata: { labels: { a: b }, annotations: { svcspec.dev/ready-after: soon } }
    spec: { ${container} }`,
    want: [
      'lab.yaml:8: Deployment "default/d" has annotation svcspec.dev/ready-after: "soon", which is no duration: readiness fails until this long after the start',
    ],
  },
  {
    name: 'a probe that runs a command of its image succeeds',
    text: `apiVersion: v1
kind: Pod
metadata: { name: p }
spec: { containers: [ { name: c, image: redis, livenessProbe: { exec: { command: [redis-cli] } } } ] }`,
    want: [
      'lab.yaml:4: Pod "default/p" has a livenessProbe that runs a command that is not built in: the probe succeeds',
    ],
  },
  {
    name: 'an external IP that another Service has, of the later one, for the ports that both have',
    text: `${claimed('a', '[203.0.113.10, 203.0.113.11]', '{ name: http, port: 80 }, { name: https, port: 443 }')}---
${claimed('b', '[203.0.113.11]', '{ port: 443 }')}---
${claimed('c', '[203.0.113.11]', '{ port: 443, protocol: UDP }')}`,
    want: [
      `lab.yaml:12: Service "default/b" claims 203.0.113.11:443/TCP, which Service "default/a" has too: ${shared}`,
    ],
  },
  {
    name: "an external IP that is another Service's cluster IP",
    text: `${claimed('a', '[203.0.113.10]', '{ port: 80 }').replace('spec:', 'spec:\n  clusterIP: 10.96.0.80')}---
${claimed('b', '[10.96.0.80]', '{ port: 80 }')}`,
    want: [
      `lab.yaml:13: Service "default/b" claims 10.96.0.80:80/TCP, which Service "default/a" has too: ${shared}`,
    ],
  },
  {
    name: 'plain workloads are no news',
    text: `apiVersion: apps/v1
kind: Deployment
metadata: { name: d }
spec: { replicas: 2, selector: { matchLabels: { a: b } }, ${template} }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: sa }`,
    want: [],
  },
];
for (const { name, text, want } of rows) {
  test(`notices: ${name}`, () => assert.deepEqual(clusterOf(text).notices, want));
}

const unproxied = [
  { what: 'headless', from: 'spec:', to: 'spec:\n  clusterIP: None' },
  { what: 'an alias', from: 'spec:', to: 'spec:\n  type: ExternalName\n  externalName: a.example' },
  {
    what: "another proxy's",
    from: ' }\nspec:',
    to: ', labels: { service.kubernetes.io/service-proxy-name: x } }\nspec:',
  },
];
for (const { what, from, to } of unproxied) {
  test(`notices: a Service that no kube-proxy looks at claims nothing: ${what}`, () => {
    const other = claimed('b', '[203.0.113.10]', '{ port: 80 }');
    const one = claimed('a', '[203.0.113.10]', '{ port: 80 }').replace(from, to);
    for (const text of [`${one}---\n${other}`, `${other}---\n${one}`]) {
      assert.deepEqual(
        clusterOf(text).notices.filter((notice) => / claims /.test(notice)),
        [],
      );
    }
  });
}

test('notices: what is applied later is reported too, and never twice', () => {
  const cluster = clusterOf('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\n');
  const job = rows[0]?.text ?? '';
  cluster.apply(loaded(job).manifests);
  cluster.apply(loaded(job).manifests);
  assert.deepEqual(cluster.notices, rows[0]?.want);
});

test('notices: a Service that comes to an external IP later says so, and a status says nothing', () => {
  const a = claimed('a', '[203.0.113.10]', '{ port: 80 }');
  const b =
    'apiVersion: v1\nkind: Service\nmetadata: { name: b }\nspec: { ports: [{ port: 80 }] }\n';
  const cluster = clusterOf(`${b}---\n${a}`);
  assert.deepEqual(cluster.notices, []);
  cluster.set('Service', 'default/b', 'spec.externalIPs', ['203.0.113.10']);
  cluster.set('Service', 'default/a', 'metadata.labels', { x: 'y' });
  const [notice = '', ...more] = cluster.notices;
  assert.match(
    notice,
    /Service "default\/b" claims 203\.0\.113\.10:80\/TCP, which Service "default\/a" has too/,
  );
  assert.deepEqual(more, []);
});

test('only that policies block nothing is said in spite of --quiet', () => {
  const said = unenforced({ name: 'plain', enforcesPolicy: false });
  assert.deepEqual(said, [
    'CNI profile "plain" enforces no NetworkPolicy: those given block nothing',
  ]);
  assert.equal(said.every(isSaidAlways), true);
  assert.deepEqual(unenforced({ name: 'bridge', enforcesPolicy: true }), []);
  assert.equal(isSaidAlways('lab.yaml:4: NetworkPolicy "a/b" selects no Pod'), false);
});
