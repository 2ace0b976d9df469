// Steps that would hold whatever the cluster does are refused as unusable.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionsEnded, connects, everyConnection, reachabilityIs } from './connections.ts';
import { endpointsAre, hasEndpoints } from './endpoints.ts';
import { environmentContains } from './environment.ts';
import { answerIs, looksUp } from './lookups.ts';
import { isRefused } from './manifests.ts';
import { deletes, hasState, hasValues } from './objects.ts';
import { bound, clientRef, objectRef, outcomeRef, targetRef } from './refs.ts';
import { rulesLack, toolPrints } from './rules.ts';
import { spreadIs } from './spread.ts';
import { tracePasses, walksRules } from './traces.ts';
import { worldOf } from './world.fixture.ts';
import type { SvcWorld } from './world.ts';

const text = `
apiVersion: v1
kind: Pod
metadata: { name: one, labels: { app: web } }
spec: { containers: [{ name: c, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Pod
metadata: { name: two, labels: { app: web } }
spec: { containers: [{ name: c, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.96.0.80, selector: { app: web }, ports: [{ port: 80 }] }
`;
const service = objectRef('Service "web"');
const pod = objectRef('Pod "one"');
const node = objectRef('Node "node01"');
const client = clientRef('Pod "one"');
const target = targetRef('"10.96.0.80:80"');
const typo = targetRef('"typo:80"');
const none = (...header: readonly string[]) => ({ header, rows: [] });

const rows: readonly { name: string; act: (world: SvcWorld) => void; want: RegExp }[] = [
  {
    name: 'values without a row',
    act: (world) => hasValues(world, service, none('path', 'value')),
    want: /no rows/,
  },
  {
    name: 'a trace without a row',
    act: (world) => {
      connects(world, client, target, 1);
      tracePasses(world, none('at'));
    },
    want: /no rows/,
  },
  {
    name: 'reachability without a client',
    act: (world) => reachabilityIs(world, none('', 'web:80')),
    want: /no rows/,
  },
  {
    name: 'reachability without a target',
    act: (world) => reachabilityIs(world, { header: [''], rows: [['Pod "one"']] }),
    want: /no targets/,
  },
  {
    name: 'rules without a line',
    act: (world) => toolPrints(world, 'iptables-save', node, '\n'),
    want: /no lines/,
  },
  {
    name: 'an environment without a line',
    act: (world) => environmentContains(world, pod, ''),
    want: /no lines/,
  },
  { name: 'a refusal without a line', act: (world) => isRefused(world, ''), want: /no lines/ },
  {
    name: 'an answer without a record',
    act: (world) => {
      looksUp(world, client, 'nobody', 'A');
      answerIs(world, '');
    },
    want: /no lines/,
  },
  {
    name: 'a kind that nobody knows',
    act: (world) => hasState(world, objectRef('Servcie "web"'), 'does not exist'),
    want: /unknown kind "Servcie"/,
  },
  {
    name: 'the existence of a kind that nobody knows',
    act: (world) => hasState(world, objectRef('Servce "web"'), 'exists'),
    want: /unknown kind "Servce"/,
  },
  {
    name: 'the endpoints of a kind that nobody knows',
    act: (world) => hasEndpoints(world, objectRef('Servce "web"'), bound('no')),
    want: /unknown kind "Servce"/,
  },
  {
    name: 'readiness of a Service',
    act: (world) => hasState(world, service, 'is not ready'),
    want: /only Pods and Nodes/,
  },
  {
    name: 'endpoints of a Pod',
    act: (world) => hasEndpoints(world, pod, bound('no')),
    want: /only Services/,
  },
  {
    name: 'the endpoints of a Pod, listed',
    act: (world) => endpointsAre(world, pod, none('address')),
    want: /only Services/,
  },
  {
    name: 'rules walked by a connection that was never made',
    act: (world) => {
      connects(world, client, targetRef('"nobody:80"'), 1);
      walksRules(world, bound('at most 5'));
    },
    want: /it was not made: nxdomain/,
  },
  {
    name: 'one Pod twice instead of two Pods',
    act: (world) =>
      spreadIs(world, client, target, {
        header: ['pod', 'share'],
        rows: [
          ['one', '1/2'],
          ['one', '1/2'],
        ],
      }),
    want: /two rows for the same Pod/,
  },
  {
    name: 'no connection to a misspelt name is answered',
    act: (world) => everyConnection(world, false, client, typo, outcomeRef('is answered')),
    want: /nxdomain: "typo" never resolves.* say: fails to resolve/,
  },
  {
    name: 'no connection to a misspelt name times out',
    act: (world) => everyConnection(world, false, client, typo, outcomeRef('times out')),
    want: /never resolves/,
  },
  {
    name: 'every connection to a misspelt name is lost',
    act: (world) => everyConnection(world, true, client, typo, outcomeRef('is lost')),
    want: /never resolves/,
  },
  {
    name: 'the connection to a misspelt name is lost',
    act: (world) => {
      connects(world, client, typo, 1);
      connectionsEnded(world, outcomeRef('is lost'));
    },
    want: /never resolves/,
  },
  {
    name: 'rules without a Service that never existed',
    act: (world) => rulesLack(world, node, objectRef('Service "wbe"')),
    want: /there never was a Service "default\/wbe"/,
  },
  {
    name: 'a misspelt path without a value',
    act: (world) =>
      hasValues(world, service, { header: [], rows: [['spec.clusterIPp', '<none>']] }),
    want: /no field spec\.clusterIPp/,
  },
  {
    name: 'a misspelt path in a list',
    act: (world) =>
      hasValues(world, service, { header: [], rows: [['spec.ports[1].prot', '<none>']] }),
    want: /no field spec\.ports\[0\]\.prot/,
  },
  {
    name: 'a list read as an object',
    act: (world) =>
      hasValues(world, service, { header: [], rows: [['spec.ports.port', '<none>']] }),
    want: /spec\.ports is no object/,
  },
  {
    name: 'a field of a scalar',
    act: (world) =>
      hasValues(world, service, { header: [], rows: [['spec.clusterIP.x', '<none>']] }),
    want: /spec\.clusterIP is no object/,
  },
];
for (const { name, act, want } of rows) {
  test(`it is no check: ${name}`, () => {
    const world = worldOf(text);
    assert.throws(() => act(world), want);
  });
}

test('rules without a Service that was deleted are a check', () => {
  const world = worldOf(text);
  assert.throws(() => rulesLack(world, node, service), /no rule on Node "node01" mentions/);
  deletes(world, service);
  rulesLack(world, node, service);
});

for (const path of [
  'spec.ports[3].nodePort',
  'metadata.labels.app',
  'metadata.annotations["a.b/c"]',
]) {
  test(`it is a check: ${path} is <none>`, () => {
    hasValues(worldOf(text), service, { header: [], rows: [[path, '<none>']] });
  });
}
test('it is a check: kind is Service', () => {
  hasValues(worldOf(text), service, { header: [], rows: [['kind', 'Service']] });
});
