// The logs of containers, and the sentences in which the API server and the kubelet refuse them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterDocument, clusterOf } from './fixture.test.ts';

const pods = `---
apiVersion: v1
kind: Pod
metadata: { name: two }
spec:
  initContainers: [ { name: first, image: busybox } ]
  containers: [ { name: a, image: nginx }, { name: b, image: nginx } ]
---
apiVersion: v1
kind: Pod
metadata: { name: clash, annotations: { svcspec.dev/listen: "10250" } }
spec:
  hostNetwork: true
  nodeName: node01
  containers: [ { name: c, image: nginx } ]
---
apiVersion: v1
kind: Pod
metadata: { name: slow, annotations: { svcspec.dev/exit-after.first: 1h } }
spec:
  initContainers: [ { name: first, image: busybox } ]
  containers: [ { name: c, image: nginx } ]
---
apiVersion: v1
kind: Pod
metadata: { name: held }
spec:
  containers: [ { name: c, image: nginx, envFrom: [ { configMapRef: { name: none } } ] } ]
---
apiVersion: v1
kind: Pod
metadata: { name: unbound }
spec: { schedulerName: mine, containers: [ { name: c, image: nginx } ] }
`;
const cluster = clusterOf(clusterDocument(2) + pods);
const inUse = 'listen tcp 0.0.0.0:10250: bind: address already in use\n';

const rows: readonly {
  readonly name: string;
  readonly pod: string;
  readonly container?: string;
  readonly previous?: boolean;
  readonly want: string;
}[] = [
  { name: 'one of two containers', pod: 'two', container: 'b', want: '' },
  {
    name: 'two containers, none named',
    pod: 'two',
    want: 'BadRequest a container name must be specified for pod two, choose one of: [first a b]',
  },
  {
    name: 'no such container',
    pod: 'two',
    container: 'x',
    want: 'BadRequest container x is not valid for pod two',
  },
  { name: 'no such Pod', pod: 'nobody', want: 'NotFound pods "nobody" not found' },
  {
    name: 'no previous one',
    pod: 'two',
    container: 'a',
    previous: true,
    want: 'BadRequest previous terminated container "a" in pod "two" not found',
  },
  { name: 'of the last instance, between restarts', pod: 'clash', want: inUse },
  { name: 'which is the previous one as well', pod: 'clash', previous: true, want: inUse },
  {
    name: 'init containers first',
    pod: 'slow',
    container: 'c',
    want: 'BadRequest container "c" in pod "slow" is waiting to start: PodInitializing',
  },
  {
    name: 'its configuration is missing',
    pod: 'held',
    want: 'BadRequest container "c" in pod "held" is waiting to start: CreateContainerConfigError',
  },
  { name: 'bound nowhere: nothing', pod: 'unbound', want: '' },
];

for (const { name, pod, container, previous, want } of rows) {
  test(`logs: ${name}`, () => {
    let got: string;
    try {
      got = cluster.logs(`default/${pod}`, container, previous);
    } catch (error) {
      const { reason, message } = error as Error & { readonly reason: string };
      got = `${reason} ${message}`;
    }
    assert.equal(got, want);
  });
}
