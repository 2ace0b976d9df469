// A CoreDNS process in a cluster as `kubectl logs` and its HTTP servers show it: start, reload, end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from './cluster.ts';
import { clusterDocument, clusterOf, loaded, podText } from './fixture.test.ts';

const configMap = (lines: readonly string[]) => `---
apiVersion: v1
kind: ConfigMap
metadata: { name: coredns, namespace: kube-system }
data:
  Corefile: |
${lines.map((line) => `    ${line}`).join('\n')}
`;
const block = (...directives: readonly string[]) => [
  '.:53 {',
  ...['health', 'ready', 'reload', ...directives].map((line) => `  ${line}`),
  '}',
];

function keyOf(cluster: Cluster): string {
  const [pod] = cluster.objects.list('Pod', 'kube-system');
  return `kube-system/${pod?.metadata.name}`;
}

/** What the first CoreDNS has printed since `change`. */
function printed(cluster: Cluster, change: (cluster: Cluster) => void): readonly string[] {
  const key = keyOf(cluster);
  const before = cluster.logs(key);
  change(cluster);
  const after = cluster.logs(key);
  assert.ok(after.startsWith(before));
  return after.slice(before.length).split('\n').slice(0, -1);
}

const write = (lines: readonly string[]) => (cluster: Cluster) => {
  cluster.apply(loaded(configMap(lines)).manifests);
};

const hashes = [
  ['1.16', 'MD5 = f64cb9b977c7dfca58c4fab108535a76'],
  ['1.18', 'MD5 = 4e235fcc3696966e76816bcd9034ebc7'],
  ['1.24', 'MD5 = db32ca3650231d74073ff4cf814959a7'],
  [
    '1.31',
    'SHA512 = 591cf328cccc12bc490481273e738df59329c62c0b729d94e8b61db9961c2fa5' +
      'f046dd37f1cf888b953814040d180f52594972691cd6ff41be96639138a43908',
  ],
  [
    '1.34',
    'SHA512 = 1b226df79860026c6a52e67daa10d7f0d57ec5b023288ec00c5e05f93523c894' +
      '564e15b91770d3a07ae1cfbe861d15b37d4a0027e69c546ab112970993a3b03b',
  ],
] as const;
for (const [version, hash] of hashes) {
  test(`A17: kubeadm ${version} starts CoreDNS with the configuration ${hash.slice(0, 14)}`, () => {
    const document = clusterDocument(1).replace('"1.34"', `"${version}"`);
    const cluster = clusterOf(document);
    assert.ok(cluster.logs(keyOf(cluster)).includes(`Running configuration ${hash}\n`));
  });
}

const cluster = clusterOf(clusterDocument(2) + configMap(block('errors')) + podText('client'));

test('A17: processors, zones, configuration, release: the lines of a start in their order', () => {
  const lines = cluster.logs(keyOf(cluster)).split('\n');
  assert.deepEqual(
    lines.map((line) => line.replace(/[0-9a-f]{128}/, 'HEX')),
    [
      'maxprocs: Leaving GOMAXPROCS=64: CPU quota undefined',
      '.:53',
      '[INFO] plugin/reload: Running configuration SHA512 = HEX',
      'CoreDNS-1.12.1',
      'linux/amd64, go1.24.1, 707c7c1',
      '',
    ],
  );
});

const wrong = 'Error during parsing: Unknown directive';
const reloads: readonly {
  readonly name: string;
  readonly lines: readonly string[];
  readonly want: readonly RegExp[];
}[] = [
  {
    name: 'success is three lines, without zones and release',
    lines: block('errors', 'loadbalance'),
    want: [
      /^\[INFO\] Reloading$/,
      /^\[INFO\] plugin\/reload: Running configuration SHA512 = [0-9a-f]{128}$/,
      /^\[INFO\] Reloading complete$/,
    ],
  },
  {
    name: 'a directive that does not exist: the restart fails',
    lines: block('erors'),
    want: [
      /^\[INFO\] Reloading$/,
      new RegExp(`^\\[ERROR\\] Restart failed: /etc/coredns/Corefile:5 - ${wrong} 'erors'$`),
      new RegExp(
        '^\\[ERROR\\] plugin/reload: Corefile changed but reload failed: starting with listener ' +
          `file descriptors: /etc/coredns/Corefile:5 - ${wrong} 'erors'$`,
      ),
    ],
  },
  {
    name: 'a Corefile that does not parse is a warning',
    lines: block('errors {').slice(0, -1),
    want: [/^\[WARNING\] plugin\/reload: Corefile parse failed: \/etc\/coredns\/Corefile:\d+ - /],
  },
  { name: 'a comment at the end changes nothing', lines: [...block('errors'), '# x'], want: [] },
  {
    name: 'a line further down reloads too, for the hash covers line numbers',
    lines: ['', ...block('errors')],
    want: [/Reloading$/, /Running configuration/, /Reloading complete$/],
  },
];
for (const { name, lines, want } of reloads) {
  test(`A18: ${name}`, () => {
    const said = printed(cluster.fork(), write(lines));
    assert.equal(said.length, want.length, said.join('\n'));
    for (const [i, pattern] of want.entries()) assert.match(said[i] ?? '', pattern);
  });
}

test('A18: content that failed once is not tried again; going back is no change', () => {
  const fork = cluster.fork();
  write(block('erors'))(fork);
  const again = printed(fork, write([...block('erors'), '# more']));
  assert.deepEqual(again, []);
  assert.match(printed(fork, write(block('errors'))).join('\n'), /Reloading complete$/);
});

test('A18: a Corefile without reload is the last one that is read', () => {
  const fork = cluster.fork();
  assert.equal(printed(fork, write(['.:53 {', ' health', ' ready', '}'])).length, 2);
  assert.deepEqual(printed(fork, write(block('errors', 'loadbalance'))), []);
});

const later = (spec: string) =>
  clusterOf(clusterDocument(1, spec) + configMap(block('errors')) + podText('client'));

test('A18: the period is drawn once, 22.5 s to 37.5 s, and counted from the start', () => {
  for (const seed of [1, 2, 3]) {
    const document = clusterDocument(1, '  timing: realistic');
    const one = clusterOf(document + configMap(block('errors')), seed);
    write(block('errors', 'loadbalance'))(one);
    const start = one.nowMs;
    while (!one.logs(keyOf(one)).includes('Reloading')) one.advance(500);
    const tookMs = one.nowMs - start;
    assert.ok(tookMs >= 90_000 && tookMs <= 128_000, `${tookMs} ms`);
  }
});

test('A18: an interval that the Corefile names is kept to, and 0 s of jitter is exact from 1.36 on', () => {
  const named = block('errors').map((line) => line.replace('reload', 'reload 10s 0s'));
  const document = clusterDocument(1, '  timing: { configMap: 1s, dnsReload: 30s }');
  const one = clusterOf(document.replace('"1.34"', '"1.36"') + configMap(named));
  const key = keyOf(one);
  write([...named.slice(0, -1), '  loadbalance', '}'])(one);
  one.advance(8500);
  assert.doesNotMatch(one.logs(key), /Reloading/);
  one.advance(1500);
  assert.match(one.logs(key), /Reloading complete/);
});

test('reload: what does not parse is warned of at each look', () => {
  const one = later('  timing: realistic');
  write(block('errors {').slice(0, -1))(one);
  one.advance(240_000);
  const warnings = one.logs(keyOf(one)).match(/Corefile parse failed/g) ?? [];
  assert.ok(warnings.length >= 3 && warnings.length <= 6, `${warnings.length}`);
});

test('reload: counters go on, and tell of it', () => {
  const fork = cluster.fork();
  write(block('prometheus :9153'))(fork);
  write(block('prometheus :9153', 'nosuch'))(fork);
  const [pod] = fork.objects.list('Pod', 'kube-system');
  const url = `http://${pod?.status?.podIP}:9153/metrics`;
  const { stdout } = fork.exec('pod/default/client', ['curl', '-s', url]);
  assert.match(stdout, /^coredns_reload_failed_total 1$/m);
  assert.match(stdout, /^coredns_reload_version_info\{hash="sha512",value="[0-9a-f]{128}"\} 1$/m);
});
