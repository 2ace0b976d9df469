// Bad input, one row per kind of mistake: the exact message, its place and what would be valid.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { InputError } from '../api/input-error.ts';
import { loadInputFiles, loadInputs, loadTexts } from './load.ts';
import { readInputFiles, readInputs } from './read.ts';

const cluster = (spec: string) =>
  `apiVersion: svcspec.dev/v1alpha1\nkind: Cluster\nmetadata: { name: lab }\nspec:\n${spec}`;

interface Row {
  readonly name: string;
  readonly text: string;
  readonly code: string;
  readonly at: string;
  readonly want: string;
  readonly hint: string;
}

const rows: readonly Row[] = [
  {
    name: 'broken YAML',
    text: 'a: [1\nb: }\n',
    code: 'yaml-syntax',
    at: '1:4',
    want: '"[" is never closed',
    hint: 'write "]" behind its last entry',
  },
  {
    name: 'unknown kind',
    text: 'apiVersion: v1\nkind: Servce\nmetadata: { name: a }\n',
    code: 'unknown-kind',
    at: '2:7',
    want: 'no matches for kind "Servce" in version "v1"',
    hint: 'did you mean Service (v1)?',
  },
  {
    name: 'a kind that is near no other',
    text: 'apiVersion: v1\nkind: Foo\nmetadata: { name: a }\n',
    code: 'unknown-kind',
    at: '2:7',
    want: 'no matches for kind "Foo" in version "v1"',
    hint: 'custom resources have a group with a dot, for example apiVersion: example.com/v1',
  },
  {
    name: 'a number in quotes',
    text: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec:\n  replicas: "3"\n',
    code: 'wrong-type',
    at: '5:13',
    want: 'spec.replicas: got a string, wanted an integer of 32 bits',
    hint: 'write 3 without quotes',
  },
  {
    name: 'two manifests without --- between them',
    text: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: {}\napiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: {}\n',
    code: 'unknown-field',
    at: '4:1',
    want: 'unknown field "data"',
    hint: 'valid here: apiVersion, kind, metadata, spec, status; apiVersion is written twice: is "---" missing between two manifests?',
  },
  {
    name: 'a template that nobody rendered',
    text: 'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\n',
    code: 'yaml-syntax',
    at: '4:10',
    want: 'a key must be text, got a collection',
    hint: 'this looks like a template; render it first (helm template . | svcspec COMMAND -f -)',
  },
  {
    name: 'unknown field',
    text: 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec:\n  prots: []\n',
    code: 'unknown-field',
    at: '5:3',
    want: 'unknown field "spec.prots"',
    hint: 'did you mean "ports"?',
  },
  {
    name: 'wrong type',
    text: 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec:\n  ports:\n    - port: "80"\n',
    code: 'wrong-type',
    at: '6:13',
    want: 'spec.ports[0].port: got a string, wanted an integer of 32 bits',
    hint: 'write 80 without quotes',
  },
  {
    name: 'a plain y is a bool',
    text: 'apiVersion: v1\nkind: Service\nmetadata: { name: y }\n',
    code: 'wrong-type',
    at: '3:19',
    want: 'metadata.name: got a bool, wanted a string',
    hint: 'put the value in quotes',
  },
  {
    name: 'no name',
    text: 'apiVersion: v1\nkind: Service\nmetadata: {}\n',
    code: 'missing-field',
    at: '3:1',
    want: 'metadata.name: Required value: name or generateName is required',
    hint: '',
  },
  {
    name: 'no metadata',
    text: 'apiVersion: v1\nkind: Service\n',
    code: 'missing-field',
    at: '1:1',
    want: 'field "metadata" is missing',
    hint: 'every object needs metadata.name',
  },
  {
    name: 'no kind',
    text: 'apiVersion: v1\n',
    code: 'missing-field',
    at: '1:1',
    want: 'field "kind" is missing',
    hint: 'for example kind: Service',
  },
  {
    name: 'a scalar',
    text: 'hello\n',
    code: 'wrong-type',
    at: '1:1',
    want: 'a manifest must be an object, got a string',
    hint: 'an object has apiVersion, kind and metadata',
  },
  {
    name: 'a list',
    text: '- a\n',
    code: 'wrong-type',
    at: '1:1',
    want: 'a manifest must be an object, got an array',
    hint: 'an object has apiVersion, kind and metadata',
  },
  {
    name: 'nothing but comments',
    text: '# x\n',
    code: 'missing-field',
    at: '',
    want: 'no objects in "x.yaml"',
    hint: 'a manifest has apiVersion, kind and metadata',
  },
  {
    name: 'metadata is a list',
    text: 'apiVersion: v1\nkind: Service\nmetadata: []\n',
    code: 'wrong-type',
    at: '3:1',
    want: 'metadata: got an array, wanted an object',
    hint: '',
  },
  {
    name: 'a tab as indentation',
    text: 'apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n',
    code: 'yaml-syntax',
    at: '4:1',
    want: 'tabs are not allowed as indentation',
    hint: 'indent with spaces: YAML does not allow tabs',
  },
  {
    name: 'NUL byte',
    text: 'a: \0',
    code: 'nul-byte',
    at: '1:4',
    want: 'the file contains a NUL byte: this is not a text',
    hint: 'manifests are UTF-8 text in YAML or JSON',
  },
  {
    name: '10,000-deep nesting',
    text: '['.repeat(10_000),
    code: 'yaml-too-deep',
    at: '1:501',
    want: 'the nesting is deeper than 500 levels',
    hint: 'no Kubernetes object is nested that deep; look for brackets that are not closed',
  },
  {
    name: 'bad CIDR',
    text: cluster('  networking: { podSubnet: 10.244.0.0/33 }\n'),
    code: 'invalid-value',
    at: '5:28',
    want: 'spec.networking.podSubnet: "10.244.0.0/33" is not a CIDR',
    hint: 'for example 10.244.0.0/16',
  },
  {
    name: 'two ranges of one family',
    text: cluster('  networking: { podSubnet: "10.244.0.0/16,10.245.0.0/16" }\n'),
    code: 'invalid-value',
    at: '5:28',
    want: 'spec.networking.podSubnet: "10.244.0.0/16,10.245.0.0/16" is neither one range nor one of each family',
    hint: 'for example 10.244.0.0/16,fd00:10:244::/56',
  },
  {
    name: 'ranges of the second family overlap',
    text: cluster(
      '  networking: { podSubnet: "10.244.0.0/16,fd00::/56", serviceSubnet: "10.96.0.0/16,fd00::/112" }\n',
    ),
    code: 'overlapping-ranges',
    at: '5:28',
    want: 'podSubnet fd00::/56 overlaps serviceSubnet fd00::/112',
    hint: '',
  },
  {
    name: 'a node with two addresses of one family',
    text: cluster('  nodes: [{ name: a, internalIP: "192.168.4.1,192.168.4.2" }]\n'),
    code: 'invalid-value',
    at: '5:34',
    want: 'spec.nodes[0].internalIP: 192.168.4.1,192.168.4.2 is neither one address nor one of each family',
    hint: 'for example 192.168.4.101,fd00:192:168:4::101',
  },
  {
    name: 'a node inside the second pod range',
    text: cluster(
      '  networking: { podSubnet: "10.244.0.0/16,fd00::/56" }\n  nodes: [{ name: a, internalIP: "192.168.4.1,fd00::1" }]\n',
    ),
    code: 'overlapping-ranges',
    at: '6:34',
    want: 'node "a" (fd00::1) lies inside podSubnet fd00::/56',
    hint: '',
  },
  {
    name: 'a CNI profile that is not there',
    text: cluster('  cni: { profile: cilium }\n'),
    code: 'not-modelled',
    at: '5:19',
    want: 'cni profile "cilium" is not modelled',
    hint: 'profiles: aws-vpc, bridge, calico, flannel, ptp',
  },
  {
    name: 'pod and service ranges overlap',
    text: cluster('  networking: { podSubnet: 10.96.0.0/16 }\n'),
    code: 'overlapping-ranges',
    at: '5:28',
    want: 'podSubnet 10.96.0.0/16 overlaps serviceSubnet 10.96.0.0/12',
    hint: '',
  },
  {
    name: 'two nodes with one IP',
    text: cluster(
      '  nodes:\n    - { name: a, internalIP: 10.0.0.1 }\n    - { name: b, internalIP: 10.0.0.1 }\n',
    ),
    code: 'cluster-document',
    at: '7:30',
    want: 'node "b" and node "a" have the same IP 10.0.0.1',
    hint: 'give each machine an address of its own',
  },
  {
    name: 'two nodes with one name',
    text: cluster(
      '  nodes:\n    - { name: a, internalIP: 10.0.0.1 }\n    - { name: a, internalIP: 10.0.0.2 }\n',
    ),
    code: 'cluster-document',
    at: '7:15',
    want: 'two nodes are named "a"',
    hint: '',
  },
  {
    name: 'a host with the IP of a node',
    text: cluster('  hosts:\n    - { name: h, ip: 192.168.4.101 }\n'),
    code: 'cluster-document',
    at: '6:22',
    want: 'host "h" and node "control-plane" have the same IP 192.168.4.101',
    hint: 'give each machine an address of its own',
  },
  {
    name: 'unknown field of the Cluster document',
    text: cluster('  netwroking: {}\n'),
    code: 'unknown-field',
    at: '5:3',
    want: 'unknown field "spec.netwroking"',
    hint: 'did you mean "networking"?',
  },
  {
    name: 'a pin out of range',
    text: cluster('  pins:\n    - { object: Service/demo/web, clusterIP: 10.1.2.3 }\n'),
    code: 'pin-out-of-range',
    at: '6:46',
    want: '10.1.2.3 is outside serviceSubnet 10.96.0.0/12',
    hint: '',
  },
  {
    name: 'a taken pin',
    text: cluster(
      '  pins:\n    - { object: Service/demo/web, clusterIP: 10.96.2.3 }\n    - { object: Service/demo/two, clusterIP: 10.96.2.3 }\n',
    ),
    code: 'pin-taken',
    at: '7:46',
    want: '10.96.2.3 for Service/demo/two is taken by Service/demo/web',
    hint: '',
  },
  {
    name: 'a pinned node port out of range',
    text: cluster('  pins:\n    - { object: Service/demo/web, nodePorts: { "": 80 } }\n'),
    code: 'pin-out-of-range',
    at: '6:52',
    want: 'node port 80 is outside serviceNodePortRange 30000-32767',
    hint: '',
  },
  {
    name: 'a pin to an unknown node',
    text: cluster('  pins:\n    - { object: Pod/demo/web, node: node3 }\n'),
    code: 'cluster-document',
    at: '6:37',
    want: 'there is no node "node3"',
    hint: 'did you mean "node01" or "node02"?',
  },
  {
    name: 'a version that does not exist',
    text: cluster('  kubernetesVersion: "2.0"\n'),
    code: 'invalid-value',
    at: '5:22',
    want: 'spec.kubernetesVersion: "2.0" is not understood',
    hint: '"1.32" to "1.36" are modelled exactly; "1.16" and later, "1.9" and "1.10" (with kube-dns) in part',
  },
  {
    name: 'a version whose CoreDNS relays in another way',
    text: cluster('  kubernetesVersion: "1.12"\n'),
    code: 'not-modelled',
    at: '5:22',
    want: 'spec.kubernetesVersion: "1.12" is not modelled: CoreDNS before the kubeadm of 1.16 relays look-ups with the plugin proxy',
    hint: '"1.32" to "1.36" are modelled exactly; "1.16" and later, "1.9" and "1.10" (with kube-dns) in part',
  },
  {
    name: 'a version without quotes',
    text: cluster('  kubernetesVersion: 1.34\n'),
    code: 'wrong-type',
    at: '5:22',
    want: 'spec.kubernetesVersion: got a number, wanted a string',
    hint: 'put the value in quotes',
  },
  {
    name: 'an unknown timing',
    text: cluster('  timing: slow\n'),
    code: 'invalid-value',
    at: '5:11',
    want: 'spec.timing: "slow" is not known',
    hint: 'valid here: instant, realistic',
  },
  {
    name: 'an unknown delay',
    text: cluster('  timing: { wtach: 1s }\n'),
    code: 'unknown-field',
    at: '5:20',
    want: 'unknown field "spec.timing.wtach"',
    hint: 'valid here: configMap, controller, dnsReload, endpoints, podStart, proxyMinSync, proxySync, watch',
  },
  {
    name: 'a delay without unit',
    text: cluster('  timing: { watch: 1 }\n'),
    code: 'invalid-value',
    at: '5:20',
    want: 'spec.timing.watch: "1" is not a duration',
    hint: 'for example 250ms, 1.5s, 1m30s',
  },
  {
    name: 'a mode that the version lacks',
    text: 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: userspace\n',
    code: 'invalid-value',
    at: '3:7',
    want: 'KubeProxyConfiguration.Mode.ProxyMode: Invalid value: "userspace": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])',
    hint: '',
  },
  {
    name: 'nftables mode before its gate was on',
    text: 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n---\napiVersion: svcspec.dev/v1alpha1\nkind: Cluster\nmetadata: { name: lab }\nspec: { kubernetesVersion: "1.30" }\n',
    code: 'invalid-value',
    at: '3:7',
    want: 'KubeProxyConfiguration.Mode.ProxyMode: Invalid value: "nftables": must be iptables, ipvs or blank (blank means the best-available proxy [currently iptables])',
    hint: '',
  },
  {
    name: 'two Cluster documents',
    text: 'apiVersion: svcspec.dev/v1alpha1\nkind: Cluster\nmetadata: { name: lab }\nspec:\n  cni: {}\n---\napiVersion: svcspec.dev/v1alpha1\nkind: Cluster\nmetadata: { name: lab }\nspec:\n  cni: {}\n',
    code: 'cluster-document',
    at: '8:7',
    want: 'a second Cluster document; the first is x.yaml:1',
    hint: '',
  },
];

for (const { name, text, code, at, want, hint } of rows) {
  test(`bad input: ${name}`, () => {
    const error = caught(() => loadTexts([{ file: 'x.yaml', text }]));
    const place = error.position === null ? '' : `${error.position.line}:${error.position.column}`;
    assert.deepEqual(
      { code: error.code, at: place, want: error.message, hint: error.hint },
      { code, at, want, hint },
    );
  });
}

function caught(run: () => unknown): InputError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return error;
  }
  throw new Error('nothing was thrown');
}

function inFolder(run: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'svcspec-'));
  try {
    run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const pod = (name: string, namespace = 'default') =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: ${namespace} }\n`;

test('a folder is read by name; only -R reads its subfolders', () => {
  inFolder((folder) => {
    mkdirSync(join(folder, 'later'));
    writeFileSync(join(folder, 'b.yml'), pod('b'));
    writeFileSync(join(folder, 'a.yaml'), pod('a'));
    writeFileSync(join(folder, 'README.md'), '}');
    writeFileSync(join(folder, 'later', 'c.yaml'), pod('c'));
    const names = (recursive: boolean) =>
      loadInputFiles({ filenames: [folder], recursive }).manifests.map(
        ({ object }) => object.metadata.name,
      );
    assert.deepEqual(names(false), ['a', 'b']);
    assert.deepEqual(names(true), ['a', 'b', 'c']);
  });
});

test('-R reads linked files and follows no linked folder, whatever it leads to', () => {
  inFolder((folder) => {
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'a.yaml'), pod('a'));
    symlinkSync('..', join(folder, 'sub', 'up'));
    symlinkSync('nowhere', join(folder, 'sub', 'lock'));
    symlinkSync('../a.yaml', join(folder, 'sub', 'b.yaml'));
    const files = readInputFiles({ filenames: [folder], recursive: true }).map(({ file }) => file);
    assert.deepEqual(files, [join(folder, 'a.yaml'), join(folder, 'sub', 'b.yaml')]);
  });
});

test('bad input: a missing path, an empty folder, a file over the limit', () => {
  inFolder((folder) => {
    const missing = caught(() => loadInputFiles({ filenames: [join(folder, 'x.yaml')] }));
    assert.equal(missing.message, `the path "${join(folder, 'x.yaml')}" does not exist`);
    const empty = caught(() => loadInputFiles({ filenames: [folder] }));
    assert.match(empty.message, /has no manifests \(\*\.yaml, \*\.yml, \*\.json\)$/);
    writeFileSync(join(folder, 'a.yaml'), pod('a'));
    const large = caught(() => loadInputFiles({ filenames: [folder], maxInputBytes: 10 }));
    assert.equal(large.code, 'file-too-large');
    assert.match(large.message, /makes the input larger than 10 bytes \(it has 67\)$/);
  });
});

test('standard input is one of the inputs, in its place', async () => {
  const stdin = () => pod('a', 'demo');
  const { manifests, notices, clusterSpec } = await loadInputs({ filenames: ['-'], stdin });
  assert.deepEqual(
    manifests.map(({ object, source }) => [object.kind, source.file]),
    [
      ['Namespace', 'STDIN'],
      ['Pod', 'STDIN'],
    ],
  );
  assert.deepEqual(notices, ['Namespace "demo" is in no manifest: created']);
  const names = clusterSpec.nodes.map(({ name }) => name);
  assert.deepEqual(names, ['control-plane', 'node01', 'node02']);
  assert.deepEqual(clusterSpec.apiServer, { address: 0xc0a80465, port: 6443 });
});

const dump = `apiVersion: v1
kind: Service
metadata:
  creationTimestamp: "2024-01-01T00:00:00Z"
  generation: 3
  managedFields: [ { manager: kubectl, operation: Update, fieldsV1: { "f:spec": {} } } ]
  name: web
  resourceVersion: "12345"
  selfLink: /api/v1/namespaces/default/services/web
  uid: 11111111-2222-3333-4444-555555555555
spec: { selector: { app: web }, ports: [ { port: 80 } ] }
status: { loadBalancer: {} }
`;

test('a dump of a cluster: what the API server wrote is left out, with one notice', () => {
  const { manifests, notices } = loadTexts([{ file: 'a.yaml', text: `${dump}---\n${dump}` }]);
  assert.deepEqual(notices, [
    'a.yaml:1: left out what an API server wrote, in 2 objects: metadata.creationTimestamp, metadata.generation, metadata.managedFields, metadata.resourceVersion, metadata.selfLink, metadata.uid, status',
  ]);
  assert.deepEqual(Object.keys(manifests[0]?.object ?? {}).sort(), [
    'apiVersion',
    'kind',
    'metadata',
    'spec',
  ]);
  assert.deepEqual(manifests[0]?.object.metadata, { name: 'web' });
});

test('creationTimestamp: null and an empty status, as generators write them, are no dump', () => {
  const text = `apiVersion: v1
kind: Service
metadata: { name: web, creationTimestamp: null }
status: { loadBalancer: {} }
`;
  const { manifests, notices } = loadTexts([{ file: 'a.yaml', text }]);
  assert.deepEqual(notices, []);
  assert.ok(Object.hasOwn(manifests[0]?.object ?? {}, 'status'));
});

for (const [name, bytes, want] of [
  [
    'Latin-1',
    Buffer.from('kind: Service\nmetadata: { name: \u00fc, labels: { a: caf\u00e9 } }\n', 'latin1'),
    '2:19 manifests are UTF-8 text in YAML or JSON',
  ],
  [
    'UTF-8 with U+FFFD of its own before a wrong byte',
    Buffer.concat([Buffer.from('a: \uFFFD'), Buffer.from([0xef, 0x41])]),
    '1:5 manifests are UTF-8 text in YAML or JSON',
  ],
  [
    'UTF-16',
    Buffer.from('\uFEFFkind: Service\n', 'utf16le'),
    'undefined:undefined this is UTF-16, as PowerShell writes with ">": save it as UTF-8',
  ],
] as const) {
  test(`bytes that are no UTF-8: ${name}`, async () => {
    await assert.rejects(readInputs({ filenames: ['-'], stdin: () => bytes }), (error) => {
      assert.ok(error instanceof InputError);
      assert.equal(error.message, '"STDIN" is not UTF-8 text');
      assert.equal(`${error.position?.line}:${error.position?.column} ${error.hint}`, want);
      return true;
    });
  });
}
