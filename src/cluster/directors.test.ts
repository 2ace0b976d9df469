// Directors in a whole cluster: a fork goes its own way and never changes its parent, the same seed gives the same bytes,
// and long times leave nothing behind.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from './cluster.ts';
import { clusterDocument, clusterOf, fate, podText } from './fixture.test.ts';

/** lb1 is the better one of a pair in front of node port 30080, which it checks by HTTP. */
function director(n: number): string {
  return `    - name: lb${n}
      ip: 10.0.0.10${n}
      sysctls: { net.ipv4.ip_forward: 1, net.ipv4.vs.conntrack: 1 }
      iptables: |
        *nat
        -A POSTROUTING -m ipvs --vaddr 10.0.0.100/32 -j MASQUERADE
        COMMIT
      keepalived: |
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority ${200 - 50 * n}
            virtual_ipaddress {
                10.0.0.100
            }
        }
        virtual_server 10.0.0.100 80 {
            delay_loop 6
            lb_algo rr
            lb_kind NAT
            protocol TCP
            real_server 10.0.0.11 30080 {
                HTTP_GET {
                    url {
                        path /
                    }
                }
            }
            real_server 10.0.0.12 30080 {
                TCP_CHECK {
                }
            }
        }
`;
}

const document = clusterDocument(
  2,
  `  hosts:\n    - { name: laptop, ip: 203.0.113.50 }\n${director(1)}${director(2)}`,
);
const service = `---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: NodePort, selector: { app: web }, ports: [ { port: 80, nodePort: 30080 } ] }
`;
const text = document + podText('web', { spec: 'nodeName: node01' }) + service;

const hosts = ['host/lb1', 'host/lb2'];
const tools = ['journalctl -u keepalived -o cat', 'ip addr', 'ipvsadm -Ln', 'conntrack -L'];

/** All that directors show. */
function shown(cluster: Cluster): string {
  const printed = hosts.flatMap((host) =>
    tools.map((tool) => `${host}: ${tool}\n${cluster.exec(host, tool.split(' ')).stdout}`),
  );
  const states = cluster.directors.map(({ host, running, held }) => `${host} ${running} ${held}`);
  return [cluster.nowMs, ...states, ...printed].join('\n');
}

type Step = (cluster: Cluster) => void;

const connect: Step = (cluster) => {
  cluster.connect('host/laptop', '10.0.0.100:80');
};
const pass =
  (ms: number): Step =>
  (cluster) =>
    cluster.advance(ms);

/** A master dies, a node fails its checks, a keepalived ends and starts, two do not hear each other. */
const story: readonly Step[] = [
  connect,
  (cluster) => cluster.happen('host', 'lb1', 'goes down'),
  pass(3_700),
  connect,
  (cluster) => cluster.happen('Node', 'node02', 'goes down'),
  pass(60_000),
  (cluster) => cluster.happen('host', 'lb1', 'comes back'),
  pass(3_000),
  pass(30_000),
  connect,
  (cluster) => cluster.setLink('host/lb1', 'host/lb2', { kind: 'loses', percent: 50 }),
  pass(60_000),
  (cluster) => cluster.setLink('host/lb1', 'host/lb2', { kind: 'restored' }),
  (cluster) => cluster.happen('Node', 'node02', 'comes back'),
  (cluster) => cluster.setComponent({ kind: 'keepalived', host: 'lb1' }, 'stops'),
  pass(700),
  connect,
  (cluster) => cluster.setComponent({ kind: 'keepalived', host: 'lb1' }, 'starts'),
  pass(30_000),
  connect,
];

/** What is shown before each step of the story and after the last one. */
function told(cluster: Cluster): readonly string[] {
  const before = story.map((step) => {
    const now = shown(cluster);
    step(cluster);
    return now;
  });
  return [...before, shown(cluster)];
}

test('directors: the same seed gives the same bytes, another one others', () => {
  const [first, again, other] = [5, 5, 6].map((seed) => told(clusterOf(text, seed)).join('\n'));
  assert.equal(first, again);
  assert.notEqual(first, other);
});

test('directors: a fork at any point goes on as its parent would, and never changes it', () => {
  const want = told(clusterOf(text, 5));
  const cluster = clusterOf(text, 5);
  for (const [i, step] of story.entries()) {
    const fork = cluster.fork();
    const further = story.slice(i).map((next) => {
      next(fork);
      return shown(fork);
    });
    assert.deepEqual(further, want.slice(i + 1), `fork before step ${i + 1}`);
    assert.equal(shown(cluster), want[i], `parent before step ${i + 1}`);
    step(cluster);
  }
  assert.equal(shown(cluster), want.at(-1));
});

test('directors: one long pass is many short ones', () => {
  const [long, short] = [clusterOf(text), clusterOf(text)];
  for (const cluster of [long, short]) cluster.happen('host', 'lb1', 'goes down');
  long.advance(600_007);
  for (let ms = 0; ms < 600_007; ms += 997) short.advance(Math.min(997, 600_007 - ms));
  assert.equal(shown(long), shown(short));
});

test('directors: an IPv6 pair fails over, and forwards by the setting of its family alone', () => {
  const six = (value: string) =>
    value
      .replace(/10\.0\.0\.(\d+)\/32/g, 'fd00:1::$1/128')
      .replace(/10\.0\.0\.(\d+)/g, 'fd00:1::$1')
      .replace('203.0.113.50', '2001:db8::50')
      .replace(
        '  nodes:',
        '  networking: { podSubnet: "fd00:10::/56", serviceSubnet: "fd00:96::/112" }\n  nodes:',
      );
  const forwarding = text.replaceAll('net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding');
  for (const [given, before, after] of [
    [forwarding, 'answered pod/default/web', 'answered pod/default/web'],
    [text, 'timeout noreply', 'timeout noreply'],
  ] as const) {
    const cluster = clusterOf(six(given));
    assert.equal(fate(cluster, 'host/laptop', '[fd00:1::100]:80'), before);
    cluster.happen('host', 'lb1', 'goes down');
    cluster.advance(3_500);
    assert.notEqual(fate(cluster, 'host/laptop', '[fd00:1::100]:80'), 'answered pod/default/web');
    cluster.advance(200);
    assert.equal(fate(cluster, 'host/laptop', '[fd00:1::100]:80'), after);
  }
});
