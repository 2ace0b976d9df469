// The objects kubeadm creates for cluster DNS.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cidr } from '../net/cidr.ts';
import { dnsObjects, kubeadmCorefile } from './deployment.ts';
import { lab } from './fixture.test.ts';

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
    assert.equal(deployment.spec.template.spec?.containers[0]?.image, 'coredns/coredns:v1.12.1');
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
