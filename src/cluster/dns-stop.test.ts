// A CoreDNS process that is told to end: its lines, its lameduck time, its sockets; compared with CoreDNS 1.12.1 and 1.14.7
// under SIGTERM.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from './cluster.ts';
import { clusterDocument, clusterOf, podText } from './fixture.test.ts';

const corefile = (health: readonly string[], more: readonly string[] = []) => `---
apiVersion: v1
kind: ConfigMap
metadata: { name: coredns, namespace: kube-system }
data:
  Corefile: |
${['.:53 {', ...health, '  ready', '  kubernetes cluster.local', '}', ...more].map((line) => `    ${line}`).join('\n')}
`;
const lameduck = ['  health {', '    lameduck 5s', '  }'];
const document = clusterDocument(1, '  timing: realistic');
const term = '[INFO] SIGTERM: Shutting down servers then terminating';

function deletedIn(cluster: Cluster): string {
  const [pod] = cluster.objects.list('Pod', 'kube-system');
  const key = `kube-system/${pod?.metadata.name}`;
  cluster.delete('Pod', key);
  return key;
}

/** What comes of a query, of /health and of /ready at the Pod's own address: rcode or nothing, 200 or nothing. */
function alive(cluster: Cluster, ip: string | undefined): string {
  const dig = [
    'dig',
    '+short',
    '+tries=1',
    '+time=1',
    `@${ip}`,
    'kubernetes.default.svc.cluster.local',
  ];
  const fork = cluster.fork();
  const answer = fork.exec('pod/default/client', dig).stdout.trim();
  const http = (at: string) => {
    const { stdout } = fork.exec('pod/default/client', ['curl', '-s', `http://${ip}:${at}`]);
    return stdout.trim() === '' ? 'closed' : stdout.trim();
  };
  return [
    /^[\d.]+$/.test(answer) ? answer : 'silence',
    http('8080/health'),
    http('8181/ready'),
  ].join(' ');
}

const rows: readonly {
  readonly name: string;
  readonly corefile: string;
  readonly grace?: number;
  /** After so many ms of the deletion: what answers. */
  readonly want: readonly (readonly [number, string])[];
  readonly lines: readonly string[];
}[] = [
  {
    name: 'lameduck: everything but /ready goes on for 5 s',
    corefile: corefile(lameduck),
    want: [
      [100, '10.96.0.1 OK closed'],
      [4900, '10.96.0.1 OK closed'],
      [5100, 'silence closed closed'],
    ],
    lines: [term, '[INFO] plugin/health: Going into lameduck mode for 5s'],
  },
  {
    name: 'no lameduck: gone at once',
    corefile: corefile(['  health']),
    want: [[100, 'silence closed closed']],
    lines: [term],
  },
  {
    name: 'two lameducks: one after the other',
    corefile: corefile(lameduck, ['a.org {', '  health :8082 {', '    lameduck 2s', '  }', '}']),
    want: [
      [6900, '10.96.0.1 OK closed'],
      [7100, 'silence closed closed'],
    ],
    lines: [
      term,
      '[INFO] plugin/health: Going into lameduck mode for 5s',
      '[INFO] plugin/health: Going into lameduck mode for 2s',
    ],
  },
  {
    name: 'a lameduck longer than the grace period ends in SIGKILL',
    corefile: corefile(['  health {', '    lameduck 1m', '  }']),
    want: [
      [29_900, '10.96.0.1 OK closed'],
      [30_100, 'silence closed closed'],
    ],
    lines: [term, '[INFO] plugin/health: Going into lameduck mode for 1m0s'],
  },
];
for (const row of rows) {
  test(`A17: SIGTERM, ${row.name}`, () => {
    const cluster = clusterOf(document + podText('client') + row.corefile);
    const ip = cluster.objects.list('Pod', 'kube-system')[0]?.status?.podIP;
    assert.equal(alive(cluster, ip), '10.96.0.1 OK OK');
    const before = cluster.logs(
      `kube-system/${cluster.objects.list('Pod', 'kube-system')[0]?.metadata.name}`,
    );
    const fork = cluster.fork();
    const key = deletedIn(fork);
    let log = '';
    let atMs = 0;
    for (const [ms, want] of row.want) {
      fork.advance(ms - atMs);
      atMs = ms;
      assert.equal(alive(fork, ip), want, `after ${ms} ms`);
      if (fork.objects.get('Pod', key) !== undefined) log = fork.logs(key);
    }
    if (log !== '') assert.deepEqual(log.slice(before.length).trim().split('\n'), row.lines);
  });
}

test('a liveness probe that fails for good sends SIGTERM, and the log of the last instance ends with it', () => {
  const cluster = clusterOf(clusterDocument(1) + podText('client') + corefile(lameduck));
  const fork = cluster.fork();
  const key = `kube-system/${fork.objects.list('Pod', 'kube-system')[0]?.metadata.name}`;
  fork.happen('Pod', key, 'restarts');
  fork.advance(1000);
  assert.match(fork.logs(key, '', true), /terminating\n.*lameduck mode for 5s\n$/);
  assert.doesNotMatch(fork.logs(key), /SIGTERM/);
});
