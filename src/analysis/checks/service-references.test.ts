// Fields that name a Service: one row for what is told of a StatefulSet, an Ingress or an ExternalName, and one for each
// that is right.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSimulated } from '../../cluster/simulated.ts';
import { loadTexts } from '../../input/load.ts';
import { runChecks } from './checks.ts';

const service = (name: string, spec: string, namespace = 'demo') =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: { ${spec} }\n---\n`;
const set = (serviceName: string) => `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: web, namespace: demo }
spec:
  serviceName: ${serviceName}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
---
`;
const headless = (name: string, app = 'web') =>
  service(name, `clusterIP: None, selector: { app: ${app} }, ports: [{ port: 80 }]`);
const usual = service(
  'web',
  'selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }]',
);
const ingress = (backend: string) => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop, namespace: demo }
spec: { rules: [{ http: { paths: [{ path: /, pathType: Prefix, backend: { service: ${backend} } }] } }] }
---
`;

function told(yaml: string): readonly string[] {
  const { manifests, clusterSpec: spec } = loadTexts([{ file: 'a.yaml', text: yaml }]);
  const cluster = createSimulated({ spec, manifests });
  const { findings } = runChecks({ manifests, spec, cluster });
  return findings.map(({ severity, id, fix }) => `${severity} ${id}: ${fix}`);
}

describe('check: fields that name a Service', () => {
  const rows: readonly { name: string; yaml: string; want: readonly string[] }[] = [
    {
      name: 'a StatefulSet with its headless Service',
      yaml: headless('web') + set('web'),
      want: [],
    },
    {
      name: 'F9: serviceName that names no Service',
      yaml: set('web'),
      want: [
        "warning statefulset-service: create Service web with clusterIP: None and the Pods' labels as selector",
      ],
    },
    {
      name: 'F9: serviceName that names no Service, beside the headless one',
      yaml: headless('web-nodes') + set('web'),
      want: ['warning statefulset-service: write serviceName: web-nodes, which selects these Pods'],
    },
    {
      name: 'F9: serviceName of a Service that selects other Pods',
      yaml: headless('db', 'db') + headless('web') + set('db'),
      want: ['warning statefulset-service: write serviceName: web'],
    },
    {
      name: 'F9: serviceName of a Service that is not headless: CoreDNS answers all the same',
      yaml: service('web', 'selector: { app: web }, ports: [{ port: 80 }]') + set('web'),
      want: [
        'info statefulset-service: if the Pods are to be found one by one, make web headless (clusterIP: None), or add a headless Service beside it',
      ],
    },
    {
      name: 'a backend by number and by name',
      yaml:
        usual +
        ingress('{ name: web, port: { number: 80 } }') +
        ingress('{ name: web, port: { name: http } }').replace('shop', 'b'),
      want: [],
    },
    {
      name: 'a backend by the targetPort',
      yaml: usual + ingress('{ name: web, port: { number: 8080 } }'),
      want: ['error ingress-backend: it has 80 (name: http) -> 8080'],
    },
    {
      name: 'a backend by a name that no port has',
      yaml: usual + ingress('{ name: web, port: { name: https } }'),
      want: ['error ingress-backend: it has 80 (name: http) -> 8080'],
    },
    {
      name: 'a misspelt backend',
      yaml: usual + ingress('{ name: wbe, port: { number: 80 } }'),
      want: ['warning ingress-backend: did you mean web?'],
    },
    {
      name: 'a backend of another namespace',
      yaml:
        service('api', 'ports: [{ port: 80 }]', 'other') +
        ingress('{ name: api, port: { number: 80 } }'),
      want: [
        'warning ingress-backend: Service other/api is in another namespace, which a backend cannot name: put the Ingress there',
      ],
    },
    {
      name: 'externalName of the world outside',
      yaml: service('db', 'type: ExternalName, externalName: db.example.com'),
      want: [],
    },
    {
      name: 'externalName as a whole name of the cluster',
      yaml:
        usual +
        service('db', 'type: ExternalName, externalName: web.demo.svc.cluster.local', 'other'),
      want: [],
    },
    {
      name: 'externalName has no search list',
      yaml: usual + service('db', 'type: ExternalName, externalName: web.demo', 'other'),
      want: ['error external-name: write externalName: web.demo.svc.cluster.local'],
    },
    {
      name: 'externalName of a Service that is elsewhere',
      yaml:
        usual +
        service('db', 'type: ExternalName, externalName: web.other.svc.cluster.local', 'other'),
      want: ['error external-name: write externalName: web.demo.svc.cluster.local'],
    },
    {
      name: 'externalName that is an address',
      yaml: service('db', 'type: ExternalName, externalName: 192.0.2.1'),
      want: [
        'error external-name: make it a Service without selector, with an EndpointSlice of that address',
      ],
    },
  ];
  for (const { name, yaml, want } of rows) it(name, () => assert.deepEqual(told(yaml), want));
});
