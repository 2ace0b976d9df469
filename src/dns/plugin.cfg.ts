// The order in which directives are set up and handlers chained, as plugin.cfg of each CoreDNS release lists it; and
// how far each directive is modelled. Data only. `inert` directives are accepted because they change no DNS answer.
import { atLeast, type CoreDnsVersion } from './version.ts';

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
  metadata: inert('only publishes values that logs and metrics can show'),
  geoip: notYet,
  cancel: inert('ends queries after 5 s, which no modelled query outlives'),
  tls: refused('DNS over TLS listeners are not modelled'),
  quic: refused('DNS over QUIC listeners are not modelled'),
  grpc_server: refused('DNS over gRPC listeners are not modelled'),
  https: refused('DNS over HTTPS listeners are not modelled'),
  https3: refused('DNS over HTTPS listeners are not modelled'),
  timeouts: inert('bounds idle TCP connections; exchanges here are single messages'),
  multisocket: inert('opens more sockets for the same address'),
  reload: inert(
    're-reads the Corefile; whoever owns the server starts it anew (src/cluster/reload.ts)',
  ),
  nsid: notYet,
  bufsize: notYet,
  debug: inert('turns off the recovery from panics'),
  trace: inert('reports spans to a tracing server'),
  pprof: inert('serves profiles'),
  log: inert('writes a line per query to the log'),
  dnstap: inert('copies messages to a collector'),
  local: notYet,
  dns64: notYet,
  acl: notYet,
  any: notYet,
  chaos: notYet,
  tsig: notYet,
  rewrite: notYet,
  header: notYet,
  dnssec: notYet,
  autopath: notYet,
  minimal: notYet,
  template: notYet,
  transfer: refused('zone transfers are not modelled'),
  hosts: notYet,
  route53: refused('asks a cloud provider'),
  azure: refused('asks a cloud provider'),
  clouddns: refused('asks a cloud provider'),
  nomad: refused('asks a Nomad server'),
  k8s_external: notYet,
  file: notYet,
  auto: notYet,
  secondary: refused('zone transfers are not modelled'),
  etcd: refused('asks an etcd cluster'),
  loop: inert('only looks for its own probe in the first seconds after the start'),
  grpc: refused('upstreams over gRPC are not modelled'),
  erratic: notYet,
  whoami: notYet,
  on: inert('runs a command on start-up events'),
  sign: refused('DNSSEC signing is not modelled'),
  view: notYet,
  proxyproto: refused('the PROXY protocol is not modelled'),
};

const HEAD =
  'root metadata geoip cancel tls proxyproto quic grpc_server https https3 timeouts multisocket ' +
  'reload nsid bufsize bind debug trace ready health pprof prometheus errors log dnstap local dns64';
const TAIL =
  'minimal template transfer hosts route53 azure clouddns nomad k8s_external kubernetes file auto ' +
  'secondary etcd loop forward grpc erratic whoami on sign view';

/** Newest first; the first row that the version reaches is its plugin.cfg. */
const orders: readonly { readonly since: CoreDnsVersion; readonly middle: string }[] = [
  {
    since: '1.14.7',
    middle: 'any chaos loadbalance tsig rewrite autopath acl cache header dnssec',
  },
  {
    since: '1.14.2',
    middle: 'any chaos loadbalance tsig cache rewrite acl header dnssec autopath',
  },
  {
    since: '1.0.0',
    middle: 'acl any chaos loadbalance tsig cache rewrite header dnssec autopath',
  },
];

/** Directive names in chain order for a CoreDNS release. */
export function pluginOrder(version: CoreDnsVersion): readonly string[] {
  const row = orders.find((order) => atLeast(version, order.since));
  return `${HEAD} ${row?.middle ?? ''} ${TAIL}`.split(' ');
}
