// Field selectors by rows: what each matches, and the server's sentences about those that cannot be used. The grammar's
// rows were compared with apimachinery v0.34.1 pkg/fields.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectableFields } from './field-selector.table.ts';
import { matchesFields, parseFieldSelector } from './field-selector.ts';
import { rowOf, scheme } from './scheme.ts';
import type { AnyObject } from './types.ts';

const objects: Readonly<Record<string, object>> = {
  Pod: {
    metadata: { name: 'web-1', namespace: 'demo' },
    spec: { nodeName: 'node01', restartPolicy: 'Always', hostNetwork: true },
    status: { phase: 'Running', podIP: '10.1.0.5', podIPs: [{ ip: '10.1.0.5' }] },
  },
  Event: {
    metadata: { name: 'e', namespace: 'demo' },
    involvedObject: { kind: 'Pod', name: 'web-1', uid: 'u' },
    reason: 'Killing',
    type: 'Normal',
    source: { component: 'kubelet' },
  },
  Node: { metadata: { name: 'node01' }, spec: { podCIDR: '10.1.0.0/24' } },
  Service: { metadata: { name: 'web' }, spec: { clusterIP: '10.96.0.5', type: 'NodePort' } },
  Namespace: { metadata: { name: 'demo' }, status: { phase: 'Active' } },
  Secret: { metadata: { name: 's' }, type: 'Opaque' },
  Job: { metadata: { name: 'j' }, status: { succeeded: 2 } },
  Deployment: { metadata: { name: 'd', namespace: 'demo' } },
};

const rows: readonly [kind: string, selector: string, want: boolean][] = [
  ['Pod', '', true],
  ['Pod', 'spec.nodeName=node01', true],
  ['Pod', 'spec.nodeName==node02', false],
  ['Pod', 'spec.nodeName!=node02,status.phase=Running', true],
  ['Pod', 'spec.nodeName=node01,status.phase!=Running', false],
  ['Pod', 'spec.host=node01', true],
  ['Pod', 'spec.hostNetwork=true', true],
  ['Pod', 'status.podIP=10.1.0.5', true],
  ['Pod', 'status.podIPs=10.1.0.5', false],
  ['Pod', 'status.nominatedNodeName=', true],
  ['Pod', 'metadata.namespace!=demo', false],
  ['Event', 'involvedObject.name=web-1,involvedObject.uid=u,involvedObject.kind=Pod', true],
  ['Event', 'source=kubelet,reason=Killing,type!=Warning', true],
  ['Node', 'spec.unschedulable=false', true],
  ['Node', 'spec.unschedulable=true', false],
  ['Service', 'spec.type=NodePort,spec.clusterIP=10.96.0.5', true],
  ['Namespace', 'status.phase=Active', true],
  ['Secret', 'type=Opaque', true],
  ['Job', 'status.successful=2', true],
  ['Deployment', 'metadata.name=d,metadata.namespace=demo', true],
  ['Deployment', 'metadata.name=a\\,b', false],
  ['Deployment', ',metadata.name=d,', true],
];

for (const [kind, selector, want] of rows) {
  test(`${kind} ${selector === '' ? '(nothing)' : selector}: ${want}`, () => {
    const terms = parseFieldSelector(selector, rowOf({ kind }));
    assert.ok(typeof terms !== 'string', `${terms}`);
    assert.equal(matchesFields(terms, objects[kind] as AnyObject), want);
  });
}

const refusals: readonly [kind: string, selector: string, want: string][] = [
  ['Pod', 'spec.containers=x', 'field label not supported: spec.containers'],
  ['Event', 'involvedObject.x=1', 'field label not supported: involvedObject.x'],
  ['Job', 'status.active=1', 'field label "status.active" not supported for Job'],
  [
    'Deployment',
    'spec.replicas=1',
    '"spec.replicas" is not a known field selector: only "metadata.name", "metadata.namespace"',
  ],
  ['Pod', 'x', "invalid selector: 'x'; can't understand 'x'"],
  ['Pod', 'a=1,x', "invalid selector: 'a=1,x'; can't understand 'x'"],
  ['Pod', 'metadata.name=a=b', 'invalid field selector: unescaped character in value: 61'],
  ['Pod', 'metadata.name=a\\x', 'invalid field selector: invalid escape sequence: \\x'],
  ['Pod', 'metadata.name=a\\', 'invalid field selector: invalid escape sequence: \\'],
];

for (const [kind, selector, want] of refusals) {
  test(`refused: ${kind} ${selector}`, () => {
    assert.equal(parseFieldSelector(selector, rowOf({ kind })), want);
  });
}

test('every kind of the table is one that is served', () => {
  const names = scheme.map(({ kind, group }) => (group === '' ? kind : `${kind}.${group}`));
  for (const name of Object.keys(selectableFields)) assert.ok(names.includes(name), name);
});
