// Corefiles under which the picture is asked: every option of the kubernetes plugin, alone and in the combinations that
// have rules of their own. `API` and `WORLD` stand for the addresses of the API server and of the outside's server.
import type { CoreDnsVersion } from '../../src/dns/kubeadm/version.ts';

export interface Variant {
  readonly name: string;
  readonly corefile: string;
  /** The first release that knows its options. */
  readonly since?: CoreDnsVersion;
  /** The first release that does not survive it. */
  readonly until?: CoreDnsVersion;
  /** The machine's own addresses, beside loopback; default none. */
  readonly localAddrs?: readonly string[];
  /** Zones that are asked; default "cluster.local." alone. */
  readonly zones?: readonly string[];
  /** Whole zones are asked for, over TCP, and nothing else. */
  readonly transfers?: boolean;
}

const usual = 'cluster.local in-addr.arpa ip6.arpa';

function variant(
  name: string,
  options: string,
  { on = usual, ...more }: Partial<Variant> & { readonly on?: string } = {},
): Variant {
  const stanza = `kubernetes ${on} {\n endpoint API\n ${options.split('; ').join('\n ')}\n }`;
  return { name, corefile: `.:53 {\n errors\n ${stanza}\n forward . WORLD\n}\n`, ...more };
}

/** With k8s_external in front, for a zone of its own and the reverse zones. */
function outside(
  name: string,
  external: string,
  options: string,
  more: Partial<Variant> = {},
): Variant {
  const made = variant(name, options, { on: 'cluster.local', zones: ['Edge.test.'], ...more });
  const stanza = ` k8s_external edge.test in-addr.arpa ip6.arpa {\n ${external}\n }\n`;
  return { ...made, corefile: made.corefile.replace(' forward', `${stanza} forward`) };
}

/** The same, with `transfer` in front, which asks for whole zones. */
function whole(made: Variant, to = '*'): Variant {
  const corefile = made.corefile.replace(' errors\n', ` errors\n transfer {\n to ${to}\n }\n`);
  return { ...made, name: `whole-${made.name}`, corefile, transfers: true };
}

export const variants: readonly Variant[] = [
  variant('kubeadm', 'pods insecure; fallthrough in-addr.arpa ip6.arpa; ttl 30'),
  variant('defaults', ''),
  variant('verified', 'pods verified; ttl 0'),
  variant('pod-names', 'endpoint_pod_names; ttl 3600'),
  variant('namespaces', 'namespaces demo bare nosuch; pods insecure'),
  variant('namespace-labels', 'namespace_labels team in (a),!tier; pods verified'),
  variant('labels', 'labels app; pods verified'),
  variant('labels-two', 'labels app=web,tier notin (back, front)'),
  variant('no-endpoints', 'noendpoints; fallthrough'),
  variant('no-empty', 'ignore empty_service; fallthrough cluster.local'),
  variant('two-zones', 'pods insecure', {
    on: 'in-addr.arpa other.test cluster.local 10.in-addr.arpa demo.svc.cluster.local',
    zones: ['cluster.local.', 'other.test.', 'demo.svc.cluster.local.'],
  }),
  variant('root', 'pods insecure; fallthrough example.org', {
    on: '.',
    zones: ['.', 'cluster.local.'],
  }),
  variant('cidr', 'fallthrough', { on: 'Cluster.Local 10.0.0.0/8 fd00::/16' }),
  variant('name-server', '', { localAddrs: ['10.244.0.2', 'fd00:244::2'] }),
  variant('name-server-headless', 'endpoint_pod_names', { localAddrs: ['10.1.2.1', '10.1.1.5'] }),
  variant('name-server-alone', '', { localAddrs: ['10.99.0.1', 'fd00:99::1'] }),
  variant('name-server-gone', '', { localAddrs: ['10.3.0.1'] }),
  variant('name-server-orphan', '', { localAddrs: ['10.9.3.1'] }),
  variant('multicluster', 'multicluster clusterset.local; pods insecure', {
    on: `${usual} clusterset.local`,
    since: '1.12.2',
    zones: ['clusterset.local.'],
  }),
  variant('multicluster-empty', 'multicluster clusterset.local; ignore empty_service', {
    on: `${usual} clusterset.local`,
    since: '1.12.2',
    zones: ['clusterset.local.'],
  }),
  variant('zonal', 'zonal', { since: '1.14.7' }),
  outside('external', '', 'ttl 20'),
  outside('external-headless', 'headless\n ttl 60\n apex ns.edge', 'endpoint_pod_names', {
    localAddrs: ['10.1.2.1', '10.244.0.2'],
  }),
  outside('external-fallthrough', 'headless\n fallthrough', 'namespaces demo', {
    localAddrs: ['10.1.1.8', 'fd00:244::2'],
  }),
  whole(variant('kubeadm', 'pods insecure; ttl 30', { localAddrs: ['10.244.0.2'] })),
  whole(variant('defaults', '')),
  whole(
    variant('pod-names', 'endpoint_pod_names; ttl 3600', {
      localAddrs: ['10.1.2.1'],
      until: '1.12.2',
    }),
  ),
  whole(variant('namespaces', 'namespaces demo svc pod', { localAddrs: ['10.99.0.1'] })),
  whole(variant('labels', 'labels app', { localAddrs: ['10.99.0.1'] })),
  whole(variant('two-servers', '', { localAddrs: ['10.99.0.1', 'fd00:99::1'], until: '1.12.2' })),
  whole(variant('forbidden', '', { localAddrs: ['10.99.0.1'] }), '10.9.9.9'),
  whole(
    variant('multicluster', 'multicluster clusterset.local; pods insecure', {
      on: `${usual} clusterset.local`,
      since: '1.12.2',
      zones: ['clusterset.local.'],
      localAddrs: ['10.99.0.1'],
    }),
  ),
  whole(outside('external', '', 'ttl 20', { localAddrs: ['10.99.0.1'] })),
  whole(
    outside('external-headless', 'headless\n ttl 60', 'labels app', { localAddrs: ['10.99.0.1'] }),
  ),
];
