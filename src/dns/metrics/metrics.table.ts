// The metrics of a CoreDNS process: names, help texts, labels (in the order of the text format: by code unit) and
// buckets, as plugin/metrics/vars and each plugin's metrics.go register them. `always`: without labels, and so shown
// from the start whatever the Corefile says. Not here: Go's and the process's own (go_*, process_*).

export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, ascending, without +Inf. */
  readonly buckets?: readonly number[];
  readonly always?: true;
}

/** 0.25 ms to 8 s. */
const timeBuckets = [
  0.00025, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024,
  2.048, 4.096, 8.192,
];
/** 0.25 ms to 2.5 s. */
const slimTimeBuckets = [0.00025, 0.0025, 0.025, 0.25, 2.5];
const sizeBuckets = [0, 100, 200, 300, 400, 511, 1023, 2047, 4095, 8291, 16e3, 32e3, 48e3, 64e3];
const zoned = ['server', 'view', 'zone'];
const cached = ['server', 'view', 'zones'];
const failed = ['class', 'section', 'server', 'template', 'type', 'view', 'zone'];

export const METRICS = {
  buildInfo: {
    name: 'coredns_build_info',
    help: "A metric with a constant '1' value labeled by version, revision, and goversion from which CoreDNS was built.",
    type: 'gauge',
    labels: ['goversion', 'revision', 'version'],
  },
  pluginEnabled: {
    name: 'coredns_plugin_enabled',
    help: 'A metric that indicates whether a plugin is enabled on per server and zone basis.',
    type: 'gauge',
    labels: ['name', 'server', 'view', 'zone'],
  },
  panics: {
    name: 'coredns_panics_total',
    help: 'A metrics that counts the number of panics.',
    type: 'counter',
    labels: [],
    always: true,
  },
  requests: {
    name: 'coredns_dns_requests_total',
    help: 'Counter of DNS requests made per zone, protocol and family.',
    type: 'counter',
    labels: ['family', 'proto', 'server', 'type', 'view', 'zone'],
  },
  requestDuration: {
    name: 'coredns_dns_request_duration_seconds',
    help: 'Histogram of the time (in seconds) each request took per zone.',
    type: 'histogram',
    labels: zoned,
    buckets: timeBuckets,
  },
  requestSize: {
    name: 'coredns_dns_request_size_bytes',
    help: 'Size of the EDNS0 UDP buffer in bytes (64K for TCP) per zone and protocol.',
    type: 'histogram',
    labels: ['proto', ...zoned],
    buckets: sizeBuckets,
  },
  doRequests: {
    name: 'coredns_dns_do_requests_total',
    help: 'Counter of DNS requests with DO bit set per zone.',
    type: 'counter',
    labels: zoned,
  },
  responseSize: {
    name: 'coredns_dns_response_size_bytes',
    help: 'Size of the returned response in bytes.',
    type: 'histogram',
    labels: ['proto', ...zoned],
    buckets: sizeBuckets,
  },
  responses: {
    name: 'coredns_dns_responses_total',
    help: 'Counter of response status codes.',
    type: 'counter',
    labels: ['plugin', 'rcode', ...zoned],
  },
  cacheEntries: {
    name: 'coredns_cache_entries',
    help: 'The number of elements in the cache.',
    type: 'gauge',
    labels: ['server', 'type', 'view', 'zones'],
  },
  cacheRequests: {
    name: 'coredns_cache_requests_total',
    help: 'The count of cache requests.',
    type: 'counter',
    labels: cached,
  },
  cacheHits: {
    name: 'coredns_cache_hits_total',
    help: 'The count of cache hits.',
    type: 'counter',
    labels: ['server', 'type', 'view', 'zones'],
  },
  cacheMisses: {
    name: 'coredns_cache_misses_total',
    help: 'The count of cache misses. Deprecated, derive misses from cache hits/requests counters.',
    type: 'counter',
    labels: cached,
  },
  cachePrefetches: {
    name: 'coredns_cache_prefetch_total',
    help: 'The number of times the cache has prefetched a cached item.',
    type: 'counter',
    labels: cached,
  },
  cacheDrops: {
    name: 'coredns_cache_drops_total',
    help: 'The number responses that are not cached, because the reply is malformed.',
    type: 'counter',
    labels: cached,
  },
  cacheServedStale: {
    name: 'coredns_cache_served_stale_total',
    help: 'The number of requests served from stale cache entries.',
    type: 'counter',
    labels: cached,
  },
  cacheEvictions: {
    name: 'coredns_cache_evictions_total',
    help: 'The count of cache evictions.',
    type: 'counter',
    labels: ['server', 'type', 'view', 'zones'],
  },
  forwardHealthcheckBroken: {
    name: 'coredns_forward_healthcheck_broken_total',
    help: 'Counter of the number of complete failures of the healthchecks.',
    type: 'counter',
    labels: [],
    always: true,
  },
  forwardMaxConcurrentRejects: {
    name: 'coredns_forward_max_concurrent_rejects_total',
    help: 'Counter of the number of queries rejected because the concurrent queries were at maximum.',
    type: 'counter',
    labels: [],
    always: true,
  },
  // Before 1.11.0 in place of coredns_proxy_*.
  forwardRequests: {
    name: 'coredns_forward_requests_total',
    help: 'Counter of requests made per upstream.',
    type: 'counter',
    labels: ['to'],
  },
  forwardResponses: {
    name: 'coredns_forward_responses_total',
    help: 'Counter of responses received per upstream.',
    type: 'counter',
    labels: ['rcode', 'to'],
  },
  forwardRequestDuration: {
    name: 'coredns_forward_request_duration_seconds',
    help: 'Histogram of the time each request took.',
    type: 'histogram',
    labels: ['rcode', 'to'],
    buckets: timeBuckets,
  },
  forwardHealthcheckFailures: {
    name: 'coredns_forward_healthcheck_failures_total',
    help: 'Counter of the number of failed healthchecks.',
    type: 'counter',
    labels: ['to'],
  },
  forwardConnCacheHits: {
    name: 'coredns_forward_conn_cache_hits_total',
    help: 'Counter of connection cache hits per upstream and protocol.',
    type: 'counter',
    labels: ['proto', 'to'],
  },
  forwardConnCacheMisses: {
    name: 'coredns_forward_conn_cache_misses_total',
    help: 'Counter of connection cache misses per upstream and protocol.',
    type: 'counter',
    labels: ['proto', 'to'],
  },
  proxyRequestDuration: {
    name: 'coredns_proxy_request_duration_seconds',
    help: 'Histogram of the time each request took.',
    type: 'histogram',
    labels: ['proxy_name', 'rcode', 'to'],
    buckets: timeBuckets,
  },
  proxyHealthcheckFailures: {
    name: 'coredns_proxy_healthcheck_failures_total',
    help: 'Counter of the number of failed healthchecks.',
    type: 'counter',
    labels: ['proxy_name', 'to'],
  },
  proxyConnCacheHits: {
    name: 'coredns_proxy_conn_cache_hits_total',
    help: 'Counter of connection cache hits per upstream and protocol.',
    type: 'counter',
    labels: ['proto', 'proxy_name', 'to'],
  },
  proxyConnCacheMisses: {
    name: 'coredns_proxy_conn_cache_misses_total',
    help: 'Counter of connection cache misses per upstream and protocol.',
    type: 'counter',
    labels: ['proto', 'proxy_name', 'to'],
  },
  healthDuration: {
    name: 'coredns_health_request_duration_seconds',
    help: 'Histogram of the time (in seconds) each request took.',
    type: 'histogram',
    labels: [],
    buckets: slimTimeBuckets,
    always: true,
  },
  healthFailures: {
    name: 'coredns_health_request_failures_total',
    help: 'The number of times the health check failed.',
    type: 'counter',
    labels: [],
    always: true,
  },
  hostsEntries: {
    name: 'coredns_hosts_entries',
    help: 'The combined number of entries in hosts and Corefile.',
    type: 'gauge',
    labels: ['hostsfile'],
  },
  hostsReloadTimestamp: {
    name: 'coredns_hosts_reload_timestamp_seconds',
    help: 'The timestamp of the last reload of hosts file.',
    type: 'gauge',
    labels: [],
    always: true,
  },
  reloadFailed: {
    name: 'coredns_reload_failed_total',
    help: 'Counter of the number of failed reload attempts.',
    type: 'counter',
    labels: [],
    always: true,
  },
  reloadVersion: {
    name: 'coredns_reload_version_info',
    help: "A metric with a constant '1' value labeled by hash, and value which type of hash generated.",
    type: 'gauge',
    labels: ['hash', 'value'],
  },
  autopathSuccess: {
    name: 'coredns_autopath_success_total',
    help: 'Counter of requests that did autopath.',
    type: 'counter',
    labels: ['server'],
  },
  localhostRequests: {
    name: 'coredns_local_localhost_requests_total',
    help: 'Counter of localhost.<domain> requests.',
    type: 'counter',
    labels: [],
    always: true,
  },
  aclBlocked: {
    name: 'coredns_acl_blocked_requests_total',
    help: 'Counter of DNS requests being blocked.',
    type: 'counter',
    labels: zoned,
  },
  aclFiltered: {
    name: 'coredns_acl_filtered_requests_total',
    help: 'Counter of DNS requests being filtered.',
    type: 'counter',
    labels: zoned,
  },
  aclAllowed: {
    name: 'coredns_acl_allowed_requests_total',
    help: 'Counter of DNS requests being allowed.',
    type: 'counter',
    labels: ['server', 'view'],
  },
  aclDropped: {
    name: 'coredns_acl_dropped_requests_total',
    help: 'Counter of DNS requests being dropped.',
    type: 'counter',
    labels: zoned,
  },
  templateMatches: {
    name: 'coredns_template_matches_total',
    help: 'Counter of template regex matches.',
    type: 'counter',
    labels: ['class', 'server', 'type', 'view', 'zone'],
  },
  templateFailures: {
    name: 'coredns_template_template_failures_total',
    help: 'Counter of go template failures.',
    type: 'counter',
    labels: failed,
  },
  templateRrFailures: {
    name: 'coredns_template_rr_failures_total',
    help: 'Counter of mis-templated RRs.',
    type: 'counter',
    labels: failed,
  },
} as const satisfies Readonly<Record<string, MetricFamily>>;
