// What a KubeletConfiguration says about names, from text to the spec; mistakes with their places.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../api/input-error.ts';
import { loadTexts } from '../input/load.ts';
import { addr } from '../net/addr.ts';

const pod = 'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [] }\n';
const load = (fields: string, apiVersion = 'kubelet.config.k8s.io/v1beta1') =>
  loadTexts([
    {
      file: 'k.yaml',
      text: `${pod}---\napiVersion: ${apiVersion}\nkind: KubeletConfiguration\n${fields}`,
    },
  ]);

test('E1: clusterDNS and clusterDomain of a KubeletConfiguration', () => {
  const { clusterSpec, notices, manifests } = load(
    'clusterDNS: [169.254.20.10, fd00::a]\nclusterDomain: corp.example.\n',
  );
  assert.deepEqual(clusterSpec.clusterDNS, [addr('169.254.20.10'), addr('fd00::a')]);
  assert.equal(clusterSpec.clusterDomain, 'corp.example');
  assert.deepEqual([notices, manifests.length], [[], 1]);
});

test('fields that nothing reads are named', () => {
  const { clusterSpec, notices } = load('maxPods: 5\ncgroupDriver: systemd\n');
  assert.equal(clusterSpec.clusterDNS, undefined);
  assert.deepEqual(notices, [
    'k.yaml:6: KubeletConfiguration: only clusterDNS, clusterDomain and resolvConf are read, not maxPods, cgroupDriver',
  ]);
});

const mistakes = [
  ['clusterDNS: 10.96.0.10\n', undefined, 'clusterDNS: wanted a list of addresses', 8],
  ['clusterDNS: [kube-dns]\n', undefined, 'clusterDNS[0]: "kube-dns" is no IP address', 8],
  [
    'clusterDNS: []\n',
    'kubelet.config.k8s.io/v1',
    'kind KubeletConfiguration has no version "kubelet.config.k8s.io/v1"',
    6,
  ],
] as const;
for (const [fields, version, message, line] of mistakes) {
  test(`KubeletConfiguration: ${message}`, () => {
    assert.throws(
      () => load(fields, version),
      (error) =>
        error instanceof InputError && error.message === message && error.position?.line === line,
    );
  });
}
