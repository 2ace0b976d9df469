// The objects kubeadm creates for cluster DNS.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultTemplate } from '../../api/pod/defaults.ts';
import { templateHash } from '../../controllers/deployment/template-hash.ts';
import { cidr } from '../../net/cidr.ts';
import { lab } from '../fixture.test.ts';
import { dnsObjects, kubeadmCorefile } from './coredns.ts';

describe('kube-dns objects', () => {
  const { service, deployment, configMap } = dnsObjects(34, cidr('10.96.0.0/12'), 'cluster.local');

  it('the Service has the tenth address of the range', () => {
    assert.equal(service.spec.clusterIP, '10.96.0.10');
    assert.deepEqual(
      service.spec.ports?.map((p) => p.name),
      ['dns', 'dns-tcp', 'metrics'],
    );
  });

  it('the Deployment runs two replicas of the release kubeadm ships', () => {
    assert.equal(deployment.spec.replicas, 2);
    const image = 'registry.k8s.io/coredns/coredns:v1.12.1';
    assert.equal(deployment.spec.template.spec?.containers[0]?.image, image);
  });

  it('the selector finds the Pods', () => {
    assert.deepEqual(service.spec.selector, deployment.spec.template.metadata?.labels);
  });

  it('the default Corefile sets up, and caches the own domain only before 1.32', () => {
    lab([], { corefile: configMap.data?.['Corefile'] ?? '' });
    assert.match(kubeadmCorefile(32, 'c.l'), /disable denial c\.l/);
    assert.doesNotMatch(kubeadmCorefile(31, 'c.l'), /disable/);
  });
});

// The names of CoreDNS Pods in real kubeadm clusters: published listings of `kubectl get pods -n kube-system`.
const published: readonly (readonly [minor: number, hash: string])[] = [
  [18, '66bff467f8'],
  [19, 'f9fd979d6'],
  [20, '74ff55c5b'],
  [21, '558bd4d5db'],
  [22, '78fcd69978'],
  [23, '64897985d'],
  [24, '6d4b75cb6d'],
  [25, '565d847f94'],
  [26, '787d4945fb'],
  [27, '5d78c9869d'],
  [28, '5dd5756b68'],
  [29, '76f75df574'],
  [30, '7db6d8ff4d'],
  [31, '7c65d6cfc9'],
  [32, '668d6bf9bc'],
  [33, '674b8bbfcf'],
  [34, '66bc5c9577'],
];
describe('pod-template-hash of kubeadm CoreDNS', () => {
  for (const [minor, hash] of published) {
    it(`1.${minor}: coredns-${hash}`, () => {
      const { deployment } = dnsObjects(minor, cidr('10.96.0.0/12'), 'cluster.local');
      assert.equal(templateHash(defaultTemplate(deployment.spec.template), minor), hash);
    });
  }
});
