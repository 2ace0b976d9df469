// The order in which directives are set up and handlers chained, as plugin.cfg of each CoreDNS release lists it; and
// how far each directive is modelled. Data only. `inert` directives are accepted because they change no DNS answer.
import { atLeast, type CoreDnsVersion } from './kubeadm/version.ts';

/** `inert`: accepted, for it changes no answer. */
export interface Unmodelled {
  readonly kind: 'inert' | 'refused';
  readonly why: string;
}

const inert = (why: string): Unmodelled => ({ kind: 'inert', why });
const refused = (why: string): Unmodelled => ({ kind: 'refused', why });

const notYet = refused('it would change answers, and its rules are not built');

/** The directives of plugin.cfg that plugins.ts does not set up, in no particular order. */
export const UNMODELLED: Readonly<Record<string, Unmodelled>> = {
  geoip: notYet,
  cancel: inert('ends queries after 5 s, which no modelled query outlives'),
  tls: refused('DNS over TLS listeners are not modelled'),
  quic: refused('DNS over QUIC listeners are not modelled'),
  grpc_server: refused('DNS over gRPC listeners are not modelled'),
  https: refused('DNS over HTTPS listeners are not modelled'),
  https3: refused('DNS over HTTPS listeners are not modelled'),
  timeouts: inert('bounds idle TCP connections; exchanges here are single messages'),
  multisocket: inert('opens more sockets for the same address'),
  debug: inert('turns off the recovery from panics'),
  trace: inert('reports spans to a tracing server'),
  pprof: inert('serves profiles'),
  dnstap: inert('copies messages to a collector'),
  tsig: notYet,
  dnssec: notYet,
  route53: refused('asks a cloud provider'),
  azure: refused('asks a cloud provider'),
  clouddns: refused('asks a cloud provider'),
  nomad: refused('asks a Nomad server'),
  auto: notYet,
  secondary: refused('it takes its zones from other servers'),
  etcd: refused('asks an etcd cluster'),
  grpc: refused('upstreams over gRPC are not modelled'),
  on: inert('runs a command on start-up events'),
  sign: refused('DNSSEC signing is not modelled'),
  view: notYet,
  proxyproto: refused('the PROXY protocol is not modelled'),
  shed: inert('drops replies where a socket cannot keep up, which none here fails to'),
  siit: notYet,
  dynupdate: refused('dynamic updates are not modelled'),
  federation: refused('it is gone since 1.7.0, and its federations with it'),
  proxy: refused('it is gone since 1.5.0, and was never built'),
};

/** plugin.cfg of CoreDNS 1.4.0; those before it are taken to be the same. */
const oldest =
  'metadata tls reload nsid root bind debug trace health pprof prometheus errors log dnstap chaos ' +
  'loadbalance cache rewrite dnssec autopath template hosts route53 federation k8s_external ' +
  'kubernetes file auto secondary etcd loop forward proxy erratic whoami on';

interface Change {
  readonly since: CoreDnsVersion;
  /** Added, or moved there: "NAME>AFTER"; "NAME>" comes first of all. */
  readonly put?: string;
  readonly removed?: readonly string[];
}

/** What each release changed in plugin.cfg, which official builds are made from (1.14.2 has another order in its
 * zdirectives.go, and `go install` builds by that). */
const changes: readonly Change[] = [
  { since: '1.5.0', put: 'cancel>metadata ready>trace grpc>forward', removed: ['proxy'] },
  { since: '1.5.1', put: 'any>dnstap' },
  { since: '1.6.2', put: 'azure>route53' },
  { since: '1.6.4', put: 'acl>dnstap clouddns>azure sign>on' },
  { since: '1.6.5', put: 'transfer>template' },
  { since: '1.6.6', put: 'bufsize>nsid' },
  { since: '1.7.0', put: 'dns64>dnstap', removed: ['federation'] },
  { since: '1.8.1', put: 'local>dnstap' },
  { since: '1.8.4', put: 'minimal>autopath' },
  { since: '1.8.5', put: 'geoip>metadata header>rewrite' },
  { since: '1.9.4', put: 'tsig>loadbalance' },
  { since: '1.10.0', put: 'view>sign' },
  { since: '1.10.1', put: 'timeouts>tls' },
  { since: '1.11.3', put: 'root>' },
  { since: '1.12.0', put: 'multisocket>timeouts' },
  { since: '1.12.2', put: 'quic>tls' },
  { since: '1.13.0', put: 'nomad>view' },
  { since: '1.14.0', put: 'grpc_server>quic https>grpc_server https3>https' },
  // A rewritten name is what access is judged by.
  { since: '1.14.2', put: 'acl>rewrite' },
  { since: '1.14.3', put: 'proxyproto>tls' },
  // What clients' names are made of comes before what is cached.
  { since: '1.14.7', put: 'shed>pprof autopath>rewrite acl>autopath cache>acl tls>dnssec' },
  { since: '1.15.0', put: 'siit>dns64 dynupdate>transfer' },
];

const orders = new Map<CoreDnsVersion, readonly string[]>();

/** Directive names in chain order for a CoreDNS release. */
export function pluginOrder(version: CoreDnsVersion): readonly string[] {
  const known = orders.get(version) ?? orderOf(version);
  orders.set(version, known);
  return known;
}

function orderOf(version: CoreDnsVersion): readonly string[] {
  let order = oldest.split(' ');
  for (const { since, put = '', removed = [] } of changes) {
    if (!atLeast(version, since)) break;
    for (const word of put === '' ? [] : put.split(' ')) {
      const [name = '', after = ''] = word.split('>');
      order = order.filter((one) => one !== name);
      order.splice(after === '' ? 0 : order.indexOf(after) + 1, 0, name);
    }
    order = order.filter((one) => !removed.includes(one));
  }
  return order;
}
