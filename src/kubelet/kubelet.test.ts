// The kubelet's pure parts: Service variables, expansion, listeners, annotations.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, Pod, PodSpec, Service } from '../api/types.ts';
import { addr } from '../net/addr.ts';
import { noticesFor, parseDuration } from './annotations.ts';
import { expand, isTooLong, serviceEnvironment, variablesOf } from './environment.ts';
import { listenersOf, resolverOf } from './listeners.ts';
import { preStopMs } from './terminate.ts';

function service(name: string, clusterIP: string, more: object = {}): Service {
  const spec = { clusterIP, ports: [{ port: 80 }], ...more };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'demo' }, spec };
}

function pod(spec: Partial<PodSpec> = {}, annotations: Record<string, string> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', namespace: 'demo', labels: { app: 'web' }, annotations },
    spec: { containers: [{ name: 'web', image: 'nginx' }], ...spec },
  };
}

test('F2: the Docker-link set of a named port, in upstream order', () => {
  const ports = [{ name: 'http-main', port: 8080, protocol: 'UDP' }];
  assert.deepEqual(Object.entries(variablesOf(service('my-svc', '10.96.0.7', { ports }))), [
    ['MY_SVC_SERVICE_HOST', '10.96.0.7'],
    ['MY_SVC_SERVICE_PORT', '8080'],
    ['MY_SVC_SERVICE_PORT_HTTP_MAIN', '8080'],
    ['MY_SVC_PORT', 'udp://10.96.0.7:8080'],
    ['MY_SVC_PORT_8080_UDP', 'udp://10.96.0.7:8080'],
    ['MY_SVC_PORT_8080_UDP_PROTO', 'udp'],
    ['MY_SVC_PORT_8080_UDP_PORT', '8080'],
    ['MY_SVC_PORT_8080_UDP_ADDR', '10.96.0.7'],
  ]);
});

test('F1: headless and ExternalName Services have no variables; IPv6 is bracketed in URLs only', () => {
  assert.deepEqual(variablesOf(service('a', 'None')), {});
  assert.deepEqual(variablesOf(service('a', '')), {});
  const vars = variablesOf(service('a', 'fd00::1'));
  assert.equal(vars['A_PORT'], 'tcp://[fd00::1]:80');
  assert.equal(vars['A_SERVICE_HOST'], 'fd00::1');
});

test('F1: without links only default/kubernetes; an own Service of that name replaces it with links', () => {
  const kubernetes = service('kubernetes', '10.96.0.1');
  const list = [service('kubernetes', '10.96.0.9'), service('web', '10.96.0.8')];
  assert.equal(serviceEnvironment(list, kubernetes, false)['KUBERNETES_SERVICE_HOST'], '10.96.0.1');
  assert.equal(serviceEnvironment(list, kubernetes, false)['WEB_SERVICE_HOST'], undefined);
  assert.equal(serviceEnvironment(list, kubernetes, true)['KUBERNETES_SERVICE_HOST'], '10.96.0.9');
  const headless = [service('kubernetes', 'None')];
  const vars = serviceEnvironment(headless, kubernetes, true);
  assert.equal(vars['KUBERNETES_SERVICE_HOST'], '10.96.0.1');
});

test('$(VAR) expands known names, keeps unknown ones and unescapes $$', () => {
  const vars: Record<string, string> = { A: '1' };
  assert.equal(
    expand('$(A) $(B) $$(A) $A', (name) => vars[name]),
    '1 $(B) $(A) $A',
  );
});

test('case 4: an environment beyond a quarter of the stack is refused by execve', () => {
  const many = Array.from({ length: 8000 }, (_, i) => service(`service-number-${i}`, '10.96.1.1'));
  const few = { services: serviceEnvironment(many.slice(0, 100), undefined, true), own: {} };
  const all = { services: serviceEnvironment(many, undefined, true), own: {} };
  assert.equal(isTooLong(['nginx'], few), false);
  assert.equal(isTooLong(['nginx'], all), true);
});

test('a container listens on its annotation, else its declared ports, else what is aimed at it', () => {
  const web: Container = { name: 'web', image: 'nginx' };
  const aimed = [
    service('web', '10.96.0.8', {
      selector: { app: 'web' },
      ports: [{ port: 80, targetPort: 8080 }],
    }),
  ];
  const ports = (p: Pod, c: Container) => listenersOf(p, c, aimed).map((l) => [l.port, l.assumed]);
  assert.deepEqual(ports(pod(), web), [[8080, true]]);
  const declared = { ...web, ports: [{ containerPort: 80 }] };
  assert.deepEqual(ports(pod({ containers: [declared] }), declared), [[80, false]]);
  const noted = pod({}, { 'svcspec.dev/listen': '127.0.0.1:9090/UDP, 81' });
  assert.deepEqual(listenersOf(noted, web, aimed), [
    { proto: 17, addr: addr('127.0.0.1'), port: 9090, assumed: false },
    { proto: 6, addr: null, port: 81, assumed: false },
  ]);
});

const IMAGES = {
  glibc: [
    ...['nginx', 'nginx:1.27', 'debian:12', 'ubuntu:24.04', 'python:3.13', 'node:22-slim', 'redis'],
    ...['busybox', 'busybox:1.36', 'busybox:1.36.1-glibc', 'busybox:1.28-glibc', 'golangci:1'],
    ...[
      'gcr.io/distroless/base-debian12',
      'gcr.io/distroless/python3',
      'registry.alpine.example/web:1',
    ],
  ],
  musl: [
    ...['alpine', 'alpine:3.20', 'nginx:1.15-alpine', 'redis:7-alpine3.19', 'postgres:17-alpine'],
    ...['nicolaka/netshoot', 'docker.io/nicolaka/netshoot:v0.13', 'curlimages/curl:8.9.1'],
    ...[
      'mirror.example:5000/curlimages/curl',
      'busybox:1.36-musl',
      'busybox:musl',
      'alpine/k8s:1.30.0',
    ],
    ...['busybox:1.28-musl', 'alpine@sha256:00', 'infoblox/dnstools', 'docker:27-dind'],
  ],
  'busybox-1.28': [
    ...['busybox:1.28', 'busybox:1.28.4', 'busybox:1.9', 'quay.io/team/busybox:1.27.2-uclibc'],
    'busybox:1.28@sha256:00',
  ],
  go: [
    ...[
      'golang:1.26',
      'golang:1.26-alpine',
      'prom/prometheus:v3.5.0',
      'quay.io/prometheus/prometheus',
    ],
    ...['grafana/grafana:12.0.0', 'grafana/grafana-oss', 'traefik:v3.4', 'traefik/whoami'],
    ...['hashicorp/vault:1.19', 'hashicorp/consul', 'gcr.io/distroless/static-debian12:nonroot'],
    ...['registry.k8s.io/kube-apiserver:v1.34.0', 'registry.k8s.io/coredns/coredns:v1.12.1'],
    ...['registry.k8s.io/metrics-server/metrics-server:v0.8.0', 'registry.k8s.io/pause:3.10'],
    'registry.k8s.io/e2e-test-images/agnhost:2.53',
  ],
} as const;
for (const [kind, images] of Object.entries(IMAGES)) {
  for (const image of images) {
    test(`the image ${image} has the resolver ${kind}`, () => {
      assert.equal(resolverOf(pod(), { name: 'web', image }), kind);
    });
  }
}

test('unknown and unreadable annotations are reported', () => {
  const notices = noticesFor(
    pod({}, { 'svcspec.dev/lisen': '80', 'svcspec.dev/ready-after': 'soon' }),
  );
  assert.equal(notices.length, 2);
  assert.match(
    notices[0]?.text ?? '',
    /svcspec\.dev\/lisen, which is not known; known are listen, reply/,
  );
  assert.match(notices[1]?.text ?? '', /"soon", which is no duration/);
});

test('durations and the sleep in a preStop hook are read in milliseconds', () => {
  assert.deepEqual(['1m30s', '250ms', '0', '5'].map(parseDuration), [90_000, 250, 0, undefined]);
  const exec = { command: ['sh', '-c', 'sleep 5; nginx -s quit'] };
  assert.equal(preStopMs({ name: 'a', lifecycle: { preStop: { exec } } }), 5000);
});
