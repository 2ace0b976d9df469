// Strict decoding in the API server's words (A10) and the recognition of kinds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recognize, strictErrors } from './decode.ts';
import { hintFor, hintForKind } from './decode-hint.ts';

const service = (spec: unknown, metadata: unknown = { name: 'a' }) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata,
  spec,
});

const limits = (cpu: unknown) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a' },
  spec: { containers: [{ name: 'c', resources: { limits: { cpu } } }] },
});

const unmarshal = 'json: cannot unmarshal';
const rows: readonly { name: string; object: Record<string, unknown>; want: string | null }[] = [
  { name: 'a clean Service', object: service({ ports: [{ port: 80 }] }), want: null },
  {
    name: 'A10 unknown fields with list index, in document order',
    object: service({ prots: [], ports: [{ port: 80 }, { port: 81, prot: 'TCP' }] }),
    want: 'strict decoding error: unknown field "spec.prots", unknown field "spec.ports[1].prot"',
  },
  {
    name: 'A10 keys are case-sensitive',
    object: service({ clusterip: 'None' }),
    want: 'strict decoding error: unknown field "spec.clusterip"',
  },
  {
    name: 'A10 a string for a port',
    object: service({ ports: [{ port: 'http' }] }),
    want: `${unmarshal} string into Go struct field ServicePort.spec.ports.port of type int32`,
  },
  {
    name: 'A10 a number in a selector',
    object: service({ selector: { app: 1 } }),
    want: `${unmarshal} number into Go struct field ServiceSpec.spec.selector of type string`,
  },
  {
    name: 'A10 a map for ports',
    object: service({ ports: { port: 80 } }),
    want: `${unmarshal} object into Go struct field ServiceSpec.spec.ports of type []v1.ServicePort`,
  },
  {
    name: 'A10 a number for labels',
    object: service({}, { name: 'a', labels: { x: 5 } }),
    want: `${unmarshal} number into Go struct field ObjectMeta.metadata.labels of type string`,
  },
  {
    name: 'A10 an integer out of range',
    object: service({ ports: [{ port: 99999999999 }] }),
    want: `${unmarshal} number 99999999999 into Go struct field ServicePort.spec.ports.port of type int32`,
  },
  {
    name: 'A10 a fraction',
    object: service({ ports: [{ port: 1.5 }] }),
    want: `${unmarshal} number 1.5 into Go struct field ServicePort.spec.ports.port of type int32`,
  },
  {
    name: 'text that is no quantity',
    object: limits('lots'),
    want: "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  },
  {
    name: 'a quantity with a suffix that is none',
    object: limits('1mm'),
    want: "unable to parse quantity's suffix",
  },
  { name: 'fractions are quantities', object: limits(0.5), want: null },
  {
    name: 'a bool as name',
    object: service({}, { name: true }),
    want: `${unmarshal} bool into Go struct field ObjectMeta.metadata.name of type string`,
  },
  {
    name: 'metadata is a list',
    object: service({}, []),
    want: `${unmarshal} array into Go struct field Service.metadata of type v1.ObjectMeta`,
  },
  {
    name: 'A10 null is accepted anywhere',
    object: service({ ports: null, type: null }),
    want: null,
  },
  {
    name: 'a target port may be a number or a name',
    object: service({ ports: [{ targetPort: 'http' }, { targetPort: 80 }] }),
    want: null,
  },
  {
    name: 'a target port is no bool',
    object: service({ ports: [{ targetPort: true }] }),
    want: `${unmarshal} bool into Go value of type int32`,
  },
  {
    name: 'a named string type',
    object: service({ type: 1 }),
    want: `${unmarshal} number into Go struct field ServiceSpec.spec.type of type v1.ServiceType`,
  },
];

for (const { name, object, want } of rows) {
  test(`strict decoding: ${name}`, () => {
    const { type, strict } = strictErrors(object);
    assert.equal(type ?? strict, want);
  });
}

test('strict decoding: at most 100 unknown fields (A10)', () => {
  const spec = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`x${i}`, 1]));
  assert.equal(strictErrors(service(spec)).unknown.length, 100);
});

const kinds: readonly [string, string, string][] = [
  ['v1', 'Service', 'modelled'],
  ['v1', 'Servce', 'unknown'],
  ['apps/v1', 'Service', 'unknown'],
  ['extensions/v1beta1', 'Deployment', 'unknown'],
  ['networking.k8s.io/v1', 'Ingres', 'unknown'],
  ['rbac.authorization.k8s.io/v1', 'Role', 'modelled'],
  ['storage.k8s.io/v1beta1', 'VolumeAttributesClass', 'not-simulated'],
  ['gateway.networking.k8s.io/v1', 'Gateway', 'not-simulated'],
  ['example.com/v1', 'Anything', 'not-simulated'],
];

for (const [apiVersion, kind, want] of kinds) {
  test(`recognize: ${apiVersion} ${kind} is ${want}`, () => {
    assert.equal(recognize(apiVersion, kind).kind, want);
  });
}

const hints: readonly { name: string; got: string; want: string }[] = [
  { name: 'misspelt kind', got: hintForKind('v1', 'Servce'), want: 'did you mean Service (v1)?' },
  {
    name: 'old apiVersion',
    got: hintForKind('extensions/v1beta1', 'Deployment'),
    want: 'Deployment is in apiVersion apps/v1, not extensions/v1beta1',
  },
  {
    name: 'swapped letters',
    got: hintFor('prots', ['ports', 'type']),
    want: 'did you mean "ports"?',
  },
  { name: 'wrong case', got: hintFor('clusterip', ['clusterIP', 'clusterIPs']), want: '' },
  { name: 'nothing near', got: hintFor('zzzzzz', ['name', 'ip']), want: 'valid here: ip, name' },
];

for (const { name, got, want } of hints) {
  test(`hint: ${name}`, () => {
    if (want === '') assert.match(got, /^did you mean "clusterIP" or "clusterIPs"\?$/);
    else assert.equal(got, want);
  });
}
