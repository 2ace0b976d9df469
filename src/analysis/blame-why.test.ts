// What blame says beyond its id: why there are no endpoints, who still has a rule, what a misspelt name was meant for;
// on real clusters, and with the line of the manifest it points at.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../cluster/cluster.ts';
import { createSimulated } from '../cluster/simulated.ts';
import { loadTexts } from '../input/load.ts';
import { type Proto, protoName, SCTP, TCP, UDP } from '../net/packet.ts';
import { attemptDocument } from './trace-document.ts';
import { attemptText } from './trace-text.ts';

const client = `
apiVersion: v1
kind: Pod
metadata: { name: client }
spec: { containers: [{ name: shell, image: alpine }] }
---
`;
const deployment = (labels: string, container = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: backend } }
  template:
    metadata: { labels: ${labels} }
    spec:
      containers:
        - name: web
          image: nginx
          ports: [{ name: http, containerPort: 80 }]
${container}
---
`;
const service = (spec: string, name = 'web') => `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec:
${spec}
---
`;
const usual = service('  selector: { app: backend }\n  ports: [{ port: 80 }]');
const database = `
apiVersion: v1
kind: Service
metadata: { name: db }
spec: { clusterIP: None, selector: { app: db }, ports: [{ port: 80 }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  replicas: 2
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: pg, image: postgres, ports: [{ containerPort: 5432 }] }] }
---
`;

const oneReplica = `
apiVersion: svcspec.dev/v1alpha1
kind: Cluster
metadata: { name: one-replica }
spec:
  nodes:
    - { name: node-a, internalIP: 192.168.4.101 }
    - { name: node-b, internalIP: 192.168.4.102 }
  hosts: [{ name: laptop, ip: 203.0.113.50 }]
---
apiVersion: v1
kind: Pod
metadata: { name: web-0, labels: { app: web } }
spec: { nodeName: node-a, containers: [{ name: web, image: nginx }] }
---
apiVersion: v1
kind: Pod
metadata: { name: on-node-b }
spec: { nodeName: node-b, containers: [{ name: shell, image: busybox }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  internalTrafficPolicy: Local
  healthCheckNodePort: 32000
  selector: { app: web }
  ports: [{ port: 80, nodePort: 30080 }]
---
`;
const nobody = `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
ports: [{ port: 53, protocol: UDP }]
endpoints: [{ addresses: [10.244.1.77] }]
---
`;
const claim = (name: string, targetPort: number) =>
  service(
    `  externalIPs: [203.0.113.10]\n  selector: { app: backend }\n  ports: [{ port: 80, targetPort: ${targetPort} }]`,
    name,
  );
const handMade = `
apiVersion: v1
kind: Endpoints
metadata: { name: db }
subsets:
  - addresses:
      - { ip: 192.0.2.43 }
    ports: [{ port: 9376 }]
---
`;
const inMode = (mode: string) => `
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: ${mode}
---
`;
const [ipvsMode, nftablesMode] = [inMode('ipvs'), inMode('nftables')];
const userspaceMode = `${inMode('userspace')}
apiVersion: svcspec.dev/v1alpha1
kind: Cluster
metadata: { name: old }
spec:
  kubernetesVersion: "1.25"
  nodes: [{ name: node01, internalIP: 192.168.4.101 }]
---
`;

/** The Pod web at 10.244.1.20 behind a Service on port 80; `first`: its first container, where that is not web. */
const server = (ports: string, first = 'web', annotations = '{}') => `
apiVersion: svcspec.dev/v1alpha1
kind: Cluster
metadata: { name: lab }
spec: { pins: [{ object: Pod/default/web, ip: 10.244.1.20 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web }, annotations: ${annotations} }
spec:
  nodeName: node01
  containers: [${first === 'web' ? '' : `{ name: ${first}, image: envoy }, `}{ name: web, image: nginx${ports} }]
---
${service('  selector: { app: web }\n  ports: [{ port: 80 }]')}`;
const announced = `
apiVersion: svcspec.dev/v1alpha1
kind: Cluster
metadata: { name: lab }
spec:
  hosts: [{ name: laptop, ip: 203.0.113.50 }, { name: shop, ip: 203.0.113.60, listen: [80/TCP] }]
  pins: [{ object: Pod/default/web, ip: 10.244.2.20 }]
---
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { nodeName: node02, containers: [{ name: web, image: nginx }] }
---
${service('  externalIPs: [198.51.100.7]\n  selector: { app: web }\n  ports: [{ port: 80 }]')}`;

interface Row {
  readonly name: string;
  readonly text: string;
  readonly from?: string;
  readonly to: string;
  readonly proto?: Proto;
  readonly before?: (cluster: Cluster) => void;
  readonly want: RegExp;
  /** A part of the line that is pointed at; null: no line. */
  readonly line: string | null;
}

const rows: readonly Row[] = [
  {
    name: 'F7 policy Local and no Pod on the node: where Pods are, and what balancers hear',
    text: oneReplica,
    from: 'host/laptop',
    to: '192.168.4.102:30080',
    want: /none on node\/node-b, and its traffic policy is Local: ready endpoints are on node-a only; healthCheckNodePort 32000 returns 503 here$/,
    line: 'externalTrafficPolicy: Local',
  },
  {
    name: 'F7 the same in IPVS mode, which sends it on',
    text: `${oneReplica}${ipvsMode}`,
    from: 'host/laptop',
    to: '192.168.4.102:30080',
    want: /Local: IPVS takes any endpoint then, without masking the client, and the answer is lost; ready endpoints are on node-a only; healthCheckNodePort 32000 returns 503 here$/,
    line: 'externalTrafficPolicy: Local',
  },
  {
    name: 'F7 internalTrafficPolicy Local: no health check speaks for it',
    text: oneReplica,
    from: 'pod/default/on-node-b',
    to: 'web:80',
    want: /none on node\/node-b, and its traffic policy is Local: ready endpoints are on node-a only$/,
    line: 'internalTrafficPolicy: Local',
  },
  {
    name: 'a selector typo: the labels that Pods there have, of its keys only',
    text: `${deployment('{ app: backend, tier: x }')}${service('  selector: { app: bakcend }\n  ports: [{ port: 80 }]')}`,
    to: 'web:80',
    want: /has the labels app=bakcend; Pods there have app=backend$/,
    line: 'bakcend',
  },
  {
    name: 'a selector by a key that nobody has: all labels',
    text: `${deployment('{ app: backend }')}${service('  selector: { ap: backend }\n  ports: [{ port: 80 }]')}`,
    to: 'web:80',
    want: /has the labels ap=backend; Pods there have app=backend,pod-template-hash=\w+$/,
    line: '{ ap: backend }',
  },
  {
    name: 'a targetPort that no Pod names is pointed at',
    text: `${deployment('{ app: backend }')}${service('  selector: { app: backend }\n  ports:\n    - port: 80\n      targetPort: htpp')}`,
    to: 'web:80',
    want: /container port named "htpp" \(TCP\): they name http$/,
    line: 'targetPort: htpp',
  },
  {
    name: 'Pods that are not ready: the last failure and the probe of the template',
    text: `${deployment('{ app: backend }', '          readinessProbe: { tcpSocket: { port: 81 } }')}${usual}`,
    to: 'web:80',
    before: (cluster) => cluster.advance(30_000),
    want: /none of them ready.*; web-\S+: Readiness probe failed: dial tcp \S+:81: connect: connection refused$/,
    line: 'readinessProbe:',
  },
  {
    name: 'Pods that fit on no node: what the scheduler said',
    text: `${deployment('{ app: backend }', '      nodeSelector: { disk: ssd }')}${usual}`,
    to: 'web:80',
    want: /web-\S+ is Pending: 0\/\d nodes are available: .*affinity\/selector/,
    line: 'nodeSelector:',
  },
  {
    name: 'a stopped kube-proxy still sends to a Pod that is gone',
    text: `${deployment('{ app: backend }')}${usual}`,
    to: 'web:80',
    before: (cluster) => {
      cluster.setComponent({ kind: 'kube-proxy', node: null }, 'stops');
      cluster.scale('Deployment', 'default/web', 0);
      cluster.advance(60_000);
    },
    want: /node\/node0\d still has a rule for 10\.\S+, which no Pod has now; its kube-proxy is stopped or behind$/,
    line: 'metadata: { name: web }',
  },
  {
    name: 'a misspelt Service: the nearest one',
    text: `${deployment('{ app: backend }')}${usual}`,
    to: 'wbe:80',
    want: /"wbe": did you mean "web"\?$/,
    line: 'metadata: { name: web }',
  },
  {
    name: 'a namespace that is not there',
    text: `${deployment('{ app: backend }')}${usual}`,
    to: 'web.defualt:80',
    want: /there is no namespace "defualt"; did you mean "default"\?$/,
    line: null,
  },
  {
    name: 'a name of the Internet is no namespace',
    text: usual,
    to: 'example.com:80',
    want: /^blame: nxdomain: no DNS server knows the name "example\.com": \d queries through the search list/,
    line: null,
  },
  {
    name: "another domain than the cluster's",
    text: usual,
    to: 'web.default.svc.cluster.lokal:80',
    want: /the cluster's domain is "cluster\.local", not "cluster\.lokal"$/,
    line: null,
  },
  {
    name: 'a Pod of a StatefulSet beyond its replicas',
    text: database,
    to: 'db-2.db:80',
    want: /StatefulSet\/default\/db has 2 replicas, no db-2$/,
    line: 'replicas: 2',
  },
  {
    name: 'a node asks its own resolver: the cluster IP, or svc/NS/NAME:PORT',
    text: usual,
    from: 'node/node01',
    to: 'web.default.svc.cluster.local:80',
    want: /node\/node01 asks \S+, not the cluster's DNS: use the cluster IP 10\.\S+ or svc\/default\/web:PORT$/,
    line: null,
  },
  {
    name: "a Pod that asks its node's resolver: its dnsPolicy",
    text: `${usual}
apiVersion: v1
kind: Pod
metadata: { name: outsider }
spec:
  dnsPolicy: Default
  containers: [{ name: shell, image: alpine }]
---
`,
    from: 'pod/default/outsider',
    to: 'web:80',
    want: /pod\/default\/outsider asks \S+, not the cluster's DNS: see the Pod's dnsPolicy/,
    line: 'dnsPolicy: Default',
  },
  {
    name: 'a headless Service does not map ports',
    text: database,
    to: 'db:80',
    want: /headless Service\/default\/db does not map ports; pod\/default\/db-\d listens on 5432; it is assumed to .*svcspec\.dev\/listen: "5432,80"$/,
    line: 'ports: [{ port: 80 }]',
  },
  {
    name: 'a targetPort where nobody listens: what the Pod listens on, and that this is an assumption',
    text: `${deployment('{ app: backend }')}${service('  selector: { app: backend }\n  ports:\n    - port: 80\n      targetPort: 8080')}`,
    to: 'web:80',
    want: /targetPort of Service\/default\/web; pod\/default\/web-\S+ listens on 80; it is assumed to listen on its declared ports alone: if its program listens on 8080 too, annotate the Pod \(or its template\) with svcspec\.dev\/listen: "80,8080"$/,
    line: 'targetPort: 8080',
  },
  {
    name: 'an ExternalName that nobody knows',
    text: service('  type: ExternalName\n  externalName: db.example.com'),
    to: 'web:80',
    want: /Service\/default\/web is an alias of db\.example\.com, which no DNS server knows \(.*\); what the world's servers answer stands in spec\.upstreamDNS of the Cluster document, for example "db\.example\.com\. 300 IN A 192\.0\.2\.10"$/,
    line: 'externalName: db.example.com',
  },
  {
    name: 'an external IP from outside: whose it is, and the route to declare',
    text: announced,
    from: 'host/laptop',
    to: '198.51.100.7:80',
    want: /no-route: nothing leads from host\/laptop to 198\.51\.100\.7:80: Service\/default\/web has 198\.51\.100\.7 in spec\.externalIPs, which Kubernetes announces to nobody; to give host "laptop" a route, add to its entry under spec\.hosts of the Cluster document: routes: \[\{ to: 198\.51\.100\.7\/32, via: node02 \}\]$/,
    line: 'externalIPs: [198.51.100.7]',
  },
  {
    name: 'the same from an address that no host has',
    text: announced,
    from: '203.0.113.9',
    to: '198.51.100.7:80',
    want: /hosts: \[\{ name: client, ip: 203\.0\.113\.9, routes: \[\{ to: 198\.51\.100\.7\/32, via: node02 \}\] \}\]$/,
    line: 'externalIPs: [198.51.100.7]',
  },
  {
    name: 'a Pod from outside',
    text: announced,
    from: 'host/laptop',
    to: '10.244.2.20:80',
    want: /no-route: .*10\.244\.2\.20 is the address of Pod\/default\/web, which only the cluster's machines know: dial a Service's node port/,
    line: 'name: web, labels',
  },
  {
    name: 'an outside host that listens elsewhere',
    text: announced,
    to: '203.0.113.60:81',
    want: /host\/shop listens on 80; what a host listens on is said by hosts\[\]\.listen of the Cluster document$/,
    line: null,
  },
  {
    name: 'a Pod that declares nothing is assumed to listen on what is aimed at it',
    text: server(''),
    to: '10.244.1.20:8080',
    want: /listens on 80; it declares no port, and is assumed to listen on what Services and probes aim at: .*svcspec\.dev\/listen: "8080"$/,
    line: null,
  },
  {
    name: 'the container that declares ports is the server',
    text: server(', ports: [{ containerPort: 53, protocol: UDP }]', 'sidecar'),
    to: '10.244.1.20:80',
    want: /with svcspec\.dev\/listen\.web: "53\/UDP,80"$/,
    line: null,
  },
  {
    name: 'what an annotation says is no assumption',
    text: server('', 'web', '{ svcspec.dev/listen: "81" }'),
    to: '10.244.1.20:8080',
    want: /nothing listens on \S+:8080: pod\/default\/web listens on 81$/,
    line: null,
  },
  {
    name: 'a declared port whose program has ended',
    text: server(', ports: [{ containerPort: 8080 }]', 'web', '{ svcspec.dev/exit-after: 1s }'),
    to: '10.244.1.20:8080',
    before: (cluster) => cluster.advance(5000),
    want: /nothing listens on \S+:8080$/,
    line: null,
  },
  {
    name: 'a datagram to an endpoint that nobody has: no route, though its sender is told nothing',
    text: `${service('  ports: [{ port: 53, protocol: UDP }]')}${nobody}`,
    to: 'web:53',
    proto: UDP,
    want: /^blame: no-route: nothing leads from node\/\S+ to 10\.244\.\d\.77:53: no neighbour on cni0; EndpointSlice\/default\/web-1 names 10\.244\.1\.77 for Service\/default\/web$/,
    line: 'endpoints: [{ addresses: [10.244.1.77] }]',
  },
  {
    name: 'an EndpointSlice that was made by hand, by its own line, also in IPVS mode',
    text: `${ipvsMode}${service('  ports: [{ port: 53, protocol: UDP }]')}${nobody}`,
    to: 'web:53',
    proto: UDP,
    want: /no neighbour on cni0; EndpointSlice\/default\/web-1 names 10\.244\.1\.77 for Service/,
    line: 'endpoints: [{ addresses: [10.244.1.77] }]',
  },
  {
    name: 'userspace mode: all endpoints refuse the proxy',
    text: `${userspaceMode}${deployment('{ app: backend }')}${service('  selector: { app: backend }\n  ports:\n    - port: 80\n      targetPort: 8080')}`,
    to: 'web:80',
    want: /^blame: no-listener: nothing listens on 10\.\S+:8080: kube-proxy on node\/node01 tried 4 times, and it refused; targetPort of Service\/default\/web; pod\/default\/web-\S+ listens on 80; it is assumed [^;]*$/,
    line: 'targetPort: 8080',
  },
  {
    name: 'userspace mode: datagrams to a closed port, of which the client is told nothing',
    text: `${userspaceMode}${deployment('{ app: backend }')}${service('  selector: { app: backend }\n  ports:\n    - port: 53\n      protocol: UDP')}`,
    to: 'web:53',
    proto: UDP,
    want: /^blame: no-listener: nothing listens on 10\.\S+:53: kube-proxy on node\/node01 tried once, and it refused; targetPort of Service\/default\/web; pod\/default\/web-\S+ listens on 80\/TCP; it is assumed [^;]*$/,
    line: 'port: 53',
  },
  {
    name: 'userspace mode: an endpoint that nobody has',
    text: `${userspaceMode}${service('  ports: [{ port: 53 }]')}${nobody.replace(', protocol: UDP', '')}`,
    to: 'web:53',
    want: /^blame: lost: the packet to 10\.244\.1\.77:53 was lost at node\/\S+: kube-proxy on node\/\S+ tried 4 times; nobody owns the destination: \S+ > \S+; EndpointSlice\/default\/web-1 names 10\.244\.1\.77 for Service\/default\/web$/,
    line: 'endpoints: [{ addresses: [10.244.1.77] }]',
  },
  {
    name: 'userspace mode: nobody to pass it on to',
    text: `${userspaceMode}${service('  selector: { app: backend }\n  ports: [{ port: 80 }]')}`,
    to: 'web:80',
    want: /^blame: no-endpoints: Service\/default\/web has no ready endpoints, so node\/node01 rejects/,
    line: 'selector: { app: backend }',
  },
  ...(
    [
      ['iptables', 'a'],
      ['ipvs', 'z'],
      ['nftables', 'z'],
    ] as const
  ).map(
    ([mode, first]): Row => ({
      name: `${mode} mode: an external IP that two Services claim, and the one that has it leads to a closed port`,
      text: `${inMode(mode)}${deployment('{ app: backend }')}${claim('web', 80)}${claim(first, 8080)}`,
      to: '203.0.113.10:80',
      want: new RegExp(
        `^blame: no-listener: .*: targetPort of Service/default/${first}; pod/default/web-\\S+ listens on 80; it is assumed [^;]*; 203\\.0\\.113\\.10:80/TCP is claimed by Service/default/\\w+, Service/default/\\w+: each kube-proxy gives it to one of them$`,
      ),
      line: 'targetPort: 8080',
    }),
  ),
  {
    name: "an external IP that is a node's own, in IPVS mode: other nodes take it for theirs",
    text: `${ipvsMode}${oneReplica}${service('  externalIPs: [192.168.4.102]\n  selector: { app: web }\n  ports: [{ port: 81, targetPort: 80 }]', 'taken')}`,
    from: 'node/node-b',
    to: 'svc/default/taken:81',
    want: /^blame: lost: the packet to 10\.\S+:80 was lost at node\/node-a: Service\/default\/taken has 192\.168\.4\.102 of node\/node-b as external IP, so IPVS mode puts it on all other nodes, and they take nothing from it$/,
    line: 'externalIPs: [192.168.4.102]',
  },
  {
    name: "an external IP that is a node's own, in IPVS mode: a headless Service that names it too does nothing",
    text: `${ipvsMode}${oneReplica}${service('  clusterIP: None\n  externalIPs: [192.168.4.102]\n  selector: { app: web }\n  ports: [{ port: 80 }]', 'aside')}${service('  externalIPs: [192.168.4.102]\n  selector: { app: web }\n  ports: [{ port: 81, targetPort: 80 }]', 'taken')}`,
    from: 'node/node-b',
    to: 'svc/default/taken:81',
    want: /^blame: lost: the packet to 10\.\S+:80 was lost at node\/node-a: Service\/default\/taken has 192\.168\.4\.102 of node\/node-b as external IP, so IPVS mode puts it on all other nodes, and they take nothing from it$/,
    line: 'externalIPs: [192.168.4.102]',
  },
  ...([UDP, SCTP] as const).flatMap((proto) =>
    [ipvsMode, nftablesMode, ''].map((mode): Row => {
      const name = protoName(proto).toUpperCase();
      return {
        name: `a closed port over ${name}: what the Pod listens on ${mode === '' ? '' : ` in ${/mode: (\w+)/.exec(mode)?.[1]} mode`}`,
        text: `${mode}${deployment('{ app: backend }')}${service(`  selector: { app: backend }\n  ports:\n    - protocol: ${name}\n      port: 53`)}`,
        to: 'web:53',
        proto,
        want: /^blame: no-listener: nothing listens on 10\.\S+:53: targetPort of Service\/default\/web; pod\/default\/web-\S+ listens on 80\/TCP; it is assumed [^;]*$/,
        line: `- protocol: ${name}`,
      };
    }),
  ),
  {
    name: 'Endpoints that were made by hand, by the line of the address',
    text: `${service('  ports: [{ port: 9376 }]', 'db')}${handMade}`,
    to: 'db:9376',
    want: /^blame: lost: the packet to 192\.0\.2\.43:9376 was lost at node\/\S+: nobody owns the destination: .*; Endpoints\/default\/db names 192\.0\.2\.43 for Service\/default\/db$/,
    line: '- { ip: 192.0.2.43 }',
  },
];
const proxied = (url: string, backend: string) => `
apiVersion: v1
kind: Pod
metadata:
  name: nginx
  annotations:
    svcspec.dev/proxy-to: "${url}"
spec: { containers: [{ name: nginx, image: nginx, ports: [{ containerPort: 80 }] }] }
---
${deployment('{ app: backend }')}${service(backend)}`;
const policy = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: closed }
spec: { podSelector: { matchLabels: { app: backend } } }
---
`;
const behindProxy: readonly Omit<Row, 'to'>[] = [
  {
    name: 'no endpoints',
    text: proxied('http://web', '  selector: { app: bakcend }\n  ports: [{ port: 80 }]'),
    want: /^blame: no-endpoints: pod\/default\/nginx answered 502 Bad Gateway: it passes requests on to http:\/\/web, and Service\/default\/web has no ready endpoints, .*Pods there have app=backend$/,
    line: 'bakcend',
  },
  {
    name: 'a port where nobody listens',
    text: proxied(
      'http://web',
      '  selector: { app: backend }\n  ports:\n    - port: 80\n      targetPort: 81',
    ),
    want: /^blame: no-listener: pod\/default\/nginx answered 502 Bad Gateway: .*and nothing listens on .*:81/,
    line: 'targetPort: 81',
  },
  {
    name: 'a misspelt name is pointed at where it is written, when nothing else is',
    text: proxied('http://nobody.nowhere', '  selector: { app: backend }\n  ports: [{ port: 80 }]'),
    want: /^blame: nxdomain: pod\/default\/nginx answered 502 Bad Gateway: it passes requests on to http:\/\/nobody\.nowhere, and no DNS server knows the name "nobody\.nowhere"/,
    line: 'proxy-to: "http://nobody.nowhere"',
  },
  {
    name: 'a policy behind it',
    text: proxied('http://web', '  selector: { app: backend }\n  ports: [{ port: 80 }]') + policy,
    want: /^blame: network-policy: pod\/default\/nginx answered 504 Gateway Time-out: .*NetworkPolicy\/default\/closed does not allow this connection/,
    line: 'spec: { podSelector:',
  },
  {
    name: 'a circle',
    text: proxied('http://127.0.0.1/', '  selector: { app: backend }\n  ports: [{ port: 80 }]'),
    want: /^blame: proxy-loop: pod\/default\/nginx answered 500 Internal Server Error: it passes requests on to http:\/\/127.0.0.1\/, and .*the request goes round in a circle/,
    line: 'proxy-to: "http://127.0.0.1/"',
  },
];
for (const row of behindProxy) {
  test(`blame behind a proxy: ${row.name}`, () => {
    const text = `${client}${row.text}`;
    const { clusterSpec, manifests } = loadTexts([{ file: 'web.yaml', text }]);
    const cluster = createSimulated({ spec: clusterSpec, manifests });
    const nginx = cluster.objects.get('Pod', 'default/nginx')?.status?.podIP ?? '';
    const document = attemptDocument(cluster, cluster.connect('pod/default/client', `${nginx}:80`));
    const { blame } = document;
    assert.match(`blame: ${blame?.id}: ${blame?.message}`, row.want);
    const pointed = text.split('\n')[(blame?.line ?? 0) - 1] ?? '';
    assert.ok(row.line !== null && pointed.includes(row.line), `${pointed} has no "${row.line}"`);
  });
}

test('a proxy that still waits is told of with what it waits for', () => {
  const text = `${client}${proxied('http://web', '  selector: { app: backend }\n  ports: [{ port: 80 }]')}${policy}`;
  const { clusterSpec, manifests } = loadTexts([{ file: 'web.yaml', text }]);
  const cluster = createSimulated({ spec: clusterSpec, manifests });
  const nginx = cluster.objects.get('Pod', 'default/nginx')?.status?.podIP ?? '';
  const attempt = cluster.connect('pod/default/client', `${nginx}:80`, { timeoutMs: 5_000 });
  const document = attemptDocument(cluster, attempt);
  assert.equal(document.outcome, 'timeout');
  assert.match(
    document.blame?.message ?? '',
    /^pod\/default\/nginx had no answer in time: .* does not allow this connection/,
  );
  const shown = attemptText(document);
  assert.match(
    shown,
    /\n {2}pod\/default\/nginx asks http:\/\/web, in vain \(timeout\):\n {4}timeout \(policy\): /,
  );
  assert.match(shown, /\n {6}dns web\.default\.svc\.cluster\.local\. A /);
});

for (const row of rows) {
  test(`blame: ${row.name}`, () => {
    const text = `${client}${row.text}`;
    const { clusterSpec, manifests } = loadTexts([{ file: 'web.yaml', text }]);
    const cluster = createSimulated({ spec: clusterSpec, manifests });
    row.before?.(cluster);
    const { from = 'pod/default/client', proto = TCP } = row;
    const document = attemptDocument(cluster, cluster.connect(from, row.to, { proto }));
    const { blame } = document;
    assert.match(`blame: ${blame?.id}: ${blame?.message}`, row.want);
    const line = blame?.line ?? null;
    const pointed = line === null ? null : (text.split('\n')[line - 1] ?? '');
    if (row.line === null) assert.equal(pointed, null);
    else assert.ok(pointed?.includes(row.line), `${pointed} has no "${row.line}"`);
  });
}

test('the hop of a socket says who listens', () => {
  const { clusterSpec, manifests } = loadTexts([
    { file: 'web.yaml', text: `${client}${database}` },
  ]);
  const cluster = createSimulated({ spec: clusterSpec, manifests });
  const attempt = cluster.connect('pod/default/client', 'db-0.db:5432');
  const text = attemptText(attemptDocument(cluster, attempt));
  assert.match(text, /socket +deliver {2}listening on \*:5432 \(container pg\)/);
});
