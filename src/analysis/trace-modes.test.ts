// One connection explained in every mode of kube-proxy: each names the Service, the rule in its tool's own words, the
// destination that was chosen, and the lines of the manifest that caused both.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulated } from '../cluster/simulated.ts';
import { loadTexts } from '../input/load.ts';
import { type AttemptDocument, attemptDocument } from './trace-document.ts';
import { attemptText } from './trace-text.ts';

const base = (mode: string, version: string) => `
apiVersion: svcspec.dev/v1alpha1
kind: Cluster
metadata: { name: modes }
spec:
  kubernetesVersion: "${version}"
  nodes:
    - { name: node01, internalIP: 192.168.66.101, podCIDR: 10.244.1.0/24 }
  hosts:
    - { name: laptop, ip: 203.0.113.50 }
  pins:
    - { object: Pod/default/client, ip: 10.244.1.20, node: node01 }
    - { object: Pod/default/web, ip: 10.244.1.5, node: node01 }
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: ${mode}
---
apiVersion: v1
kind: Pod
metadata: { name: client }
spec: { containers: [{ name: shell, image: alpine }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: NodePort
  clusterIP: 10.96.0.80
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }]
---
apiVersion: v1
kind: Service
metadata: { name: empty }
spec:
  clusterIP: 10.96.0.81
  selector: { app: nobody }
  ports: [{ port: 80 }]
---
apiVersion: v1
kind: Service
metadata: { name: closed }
spec:
  clusterIP: 10.96.0.82
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8081 }]
`;

/** A line by what stands there, or as many before it. */
const source = (needle: string, before = 0) => {
  const lines = base('x', 'y').split('\n');
  return `(modes.yaml:${lines.findIndex((line) => line.includes(needle)) + 1 - before})`;
};
const [port, pod, empty] = [
  source('port: 80, targetPort: 8080'),
  source('name: web, l', 2),
  source('[{ port: 80 }]'),
];
const node = source('nodePort: 30080');

function traced(mode: string, version: string, from: string, to: string): AttemptDocument {
  const text = base(mode, version);
  const { clusterSpec: spec, manifests } = loadTexts([{ file: 'modes.yaml', text }]);
  const cluster = createSimulated({ spec, manifests });
  return attemptDocument(cluster, cluster.connect(from, to));
}

/** Lines of the way, without the columns before them. */
function linesOf(document: AttemptDocument): readonly string[] {
  return attemptText(document)
    .split('\n')
    .map((line) => line.trim().replace(/ {2,}/g, '  '));
}

interface Row {
  readonly name: string;
  readonly mode: string;
  readonly version?: string;
  readonly from?: string;
  readonly to: string;
  /** In this order, with others between them. */
  readonly want: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: 'iptables: the comment of the Service, its line, the endpoint and its Pod',
    mode: 'iptables',
    to: 'svc/default/web:80',
    want: [
      `nat/PREROUTING  jump  -A KUBE-SERVICES -d 10.96.0.80/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G  ${port}`,
      `nat/PREROUTING  jump  -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment "default/web -> 10.244.1.5:8080" -j KUBE-SEP-XQWD6PXGZUTOOIVQ  ${pod}`,
    ],
  },
  {
    name: 'nftables: the jump, the element of the map, the element that was drawn',
    mode: 'nftables',
    to: 'svc/default/web:80',
    want: [
      'nft ip kube-proxy nat/PREROUTING  jump  nat-prerouting: jump services',
      `nft ip kube-proxy nat/PREROUTING  jump  services: ip daddr . meta l4proto . th dport vmap @service-ips { 10.96.0.80 . tcp . 80 : goto service-PFISGYVC-default/web/tcp/ }  ${port}`,
      `nft ip kube-proxy nat/PREROUTING  jump  service-PFISGYVC-default/web/tcp/: numgen random mod 1 vmap { 0 : goto endpoint-X-default/web/tcp/__10.244.1.5/8080 }  ${pod}`,
      `nft ip kube-proxy nat/PREROUTING  dnat  endpoint-X-default/web/tcp/__10.244.1.5/8080: meta l4proto tcp dnat to 10.244.1.5:8080  ${port}`,
      'the reply:',
    ],
  },
  {
    name: 'nftables: the map of node ports',
    mode: 'nftables',
    from: 'host/laptop',
    to: 'node/node01:30080',
    want: [
      `nft ip kube-proxy nat/PREROUTING  jump  services: ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports { tcp . 30080 : goto external-PFISGYVC-default/web/tcp/ }  ${node}`,
      'nft ip kube-proxy nat/PREROUTING  mark  mark-for-masquerade: meta mark set meta mark | 0x00004000',
    ],
  },
  {
    name: 'nftables: the map of Services without endpoints',
    mode: 'nftables',
    to: 'svc/default/empty:80',
    want: [
      'nft ip kube-proxy filter/FORWARD  jump  filter-forward: ct state new jump service-endpoints-check',
      `nft ip kube-proxy filter/FORWARD  jump  service-endpoints-check: ip daddr . meta l4proto . th dport vmap @no-endpoint-services { 10.96.0.81 . tcp . 80 comment "default/empty" : goto reject-chain }  ${empty}`,
      'nft ip kube-proxy filter/FORWARD  reject  reject-chain: reject',
    ],
  },
  {
    name: 'ipvs: the virtual server and the destination as ipvsadm-save prints them',
    mode: 'ipvs',
    to: 'svc/default/web:80',
    want: [
      `ipvs  jump  -A -t 10.96.0.80:80 -s rr  # default/web  ${port}`,
      `ipvs  dnat  -a -t 10.96.0.80:80 -r 10.244.1.5:8080 -m -w 1  # scheduler rr: 10.96.0.80:80 -> 10.244.1.5:8080  ${pod}`,
      'the reply:',
    ],
  },
  {
    name: 'ipvs: a virtual server without destinations',
    mode: 'ipvs',
    to: 'svc/default/empty:80',
    want: [
      `ipvs  reject  -A -t 10.96.0.81:80 -s rr  # default/empty: 10.96.0.81:80 rr: no destination  ${empty}`,
    ],
  },
  {
    name: 'userspace: whose port it is, what the proxy picked, its own way there, and then the reply',
    mode: 'userspace',
    version: '1.25',
    to: 'svc/default/web:80',
    want: [
      `nat/PREROUTING  dnat  -A KUBE-PORTALS-CONTAINER -d 10.96.0.80/32 -p tcp -m comment --comment "default/web" -m tcp --dport 80 -j REDIRECT --to-ports PORT  ${port}`,
      'socket  deliver  listening on *:PORT (kube-proxy for default/web)',
      `socket  deliver  passed on to 10.244.1.5:8080 from 10.244.1.1:PORT  ${pod}`,
      'pod/default/web',
      'socket  deliver  listening on *:8080 (container web)',
      'the reply:',
      'node/node01',
    ],
  },
  {
    name: 'userspace: each attempt of the proxy that failed, and what its machine heard',
    mode: 'userspace',
    version: '1.25',
    to: 'svc/default/closed:80',
    want: [
      'socket  deliver  listening on *:PORT (kube-proxy for default/closed)',
      `socket  reject  attempt 1 to pass it on, to 10.244.1.5:8081 from 10.244.1.1:PORT: refused  ${pod}`,
      'socket  reject  nobody listens on port 8081; the machine listens on 8080',
      `socket  reject  attempt 2 to pass it on, to 10.244.1.5:8081 from 10.244.1.1:PORT: refused  ${pod}`,
      `socket  reject  attempt 3 to pass it on, to 10.244.1.5:8081 from 10.244.1.1:PORT: refused  ${pod}`,
      `socket  reject  attempt 4 to pass it on, to 10.244.1.5:8081 from 10.244.1.1:PORT: refused  ${pod}`,
      'socket  reject  nobody listens on port 8081; the machine listens on 8080',
      'the reply:',
    ],
  },
];
for (const row of rows) {
  test(`a trace explains itself: ${row.name}`, () => {
    const { mode, version = '1.34', from = 'pod/default/client', to } = row;
    // What is drawn at random or hashed in other tests' tables is not this one's.
    const lines = linesOf(traced(mode, version, from, to)).map((line) =>
      line
        .replace(/(--to-ports |\*:|10\.244\.1\.1:)\d{5}/, '$1PORT')
        .replaceAll(/endpoint-[A-Z2-7]{8}-/g, 'endpoint-X-'),
    );
    let next = 0;
    for (const line of row.want) {
      const found = lines.indexOf(line, next);
      assert.ok(found >= 0, `${line}\nnot after line ${next} of\n${lines.join('\n')}`);
      next = found + 1;
    }
  });
}

test('of a map of the rule itself, only the element that decided is shown', () => {
  const elements = [1, 2, 3].map((n) => `${n - 1} : goto endpoint-${n}`);
  const shown = elements.map((detail) => {
    const rule = `numgen random mod 3 vmap { ${elements.join(', ')} }`;
    const hop = { at: 'node/a', stage: 'nft ip t nat/PREROUTING', chain: 'c', source: null };
    const hops = [{ ...hop, rule, effect: 'drop' as const, detail }];
    const document = {
      ...traced('iptables', '1.34', 'pod/default/client', 'svc/default/web:80'),
      hops,
    };
    return linesOf(document)
      .find((line) => line.includes('numgen'))
      ?.split('c: ')[1];
  });
  assert.deepEqual(shown, [
    'numgen random mod 3 vmap { 0 : goto endpoint-1, ... }',
    'numgen random mod 3 vmap { ..., 1 : goto endpoint-2, ... }',
    'numgen random mod 3 vmap { ..., 2 : goto endpoint-3 }',
  ]);
});
