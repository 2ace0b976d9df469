// The registry of counters: its text, its forks; and what `prometheus` counts of a query.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../../net/addr.ts';
import { type Lab, lab, namespace, TCP } from '../fixture.test.ts';
import type { CoreDnsVersion } from '../kubeadm/version.ts';
import { METRICS } from './metrics.table.ts';
import { formatNumber, Metrics } from './metrics.ts';

const numbers = [
  [0, '0'],
  [1, '1'],
  [999_999, '999999'],
  [1_000_000, '1e+06'],
  [1_234_567.25, '1.23456725e+06'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [64_000, '64000'],
  [Number.POSITIVE_INFINITY, '+Inf'],
] as const;
for (const [value, text] of numbers) {
  test(`metrics: ${value} is printed as Go prints it, ${text}`, () => {
    assert.equal(formatNumber(value), text);
  });
}

/** The lines of a family, comments left out. */
function seriesOf(text: string, name: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

test('metrics: families and series are sorted by name and label values', () => {
  const metrics = new Metrics();
  metrics.count(METRICS.cacheHits, 'dns://:53', 'success', '', '.');
  metrics.count(METRICS.cacheHits, 'dns://:53', 'denial', '', '.');
  metrics.count(METRICS.cacheHits, 'dns://:53', 'success', '', '.');
  assert.deepEqual(seriesOf(metrics.text(), 'coredns_cache_hits_total'), [
    'coredns_cache_hits_total{server="dns://:53",type="denial",view="",zones="."} 1',
    'coredns_cache_hits_total{server="dns://:53",type="success",view="",zones="."} 2',
  ]);
  const names = [...metrics.text().matchAll(/# TYPE (\S+)/g)].map((match) => match[1]);
  assert.deepEqual(names, [...names].sort());
});

test('metrics: a label value is escaped', () => {
  const metrics = new Metrics();
  metrics.count(METRICS.hostsEntries, 'a"b\\c\nd');
  const lines = seriesOf(metrics.text(), 'coredns_hosts_entries');
  assert.deepEqual(lines, ['coredns_hosts_entries{hostsfile="a\\"b\\\\c\\nd"} 1']);
});

test('metrics: a histogram is cumulative, its bounds belong to their buckets', () => {
  const metrics = new Metrics();
  const cell = metrics.cell(METRICS.healthDuration);
  for (const value of [0, 0.0025, 0.0026, 9]) {
    metrics.observe(cell, METRICS.healthDuration.buckets, value);
  }
  const text = metrics.text().split('\n');
  const own = text.filter((line) => line.startsWith('coredns_health_request_duration_seconds'));
  assert.deepEqual(
    own.map((line) => line.replace('coredns_health_request_duration_seconds', '')),
    [
      '_bucket{le="0.00025"} 1',
      '_bucket{le="0.0025"} 2',
      '_bucket{le="0.025"} 3',
      '_bucket{le="0.25"} 3',
      '_bucket{le="2.5"} 3',
      '_bucket{le="+Inf"} 4',
      '_sum 9.0051',
      '_count 4',
    ],
  );
});

test('metrics: a fork counts on its own, in both directions', () => {
  const metrics = new Metrics();
  metrics.count(METRICS.panics);
  const fork = metrics.fork();
  fork.count(METRICS.panics);
  metrics.count(METRICS.cacheHits, 's', 'denial', '', '.');
  fork.count(METRICS.cacheHits, 's', 'success', '', '.');
  assert.deepEqual(seriesOf(metrics.text(), 'coredns_panics_total'), ['coredns_panics_total 1']);
  assert.deepEqual(seriesOf(fork.text(), 'coredns_panics_total'), ['coredns_panics_total 2']);
  assert.match(
    seriesOf(metrics.text(), 'coredns_cache_hits_total').join(),
    /denial[^,]*,[^,]*,[^,]* 1$/,
  );
  assert.match(
    seriesOf(fork.text(), 'coredns_cache_hits_total').join(),
    /success[^,]*,[^,]*,[^,]* 1$/,
  );
});

const scrape = (one: Lab, nowMs = 0) =>
  one.server.askHttp({ addr: null, port: 9153 }, '/metrics', nowMs).body;

const corefile = `.:53 {
  errors
  prometheus :9153
  kubernetes cluster.local
  loadbalance
}
`;

for (const [what, text] of [
  ['queries', corefile],
  ['hits of the cache', `${corefile.slice(0, -2)}  cache 30\n}\n`],
] as const) {
  test(`metrics: ${what} that both sides of a fork see for the first time count on both`, () => {
    const one = lab([namespace('demo')], { corefile: text });
    one.ask('cluster.local SOA');
    const fork = one.fork();
    const asked = ['a.demo.svc.cluster.local', 'a.demo.svc.cluster.local', 'cluster.local TXT'];
    for (const name of asked) fork.ask(name);
    const page = scrape(fork);
    for (const name of asked) one.ask(name);
    assert.equal(scrape(one), page);
    assert.equal(scrape(fork), page);
    assert.match(page, /rcode="NXDOMAIN",server="dns:\/\/:53",view="",zone="."\} 3/);
  });
}

interface Row {
  readonly name: string;
  readonly corefile?: string;
  readonly version?: CoreDnsVersion;
  readonly ask: Parameters<Lab['ask']>;
  readonly series: keyof typeof METRICS;
  readonly want: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: 'a query is counted by family, transport, type and zone of the server block',
    ask: ['cluster.local SOA'],
    series: 'requests',
    want: ['family="1",proto="udp",server="dns://:53",type="SOA",view="",zone="."} 1'],
  },
  {
    name: 'a type without a label of its own is "other"',
    ask: ['cluster.local HINFO', { proto: TCP }],
    series: 'requests',
    want: ['family="1",proto="tcp",server="dns://:53",type="other",view="",zone="."} 1'],
  },
  {
    name: 'before 1.14.0 the label plugin names the outermost that wrapped the writer [q]',
    ask: ['cluster.local SOA'],
    series: 'responses',
    want: ['plugin="loadbalance",rcode="NOERROR",server="dns://:53",view="",zone="."} 1'],
  },
  {
    name: 'before 1.14.0, with nobody in between, it names the one that wrote',
    corefile: corefile.replace('  loadbalance\n', ''),
    ask: ['cluster.local SOA'],
    series: 'responses',
    want: ['plugin="kubernetes",rcode="NOERROR",server="dns://:53",view="",zone="."} 1'],
  },
  {
    name: 'from 1.14.0 on it names the next handler, whoever wrote [q]',
    version: '1.14.2',
    ask: ['x.cluster.local A'],
    series: 'responses',
    want: ['plugin="errors",rcode="NXDOMAIN",server="dns://:53",view="",zone="."} 1'],
  },
  {
    name: 'nothing written: the rcode that was returned, no plugin',
    ask: ['example.org A'],
    series: 'responses',
    want: ['plugin="",rcode="SERVFAIL",server="dns://:53",view="",zone="."} 1'],
  },
  {
    name: 'a query refused before any chain stands under the zone "dropped"',
    ask: ['cluster.local A', { class: 3 }],
    series: 'responses',
    want: ['plugin="",rcode="REFUSED",server="dns://:53",view="",zone="dropped"} 1'],
  },
  {
    name: 'DO is counted apart',
    ask: ['cluster.local A', { edns: { udpSize: 1232, version: 0, dnssecOk: true, options: [] } }],
    series: 'doRequests',
    want: ['server="dns://:53",view="",zone="."} 1'],
  },
];
for (const { name, ask, series, want, ...given } of rows) {
  test(`prometheus: ${name}`, () => {
    const { corefile: text = corefile, version } = given;
    const one = lab([], { corefile: text, ...(version === undefined ? {} : { version }) });
    one.ask(...ask);
    const lines = seriesOf(scrape(one), METRICS[series].name);
    assert.deepEqual(
      lines.map((line) => line.slice(line.indexOf('{') + 1)),
      want,
    );
  });
}

test('prometheus: sizes are those without compression, durations virtual', () => {
  const one = lab([], {
    corefile: '.:53 {\n prometheus :9153\n forward . 10.9.9.9\n}\n',
    exchange: () => ({ kind: 'timeout', elapsedMs: 2000 }),
  });
  one.ask('example.org A');
  const sums = scrape(one)
    .split('\n')
    .filter((line) => /^coredns_dns_\S+_sum/.test(line));
  assert.deepEqual(
    sums.map((line) => line.replace(/\{.*\}/, '')),
    [
      'coredns_dns_request_duration_seconds_sum 6',
      'coredns_dns_request_size_bytes_sum 29',
      'coredns_dns_response_size_bytes_sum 0',
    ],
  );
});

test('prometheus: the release and the plugins of a zone are shown from the start', () => {
  const text = scrape(lab([], { corefile }));
  assert.deepEqual(seriesOf(text, 'coredns_build_info'), [
    'coredns_build_info{goversion="go1.24.1",revision="707c7c1",version="1.12.1"} 1',
  ]);
  const plugins = seriesOf(text, 'coredns_plugin_enabled').map((line) => line.split('"')[1]);
  assert.deepEqual(plugins, ['errors', 'kubernetes', 'loadbalance', 'prometheus']);
});

test('prometheus: without it nothing is counted', () => {
  const one = lab([], { corefile: '.:53 {\n kubernetes cluster.local\n}\n' });
  one.ask('cluster.local SOA');
  assert.equal(one.server.metrics, null);
});

test('health: its own checks show in the metrics, one a second', () => {
  const one = lab([], { corefile: '.:53 {\n prometheus :9153\n health\n}\n' });
  const lines = seriesOf(scrape(one, 7_999), 'coredns_health_request_duration_seconds_count');
  assert.deepEqual(lines, ['coredns_health_request_duration_seconds_count 7']);
});

const at = (port: number, host: string | null = null) => ({
  addr: host === null ? null : addr(host),
  port,
});
const https = [
  { name: 'health says OK', at: at(8080), path: '/health', want: '200 OK' },
  {
    name: 'health: a query string changes nothing',
    at: at(8080),
    path: '/health?x',
    want: '200 OK',
  },
  { name: 'a wrong path', at: at(8080), path: '/ready', want: '404 404 page not found\n' },
  { name: 'ready, synced', at: at(8181), path: '/ready', want: '200 OK' },
  {
    name: 'ready, not synced',
    at: at(8181),
    path: '/ready',
    synced: false,
    want: '503 kubernetes',
  },
  {
    name: 'health where the Corefile binds it',
    corefile: '.:53 {\n health 127.0.0.1:8888\n}\n',
    at: at(8888, '127.0.0.1'),
    path: '/health',
    want: '200 OK',
  },
];
for (const { name, path, want, synced = true, ...row } of https) {
  test(`http: ${name}`, () => {
    const one = lab([], { synced, ...('corefile' in row ? { corefile: row.corefile ?? '' } : {}) });
    assert.ok(one.server.http.some((l) => l.addr === row.at.addr && l.port === row.at.port));
    const { status, body } = one.server.askHttp(row.at, path, 0);
    assert.equal(`${status} ${body}`, want);
  });
}

/** Answers itself with what it is asked, marked as a reply. */
const echo = (_proto: unknown, _to: unknown, _port: unknown, bytes: Uint8Array) => {
  const message = Uint8Array.from(bytes);
  message[2] = (message[2] ?? 0) | 0x80;
  return { kind: 'reply', message, elapsedMs: 3, port: 40_000 } as const;
};
const relayed: readonly (readonly [CoreDnsVersion, readonly string[]])[] = [
  [
    '1.12.1',
    [
      'coredns_proxy_conn_cache_hits_total{proto="udp",proxy_name="forward",to="9.9.9.9:53"} 1',
      'coredns_proxy_conn_cache_misses_total{proto="tcp",proxy_name="forward",to="9.9.9.9:53"} 1',
      'coredns_proxy_conn_cache_misses_total{proto="udp",proxy_name="forward",to="9.9.9.9:53"} 1',
      'coredns_proxy_request_duration_seconds_count{proxy_name="forward",rcode="NOERROR",to="9.9.9.9:53"} 3',
    ],
  ],
  [
    '1.10.1',
    [
      'coredns_forward_conn_cache_hits_total{proto="udp",to="9.9.9.9:53"} 1',
      'coredns_forward_conn_cache_misses_total{proto="tcp",to="9.9.9.9:53"} 1',
      'coredns_forward_conn_cache_misses_total{proto="udp",to="9.9.9.9:53"} 1',
      'coredns_forward_request_duration_seconds_count{rcode="NOERROR",to="9.9.9.9:53"} 3',
      'coredns_forward_requests_total{to="9.9.9.9:53"} 3',
      'coredns_forward_responses_total{rcode="NOERROR",to="9.9.9.9:53"} 3',
    ],
  ],
];
for (const [version, want] of relayed) {
  test(`metrics: forward counts connections and answers, as ${version} names them`, () => {
    const corefile = '. {\n prometheus\n forward . 9.9.9.9\n}\n';
    const one = lab([], { corefile, version, exchange: echo });
    one.ask('a.org A');
    one.ask('b.org A', { nowMs: 1000 });
    one.ask('c.org A', { nowMs: 2000, proto: TCP });
    const lines = (one.server.metrics?.text() ?? '').split('\n');
    const own = lines.filter((line) => /_(proxy|forward)_.*9\.9\.9\.9/.test(line));
    assert.deepEqual(
      own.filter((line) => !/_(bucket|sum)\{/.test(line)),
      want,
    );
  });
}

test('metrics: forward counts failed probes, and the queries of which all upstreams were down', () => {
  const corefile = '. {\n prometheus\n forward . 9.9.9.9 {\n max_fails 1\n }\n}\n';
  const exchange = () => ({ kind: 'refused', elapsedMs: 0 }) as const;
  const one = lab([], { corefile, version: '1.12.1', exchange });
  one.ask('a.org A');
  one.ask('a.org A', { nowMs: 20_000 });
  const text = one.server.metrics?.text() ?? '';
  const [failures] = seriesOf(text, 'coredns_proxy_healthcheck_failures_total');
  assert.match(failures ?? '', /to="9\.9\.9\.9:53"\} \d+$/);
  const [broken = ''] = seriesOf(text, 'coredns_forward_healthcheck_broken_total');
  assert.ok(Number(broken.split(' ')[1]) > 0, broken);
});

test('metrics: acl counts what it lets through and what not, template its matches, hosts its entries', () => {
  const corefile = [
    '. {',
    ' prometheus',
    ' acl shut.org {',
    '  block type TXT',
    ' }',
    ' hosts /hosts {',
    '  1.1.1.1 a.org',
    '  fallthrough',
    ' }',
    ' template IN A d.org {',
    '  answer "{{ .Name }} 60 IN A 2.2.2.2"',
    ' }',
    '}',
    '',
  ].join('\n');
  const one = lab([], {
    corefile,
    version: '1.12.1',
    files: { '/hosts': '3.3.3.3 b.org c.org\n' },
  });
  for (const name of ['shut.org TXT', 'shut.org A', 'a.org A', 'd.org A']) one.ask(name);
  const text = one.server.metrics?.text() ?? '';
  const lines = ['acl_blocked_requests', 'acl_allowed_requests', 'template_matches']
    .map((name) => `coredns_${name}_total`)
    .flatMap((name) => seriesOf(text, name));
  assert.deepEqual(lines, [
    'coredns_acl_blocked_requests_total{server="dns://:53",view="",zone="shut.org."} 1',
    'coredns_acl_allowed_requests_total{server="dns://:53",view=""} 3',
    'coredns_template_matches_total{class="IN",server="dns://:53",type="A",view="",zone="d.org."} 1',
  ]);
  assert.deepEqual(seriesOf(text, 'coredns_hosts_entries'), [
    'coredns_hosts_entries{hostsfile="/hosts"} 6',
  ]);
});
