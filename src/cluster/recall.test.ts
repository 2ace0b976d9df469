// Look-ups that recall what earlier branches of an enumeration exchanged, against look-ups that send everything: the
// same answers, packets, ports, conntrack tables and probabilities. What recalling saves is not looked at here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadTexts } from '../input/load.ts';
import { type Choices, enumerate } from '../sim/choices.ts';
import { createSimulated } from './simulated.ts';

const text = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: nginx, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: client }
spec: { containers: [{ name: c, image: nginx }] }
`;
const { clusterSpec, manifests } = loadTexts([{ file: 'all.yaml', text }]);
const cluster = createSimulated({ spec: clusterSpec, manifests });
const machines = ['pod/default/client', ...cluster.nodeNames.map((name) => `node/${name}`)];

/** The same chance without a past. */
function forgetful(choices: Choices): Choices {
  const plain: Choices = {
    pick: (point, weights) => choices.pick(point, weights),
    fork: () => plain,
  };
  return plain;
}

/** Everything two connections in a row leave behind, in every branch. */
function walked(where: string, asked: (choices: Choices) => Choices): unknown {
  return enumerate((choices) => {
    const on = cluster.fork(asked(choices));
    const attempts = [where, 'web:80'].map((to) => {
      const { lookup, dial } = on.connect('pod/default/client', to);
      const { trace, ...result } = dial ?? { trace: null };
      const steps = (trace?.steps() ?? []).map((step) =>
        step.kind === 'note' ? step.detail : `${step.hook} ${step.chain.name} ${step.ordinal}`,
      );
      return { lookup, result, steps, walked: trace?.rulesWalked };
    });
    return { attempts, flows: machines.map((machine) => on.conntrack(machine)) };
  });
}

for (const where of ['web:80', 'nobody.default.svc.cluster.local.:80', 'nobody.:80']) {
  test(`every branch of a connection to ${where} is the same with and without a past`, () => {
    assert.deepEqual(
      walked(where, (choices) => choices),
      walked(where, forgetful),
    );
  });
}
