// What each cloud refuses, listens on and hashes: a row for each provider and what a Service asks for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CloudName } from '../api/cloud-providers.table.ts';
import type { Service } from '../api/types.ts';
import { hashedFor, isRuling, listenersOf, refusalOf } from './provider-rules.ts';

const prefix = 'service.beta.kubernetes.io';

/** "80/TCP 53/UDP". */
function serviceOf(ports: string, annotations = {}, sessionAffinity = 'None'): Service {
  const list = ports.split(' ').map((text) => {
    const [port, protocol] = text.split('/');
    return { port: Number(port), ...(protocol === undefined ? {} : { protocol }) };
  });
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', annotations },
    spec: { type: 'LoadBalancer', ports: list, sessionAffinity },
  } as unknown as Service;
}

const mixed = 'mixed protocol is not supported for LoadBalancer';
const refusals: readonly (readonly [CloudName | null, string, string | null])[] = [
  ['gce', '80 443/TCP', null],
  ['gce', '80 53/UDP', mixed],
  ['gce', '80/TCP 81/SCTP', mixed],
  ['gce', '81/SCTP', 'invalid protocol SCTP, only TCP and UDP are supported'],
  ['aws', '80 53/UDP', null],
  ['aws', '80 81/SCTP', 'Protocol SCTP not supported by LoadBalancer'],
  ['azure', '80 53/UDP', null],
  ['azure', '80 81/SCTP', 'SCTP is only supported on standard loadbalancer in internal mode'],
  [null, '80 53/UDP 81/SCTP', null],
];
for (const [name, ports, want] of refusals) {
  test(`a cloud's refusals: ${name} with ${ports}`, () => {
    assert.equal(refusalOf(name, serviceOf(ports)), want);
  });
}

test("a cloud's refusals: Azure takes SCTP inside", () => {
  const inside = { [`${prefix}/azure-load-balancer-internal`]: 'true' };
  assert.equal(refusalOf('azure', serviceOf('81/SCTP', inside)), null);
});

const both = { [`${prefix}/aws-load-balancer-enable-tcp-udp-listener`]: 'true' };
const listeners: readonly (readonly [CloudName | null, string, object, string])[] = [
  ['azure', '53/TCP 53/UDP', {}, '53/TCP 53/UDP'],
  [null, '53/TCP 53/UDP', {}, '53/TCP 53/UDP'],
  ['aws', '53/TCP 53/UDP 80/TCP', {}, '53/TCP 80/TCP'],
  ['aws', '53/UDP 53/TCP', {}, '53/UDP'],
  ['aws', '53/TCP 53/UDP', both, '53/TCP 53/UDP'],
];
for (const [name, ports, notes, want] of listeners) {
  test(`a cloud's listeners: ${name} with ${ports} ${Object.keys(notes)}`, () => {
    const open = listenersOf(name, serviceOf(ports, notes));
    assert.equal(open.map(({ port, protocol }) => `${port}/${protocol}`).join(' '), want);
  });
}

const attributes = `${prefix}/aws-load-balancer-target-group-attributes`;
const sticky = 'stickiness.enabled=true, stickiness.type=source_ip';
const hashes: readonly (readonly [CloudName | null, string, string | null, string])[] = [
  ['gce', 'None', null, 'flow'],
  ['gce', 'ClientIP', null, 'client'],
  ['azure', 'ClientIP', null, 'client'],
  [null, 'ClientIP', null, 'client'],
  ['aws', 'None', null, 'connection'],
  ['aws', 'ClientIP', null, 'connection'],
  ['aws', 'None', sticky, 'client'],
  ['aws', 'None', 'stickiness.enabled=true', 'connection'],
  ['gce', 'None', sticky, 'flow'],
];
for (const [name, affinity, value, want] of hashes) {
  test(`a cloud's hash: ${name}, ${affinity}, ${value}`, () => {
    const notes = value === null ? {} : { [attributes]: value };
    assert.equal(hashedFor(name, serviceOf('80', notes, affinity)), want);
  });
}

test('an annotation rules where all of it does', () => {
  const rows: readonly (readonly [CloudName | null, string, string])[] = [
    ['aws', attributes, sticky],
    ['aws', attributes, `${sticky},deregistration_delay.timeout_seconds=60`],
    ['gce', attributes, sticky],
    [null, attributes, sticky],
    ['aws', `${prefix}/aws-load-balancer-type`, 'nlb'],
  ];
  assert.deepEqual(
    rows.map(([name, annotation, value]) => isRuling(name, annotation, value)),
    [true, false, false, false, false],
  );
});
