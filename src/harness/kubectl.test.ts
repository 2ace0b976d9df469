import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulated } from '../cluster/simulated.ts';
import { loadTexts } from '../input/load.ts';
import { words } from './commands.ts';
import { kubectl } from './kubectl.ts';

const text = `
apiVersion: v1
kind: Pod
metadata: { name: one, namespace: demo }
spec: { containers: [{ name: c, image: busybox }, { name: side, image: busybox }] }
`;
const { clusterSpec, manifests } = loadTexts([{ file: 'all.yaml', text }]);
const cluster = createSimulated({ spec: clusterSpec, manifests });
const printed = (line: string): string => kubectl(cluster, words(line)).stdout;

const rows = [
  { line: 'get pod -n demo -o name', want: 'pod/one\n' },
  { line: 'get pod -ndemo -oname', want: 'pod/one\n' },
  { line: 'get pod --namespace=demo -o=name', want: 'pod/one\n' },
  { line: 'get pod --namespace demo --output name', want: 'pod/one\n' },
  { line: '-n demo get pod -o name', want: 'pod/one\n' },
  { line: '-ndemo --output=name get pod', want: 'pod/one\n' },
  { line: '--namespace demo exec one -- hostname', want: 'one\n' },
  { line: 'exec -it -n demo one -- hostname', want: 'one\n' },
  { line: 'exec -n demo pod/one -c c -- hostname', want: 'one\n' },
];
for (const { line, want } of rows) {
  test(`kubectl ${line}`, () => assert.equal(printed(line), want));
}

const refused = [
  { line: '-n get pod', want: /kubectl pod belongs to a later version/ },
  { line: '-w -n demo get pod', want: /kubectl get -w cannot be run/ },
  { line: '-n demo', want: /kubectl needs a verb/ },
  { line: 'get pod --show-labels', want: /kubectl get --show-labels cannot be run/ },
  { line: 'get pod -w', want: /kubectl get -w cannot be run/ },
  { line: 'get pod --sort-by=x', want: /kubectl get --sort-by cannot be run/ },
  { line: 'get pod -ofrob', want: /unknown output format "frob"/ },
  { line: 'exec -n demo one -c side -- env', want: /kubectl exec -c side cannot be run/ },
  { line: 'exec svc/one -- env', want: /kubectl exec svc\/one cannot be run/ },
];
for (const { line, want } of refused) {
  test(`refused and not ignored: kubectl ${line}`, () => assert.throws(() => printed(line), want));
}
