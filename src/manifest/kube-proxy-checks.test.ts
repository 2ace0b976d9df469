// What kube-proxy refuses in its configuration, word for word (pkg/proxy/apis/config/validation), and where.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../api/input-error.ts';
import { loadTexts } from '../input/load.ts';
import { schedulers as kernelSchedulers } from '../netfilter/ipvs/service.ts';
import { readClusterSpec } from './cluster-document.ts';
import { schedulers } from './kube-proxy-checks.ts';
import { configurationIn, lacksConfiguration } from './kube-proxy-config-map.ts';
import { inProxyMode } from './kube-proxy-mode.ts';
import { kubeProxyPlaces } from './kube-proxy-places.table.ts';
import { parseManifests } from './parse.ts';

const head = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';

function refusal(text: string, version?: string): string {
  const cluster = `apiVersion: svcspec.dev/v1alpha1\nkind: Cluster\nmetadata: { name: lab }\nspec: { kubernetesVersion: "${version}" }\n`;
  const [doc = null] = version === undefined ? [] : parseManifests(cluster, 'c.yaml').documents;
  const [configuration] = parseManifests(text, 'x.yaml').documents;
  try {
    readClusterSpec(doc, configuration ?? null);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return `${error.position?.line}:${error.position?.column} ${error.message}`;
  }
  return 'taken';
}

const list = '(blank means the best-available proxy [currently iptables])';
const rows = [
  [
    'mode: ipv',
    `3:7 KubeProxyConfiguration.Mode.ProxyMode: Invalid value: "ipv": must be iptables, ipvs, nftables or blank ${list}`,
  ],
  [
    'detectLocalMode: Pods',
    '3:18 KubeProxyConfiguration.DetectLocalMode: Unsupported value: "Pods": supported values: "ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix", ""',
  ],
  [
    'detectLocalMode: BridgeInterface',
    '3:18 KubeProxyConfiguration.DetectLocalConfiguration.InterfaceName: Invalid value: "": must not be empty',
  ],
  [
    'clusterCIDR: 10.244.0.0',
    '3:14 KubeProxyConfiguration.DetectLocalConfiguration.ClusterCIDRs[0]: Invalid value: "10.244.0.0": must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)',
  ],
  [
    'clusterCIDR: 10.0.0.0/16,10.1.0.0/16',
    '3:14 KubeProxyConfiguration.DetectLocalConfiguration.ClusterCIDRs: Invalid value: ["10.0.0.0/16","10.1.0.0/16"]: must be a either a single CIDR or dual-stack pair of CIDRs (e.g. [10.100.0.0/16, fde4:8dba:82e1::/48]',
  ],
  [
    'clusterCIDR: fd00:10:244::/56',
    '3:14 kube-proxy configuration is incorrect: cluster is IPv4-only but clusterCIDRs contains only IPv6 addresses',
  ],
  [
    'nodePortAddresses: [primary, 10.0.0.0/8]',
    "3:21 KubeProxyConfiguration.NodePortAddresses[0]: Invalid value: \"primary\": can't use both 'primary' and CIDRs",
  ],
  [
    'nodePortAddresses: [10.0.0.0/8, eth0]',
    '3:33 KubeProxyConfiguration.NodePortAddresses[1]: Invalid value: "eth0": must be a valid CIDR',
  ],
  [
    'iptables: { masqueradeBit: 32 }',
    '3:28 KubeProxyConfiguration.KubeProxyIPTablesConfiguration.MasqueradeBit: Invalid value: 32: must be within the range [0, 31]',
  ],
  [
    'iptables: { minSyncPeriod: 1m }',
    '3:28 KubeProxyConfiguration.SyncPeriod: Invalid value: "1m": must be greater than or equal to KubeProxyConfiguration.MinSyncPeriod',
  ],
  [
    'iptables: { syncPeriod: 30 s }',
    '3:25 iptables.syncPeriod: time: unknown unit " s" in duration "30 s"',
  ],
  [
    'conntrack: { udpTimeout: "30" }',
    '3:26 conntrack.udpTimeout: time: missing unit in duration "30"',
  ],
  [
    'conntrack: { min: -1 }',
    '3:19 KubeProxyConfiguration.KubeProxyLinuxConfiguration.KubeProxyConntrackConfiguration.Min: Invalid value: -1: must be greater than or equal to 0',
  ],
  ['featureGates: { Foo: true }\nmode: bogus', '3:22 unrecognized feature gate: Foo'],
  [
    'featureGates: { NFTablesProxyMode: false, TopologyAwareHints: false }',
    '3:36 [cannot set feature gate NFTablesProxyMode to false, feature is locked to true, cannot set feature gate TopologyAwareHints to false, feature is locked to true]',
  ],
  [
    'oomScoreAdj: 1001',
    '3:14 KubeProxyConfiguration.KubeProxyLinuxConfiguration.OOMScoreAdj: Invalid value: 1001: must be within the range [-1000, 1000]',
  ],
  [
    'bindAddress: node01',
    '3:14 KubeProxyConfiguration.BindAddress: Invalid value: "node01": not a valid textual representation of an IP address',
  ],
  [
    'healthzBindAddress: "0.0.0.0:99999"',
    '3:21 KubeProxyConfiguration.HealthzBindAddress: Invalid value: "99999": must be a valid port',
  ],
  [
    'mode: ipvs\nipvs: { scheduler: fair }',
    '4:20 can\'t use the IPVS proxier: no such file or directory (ip_vs has no scheduler "fair")',
  ],
  [
    'mode: ipvs\nipvs: { excludeCIDRs: [10.0.0.1] }',
    '4:24 KubeProxyConfiguration.KubeProxyIPVSConfiguration.ExcludeCidrs[0]: Invalid value: "10.0.0.1": must be a valid CIDR',
  ],
  ['ipvs: { scheduler: fair, excludeCIDRs: [nowhere] }', 'taken'],
  ['healthzBindAddress: 0.0.0.0\nmetricsBindAddress: ""\nnodePortAddresses: null', 'taken'],
  ['winkernel: { enableDRS: true }', '3:14 unknown field "winkernel.enableDRS"'],
] as const;

for (const [text, want] of rows) {
  test(`kube-proxy's own words: ${text.replace('\n', '; ')}`, () => {
    assert.equal(refusal(`${head}${text}\n`), want);
  });
}

test('what older versions say', () => {
  assert.equal(
    refusal(`${head}mode: nftables\n`, '1.25'),
    `3:7 KubeProxyConfiguration.Mode.ProxyMode: Invalid value: "nftables": must be iptables,ipvs,userspace or blank ${list}`,
  );
  assert.equal(refusal(`${head}mode: nftables\n`, '1.31'), 'taken');
  assert.equal(
    refusal(`${head}featureGates: { NFTablesProxyMode: true }\nmode: nftables\n`, '1.30'),
    'taken',
  );
  assert.equal(refusal(`${head}mode: userspace\nudpIdleTimeout: 1s\n`, '1.25'), 'taken');
  assert.match(refusal(`${head}udpIdleTimeout: 1s\n`), /unknown field "udpIdleTimeout"/);
});

test('inside the Cluster document: mistakes are marked where they stand there', () => {
  const text = `apiVersion: svcspec.dev/v1alpha1
kind: Cluster
metadata: { name: lab }
spec:
  kubeProxyConfiguration:
    iptables: { masqueradeBit: 99 }
`;
  const [doc] = parseManifests(text, 'c.yaml').documents;
  assert.throws(
    () => readClusterSpec(doc ?? null, null),
    ({ position, message }: InputError) =>
      position?.line === 6 && position.column === 32 && /MasqueradeBit.* 99/.test(message),
  );
  const right = parseManifests(text.replace('99', '15'), 'c.yaml').documents[0] ?? null;
  const { kubeProxyConfiguration } = readClusterSpec(right, null);
  assert.deepEqual(kubeProxyConfiguration?.['iptables'], { masqueradeBit: 15 });
  assert.throws(() => readClusterSpec(right, parseManifests(head, 'x.yaml').documents[0] ?? null), {
    message: 'kube-proxy is configured twice: here and at x.yaml:1',
    hint: /^keep one of them; .* the ConfigMap kube-system\/kube-proxy/,
  });
});

test("config.conf of kubeadm's ConfigMap: mistakes are marked where they stand in the file", () => {
  const text = `apiVersion: v1
kind: ConfigMap
metadata: { name: kube-proxy, namespace: kube-system }
data:
  config.conf: |-
    ${head.trimEnd().replace('\n', '\n    ')}
    iptables:
      masqueradeBit: 99
`;
  const [manifest] = parseManifests(text, 'cm.yaml').documents;
  assert.ok(manifest !== undefined);
  const configuration = configurationIn(manifest);
  assert.throws(
    () => readClusterSpec(null, configuration),
    (error: InputError) =>
      error.position?.line === 9 &&
      error.position.column === 22 &&
      error.sourceLine === '      masqueradeBit: 99',
  );
  const other = { ...manifest.object.metadata, name: 'kube-proxy-windows' };
  assert.equal(
    configurationIn({ ...manifest, object: { ...manifest.object, metadata: other } }),
    null,
  );
});

const configMap = (data: string) => `apiVersion: v1
kind: ConfigMap
metadata: { name: kube-proxy, namespace: kube-system }
data:
${data}
`;

test('config.conf of another kind is no configuration that is skipped', () => {
  const text = configMap(
    '  config.conf: |-\n    apiVersion: kubeproxy.config.k8s.io/v1alpha1\n    kind: KubeProxyConfig\n    mode: ipvs',
  );
  const [manifest] = parseManifests(text, 'cm.yaml').documents;
  assert.ok(manifest !== undefined);
  assert.throws(
    () => configurationIn(manifest),
    ({ position, message, hint }: InputError) =>
      position?.line === 7 &&
      position.column === 11 &&
      message ===
        'no kind "KubeProxyConfig" is registered for version "kubeproxy.config.k8s.io/v1alpha1"' &&
      hint === 'kind: KubeProxyConfiguration',
  );
});

test('a ConfigMap without config.conf is said to configure nothing', () => {
  const said = (data: string) =>
    parseManifests(configMap(data), 'cm.yaml').documents.map(lacksConfiguration);
  const configuring = `  config.conf: |-\n    ${head.trimEnd().replace('\n', '\n    ')}`;
  assert.deepEqual(said(configuring), [null]);
  assert.deepEqual(said(configuring.replace('config.conf', 'config.yaml')), [
    'cm.yaml:1: ConfigMap "kube-system/kube-proxy" has no config.conf: it configures no kube-proxy',
  ]);
});

for (const { namespace, name, key, by } of kubeProxyPlaces) {
  test(`the configuration as ${by} keep it is read`, () => {
    const text = configMap(
      `  ${key}: |-\n    ${head.trimEnd().replace('\n', '\n    ')}\n    mode: ipvs`,
    ).replace('name: kube-proxy, namespace: kube-system', `name: ${name}, namespace: ${namespace}`);
    // EKS has its kubeconfig in kubeadm's ConfigMap.
    const more =
      name === 'kube-proxy' ? '' : `---\n${configMap('  kubeconfig: |-\n    kind: Config')}`;
    const { clusterSpec, notices } = loadTexts([{ file: 'cm.yaml', text: `${text}${more}` }]);
    assert.equal(clusterSpec.proxyMode, 'ipvs');
    assert.deepEqual(
      notices.filter((line) => line.includes('ConfigMap')),
      [],
    );
  });
}

test('a configuration in a ConfigMap that no kube-proxy reads is reported', () => {
  const data = `  settings: |-\n    ${head.trimEnd().replace('\n', '\n    ')}\n    mode: ipvs`;
  const text = configMap(data).replace('name: kube-proxy', 'name: kube-proxy-worker');
  const { clusterSpec, notices } = loadTexts([{ file: 'cm.yaml', text }]);
  assert.equal(clusterSpec.proxyMode, 'iptables');
  assert.deepEqual(notices, [
    'cm.yaml:1: ConfigMap "kube-system/kube-proxy-worker" has a KubeProxyConfiguration in settings that no kube-proxy reads: give it as a document of its own, or in one of kube-proxy (config.conf), kube-proxy-config (config), kube-proxy-config (config.yaml), proxy-config (kube-proxy-config.yaml)',
  ]);
});

test('an unknown scheduler: which there are', () => {
  const [configuration = null] = parseManifests(
    `${head}mode: ipvs\nipvs: { scheduler: fair }\n`,
    'x.yaml',
  ).documents;
  assert.throws(() => readClusterSpec(null, configuration), {
    hint: `schedulers: ${schedulers.join(', ')}`,
  });
});

test('a mode that the version lacks: which version has it', () => {
  const spec = (version: string) => {
    const text = `apiVersion: svcspec.dev/v1alpha1\nkind: Cluster\nmetadata: { name: lab }\nspec: { kubernetesVersion: "${version}" }\n`;
    return readClusterSpec(parseManifests(text, 'c.yaml').documents[0] ?? null, null);
  };
  assert.throws(() => inProxyMode(spec('1.34'), 'userspace'), {
    hint: 'the cluster runs Kubernetes 1.34; 1.25 is the last version with userspace mode',
  });
  assert.throws(() => inProxyMode(spec('1.25'), 'nftables'), {
    hint: 'the cluster runs Kubernetes 1.25; 1.29 is the first version with nftables mode',
  });
  assert.throws(() => inProxyMode(spec('1.30'), 'nftables'), {
    hint: 'the cluster runs Kubernetes 1.30; this version needs the feature gate NFTablesProxyMode',
  });
});

test('the schedulers that kube-proxy may be given are those of the kernel', () => {
  assert.deepEqual([...schedulers].sort(), [...kernelSchedulers].sort());
});
