// What check says of Corefiles, row by row: ids, CoreDNS's own text and the line in the YAML; and the Corefiles that it has
// nothing to say of.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kubeadmCorefile } from '../../dns/kubeadm/coredns.ts';
import { loadTexts } from '../../input/load.ts';
import type { CheckFinding } from './check.ts';
import { runChecks } from './checks.ts';

const mapText = (corefile: string, name = 'coredns') => `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, namespace: kube-system }
data:
  Corefile: |
${corefile.replace(/^(?=.)/gm, '    ')}
`;

function found(yaml: string): readonly CheckFinding[] {
  const { manifests, clusterSpec } = loadTexts([{ file: 'a.yaml', text: yaml }]);
  return runChecks({ manifests, spec: clusterSpec, cluster: null }).findings;
}

/** "id:line" of all but notes. */
const told = (yaml: string) =>
  found(yaml)
    .filter(({ severity }) => severity !== 'info')
    .map(({ id, position }) => `${id}:${position?.line}`);

const kubernetes = 'kubernetes cluster.local';
const usual = `health\n  ready\n  ${kubernetes}`;
const deployment = (more: string, image = 'coredns/coredns:1.12.1') => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: coredns, namespace: kube-system }
spec:
  selector: { matchLabels: { k8s-app: kube-dns } }
  template:
    metadata: { labels: { k8s-app: kube-dns } }
    spec:
      containers:
        - name: coredns
          image: ${image}
          args: [-conf, /etc/coredns/Corefile]
          volumeMounts: [{ name: config, mountPath: /etc/coredns }]
${more}
      volumes: [{ name: config, configMap: { name: coredns } }]
`;

/** The addon's DaemonSet with a Corefile.base. */
const nodeCache = (corefile: string, args = '-localip, "169.254.20.10,10.96.0.10"') =>
  `${mapText(corefile, 'node-local-dns')}---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: node-local-dns, namespace: kube-system }
spec:
  selector: { matchLabels: { k8s-app: node-local-dns } }
  template:
    metadata: { labels: { k8s-app: node-local-dns } }
    spec:
      hostNetwork: true
      dnsPolicy: Default
      containers:
        - name: node-cache
          image: registry.k8s.io/dns/k8s-dns-node-cache:1.26.4
          args: [${args}, -conf, /etc/Corefile]
          livenessProbe: { httpGet: { host: 169.254.20.10, path: /health, port: 8080 } }
          volumeMounts: [{ name: config, mountPath: /etc/coredns }]
      volumes: [{ name: config, configMap: { name: node-local-dns, items: [{ key: Corefile, path: Corefile.base }] } }]
`;
const health = 'health 169.254.20.10:8080';

describe('check: Corefiles', () => {
  for (const minor of [30, 32, 34, 36]) {
    it(`has nothing to say of kubeadm's own in 1.${minor}`, () => {
      const version = `apiVersion: svcspec.dev/v1alpha1\nkind: Cluster\nspec: { kubernetesVersion: "1.${minor}" }\n---\n`;
      assert.deepEqual(told(version + mapText(kubeadmCorefile(minor, 'cluster.local'))), []);
    });
  }

  const rows: readonly { name: string; yaml: string; want: readonly string[] }[] = [
    {
      name: 'A13: every unknown directive, and what setups refuse in other blocks',
      yaml: mapText(`.:53 {\n  ${usual}\n  erors\n  lop\n}\na.b {\n  cache 0\n}`),
      want: ['corefile-invalid:10', 'corefile-invalid:11', 'corefile-invalid:14'],
    },
    {
      name: 'A16: a zone twice, at the second',
      yaml: mapText(`.:53 {\n  ${usual}\n}\n.:53 {\n  errors\n}`),
      want: ['corefile-invalid:11'],
    },
    {
      name: 'what only CoreDNS can run by is a warning',
      yaml: mapText(
        `.:53 {\n  ${usual}\n  route53 e.:Z\n  forward . tls://9.9.9.9\n}\nhttps://e {\n}`,
      ),
      want: ['corefile-not-modelled:10', 'corefile-not-modelled:11', 'corefile-not-modelled:13'],
    },
    {
      name: 'behind what forward leaves out it is judged on',
      yaml: mapText(
        `.:53 {\n  ${usual}\n  forward a. tls://9.9.9.9 1.2.3.4:dns {\n    tls a b c\n    policy foo\n  }\n  cache 0\n}`,
      ),
      want: [
        'corefile-not-modelled:10',
        'corefile-not-modelled:10',
        'corefile-not-modelled:11',
        'corefile-invalid:12',
        'corefile-invalid:14',
      ],
    },
    {
      name: 'in quotes the line is found too',
      yaml: `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: coredns, namespace: kube-system }\ndata:\n  Corefile: ".:53 {\\n\n    erors\\n}"\n`,
      want: ['corefile-invalid:6'],
    },
    {
      name: 'one that nobody mounts is judged as well',
      yaml: mapText('.:53 {\n  erors\n}', 'other'),
      want: ['corefile-invalid:7'],
    },
    {
      name: 'forward to the Service that this CoreDNS is behind',
      yaml: mapText(`.:53 {\n  ${usual}\n  forward . 10.96.0.10\n}`),
      want: ['corefile-loop:10'],
    },
    {
      name: 'forward to a loopback address, but not of another port',
      yaml: mapText(`.:53 {\n  ${usual}\n  forward a. 127.0.0.1:5353\n  forward . 127.0.0.1\n}`),
      want: ['corefile-loop:10'],
    },
    {
      name: 'forward to a resolv.conf that names the cluster DNS, by dnsPolicy',
      yaml: mapText(`.:53 {\n  ${usual}\n  forward . /etc/resolv.conf\n}`) + deployment(''),
      want: ['corefile-loop:10'],
    },
    {
      name: 'no kubernetes for the cluster domain',
      yaml: mapText('.:53 {\n  health\n  ready\n}'),
      want: ['corefile-cluster-zone:6'],
    },
    {
      name: 'a block nearer to the cluster domain takes its names',
      yaml: mapText(`.:53 {\n  ${usual}\n}\ncluster.local {\n  errors\n}`),
      want: ['corefile-cluster-zone:11'],
    },
    {
      name: 'probes that nobody answers, each',
      yaml: mapText(`.:53 {\n  ${kubernetes}\n  ready :8282\n}`),
      want: ['corefile-probe:5', 'corefile-probe:5'],
    },
    {
      name: 'a zone in capitals',
      yaml: mapText(`.:53 {\n  ${usual}\n}\nA.b {\n  errors\n}`),
      want: ['corefile-zone-case:11'],
    },
    {
      name: 'the release is told by the image',
      yaml:
        mapText(`.:53 {\n  ${kubernetes}\n}\nA.b {\n  errors\n}`) +
        deployment('', 'registry.k8s.io/coredns/coredns:v1.14.7'),
      want: [],
    },
    {
      name: 'node-cache fills in its placeholders',
      yaml: nodeCache(
        `.:53 {\n  bind __PILLAR__LOCAL__DNS__ __PILLAR__DNS__SERVER__\n  ${health}\n  forward . __PILLAR__CLUSTER__DNS__ __PILLAR__UPSTREAM__SERVERS__\n}`,
      ),
      want: [],
    },
    {
      name: 'and no others: they are zones and addresses like any',
      yaml: nodeCache(
        `__PILLAR__DNS__DOMAIN__:53 {\n  ${health}\n  forward . __PILLAR__OTHER__\n}`,
      ),
      want: ['corefile-invalid:8'],
    },
    {
      name: 'CoreDNS itself fills in none',
      yaml: mapText(`.:53 {\n  ${usual}\n  forward . __PILLAR__CLUSTER__DNS__\n}`) + deployment(''),
      want: ['corefile-invalid:10'],
    },
    {
      name: 'node-cache has few plugins, each error in its line',
      yaml: nodeCache(
        `.:53 {\n  ${health}\n  kubernetes cluster.local\n  forward . __PILLAR__CLUSTER__DNS__\n}\na.b:53 {\n  bind __PILLAR__LOCAL__DNS__\n  autopath x\n}`,
      ),
      want: ['corefile-invalid:8', 'corefile-invalid:13'],
    },
    {
      name: 'node-cache without the upstream Service asks <nil>',
      yaml: nodeCache(
        `.:53 {\n  ${health}\n  forward . __PILLAR__CLUSTER__DNS__\n}`,
        '-localip, 169.254.20.10, -upstreamsvc, kube-dns-upstream',
      ),
      want: ['corefile-invalid:8'],
    },
    {
      name: 'node-cache that asks an address of its own',
      yaml: nodeCache(`.:53 {\n  ${health}\n  loop\n  forward . 10.96.0.10\n}`),
      want: ['corefile-loop:9'],
    },
    {
      name: 'health of node-cache at another address than its probe asks',
      yaml: nodeCache('.:53 {\n  health 127.0.0.1:8080\n  forward . 9.9.9.9\n}'),
      want: ['corefile-probe:5'],
    },
    {
      name: 'a template that nobody mounts is judged for node-cache',
      yaml: mapText(
        '.:53 {\n  bind __PILLAR__LOCAL__DNS__\n  kubernetes cluster.local\n}',
        'node-local-dns',
      ),
      want: ['corefile-invalid:8'],
    },
    {
      name: 'a brace behind the last block is a zone',
      yaml: mapText(`.:53 {\n  ${usual}\n}\n}`),
      want: ['corefile-stray-brace:11'],
    },
    {
      name: 'so is a plugin behind a brace too many, but not a zone that is called as one',
      yaml: mapText(`.:53 {\n  ${usual}\n}\n  cache 30\n  errors\n}\nhosts {\n}`),
      want: ['corefile-stray-brace:11'],
    },
    {
      name: 'a zone file that nobody mounts, where it is named',
      yaml: mapText(`.:53 {\n  ${usual}\n  hosts hosts.txt\n}\na.b {\n  file db.a\n}`),
      want: ['corefile-log:10', 'corefile-log:13'],
    },
    {
      name: 'the kubelet mounts /etc/hosts',
      yaml: mapText(`.:53 {\n  ${usual}\n  hosts /etc/hosts {\n    fallthrough\n  }\n}`),
      want: [],
    },
    {
      name: "the container's variables are replaced",
      yaml:
        mapText('.:{$PORT} {\n  {$NAME} cluster.local\n}') +
        deployment(
          '          env: [{ name: PORT, value: "53" }, { name: NAME, value: kubernetes }]',
        ),
      want: [],
    },
  ];
  for (const { name, yaml, want } of rows) it(name, () => assert.deepEqual(told(yaml), want));

  it('an error in an imported file is found in the ConfigMap that holds it', () => {
    const custom = `---
apiVersion: v1
kind: ConfigMap
metadata: { name: coredns-custom, namespace: kube-system }
data:
  a.override: |
    log
    erors
`;
    const yaml = mapText(`.:53 {\n  ${kubernetes}\n  import custom/*.override\n}`) + custom;
    const mounted = deployment('').replace(
      'mountPath: /etc/coredns }]',
      'mountPath: /etc/coredns }, { name: custom, mountPath: /etc/coredns/custom }]',
    );
    const volumes = mounted.replace(
      'configMap: { name: coredns } }]',
      'configMap: { name: coredns } }, { name: custom, configMap: { name: coredns-custom } }]',
    );
    const [finding] = found(yaml + volumes);
    assert.equal(finding?.sourceLine, '    erors');
    assert.match(finding?.message ?? '', /^\/etc\/coredns\/custom\/a\.override:2 - /);
  });

  it('a directive of a later release says which release is needed', () => {
    const [finding] = found(mapText(`.:53 {\n  ${usual}\n  nomad\n}`));
    assert.match(finding?.fix ?? '', /CoreDNS 1\.12\.1 does not have nomad yet/);
  });
});
