// What is to blame for a look-up that gave no address: which Service, Namespace or Pod the name was meant for, and why
// nobody knows it. Reads the queries as they were made; asks nothing itself. Names follow the DNS specification of
// Kubernetes (kubernetes/dns docs/specification.md).
import { hintFor, nearest } from '../api/decode-hint.ts';
import { keyOf, matchesLabels, type Pod, type Service, type StatefulSet } from '../api/types.ts';
import type { Attempt, Cluster, Resolution } from '../cluster/cluster.ts';
import { type Addr, formatAddr, parseAddr } from '../net/addr.ts';
import type { BlameReason } from './blame.table.ts';
import { endpointsDetail } from './blame-endpoints.ts';
import { clusterIPOwner, endpointsOf, type Finding, listed, objectOf } from './blame-finding.ts';
import { noServerAt } from './blame-no-server.ts';
import { topLevels } from './top-levels.table.ts';

const lookupReasons: Readonly<Record<Resolution['outcome'], BlameReason | null>> = {
  answered: null,
  nxdomain: 'nxdomain',
  nodata: 'nodata',
  servfail: 'servfail',
  refused: 'dnsRefused',
  timeout: 'dnsTimeout',
};

/** What a name says: "db-0.db.data.svc.cluster.local" without the domain, and what is wrong with the domain. */
interface Meant {
  readonly labels: readonly string[];
  /** "svc" was written: it cannot be a name of the Internet. */
  readonly explicit: boolean;
  readonly wrongDomain: string | null;
}

type Found = Omit<Finding, 'reason' | 'name'>;

export function lookupFinding(cluster: Cluster, attempt: Attempt): Finding | null {
  const { lookup, from } = attempt;
  const reason = lookup === null ? null : lookupReasons[lookup.outcome];
  if (lookup === null || reason === null) return null;
  const isUnknown = lookup.outcome === 'nxdomain' || lookup.outcome === 'nodata';
  const meant = meantBy(cluster, lookup, from);
  const found =
    crashed(cluster, from, lookup) ??
    missing(cluster, lookup) ??
    stranger(cluster, from, lookup, meant) ??
    (isUnknown ? unknownName(cluster, from, lookup, meant) : null) ??
    askedDetail(lookup);
  return { reason, name: `"${lookup.name}"`, ...found };
}

/** The Service a name was meant for; undefined when there is none of that name. */
export function serviceMeant(
  cluster: Cluster,
  lookup: Resolution,
  from: string,
): Service | undefined {
  const { labels } = meantBy(cluster, lookup, from);
  const [first = '', second, third] = labels;
  const own = namespaceOf(from) ?? 'default';
  const pick = (namespace: string, name: string): Service | undefined =>
    cluster.objects.get('Service', `${namespace}/${name}`);
  if (third !== undefined && second !== undefined) return pick(third, second);
  return pick(second ?? own, first);
}

function askedDetail(lookup: Resolution): Found {
  const server = lookup.queries[0]?.server;
  const asked = lookup.queries.length;
  if (asked > 1 && lookup.search.length > 0) {
    return { detail: `${asked} queries through the search list ${lookup.search.join(' ')}` };
  }
  return server === undefined ? {} : { detail: `asked ${server}` };
}

/** The cluster's domain, as a ClusterFirst Pod's search list has it. */
function domainOf({ search }: Resolution): string | null {
  return search.find((suffix) => suffix.startsWith('svc.'))?.slice('svc.'.length) ?? null;
}

function meantBy(cluster: Cluster, lookup: Resolution, from: string): Meant {
  const name = lookup.name.toLowerCase().replace(/\.$/, '');
  const domain = domainOf(lookup);
  const inner =
    domain !== null && name.endsWith(`.${domain}`) ? name.slice(0, -domain.length - 1) : name;
  const labels = inner.split('.');
  const at = labels.indexOf('svc', 2);
  if (at < 0) return { labels: withOwn(cluster, labels, from), explicit: false, wrongDomain: null };
  const rest = labels.slice(at + 1).join('.');
  const wrongDomain = rest === '' || domain === null ? null : rest;
  return { labels: labels.slice(0, at), explicit: true, wrongDomain };
}

/** "db-0.db" of a Pod beside the Service db: its own namespace is meant, unless there is a namespace db. */
function withOwn(cluster: Cluster, labels: readonly string[], from: string): readonly string[] {
  const own = namespaceOf(from) ?? 'default';
  const [, second, third] = labels;
  if (second === undefined || third !== undefined) return labels;
  const isNamespace = cluster.objects.get('Namespace', second) !== undefined;
  const service = cluster.objects.get('Service', `${own}/${second}`);
  return isNamespace || service === undefined ? labels : [...labels, own];
}

/** Nobody answered because the process that would have does not start. */
function crashed(cluster: Cluster, from: string, lookup: Resolution): Found | null {
  const server = lookup.outcome === 'timeout' ? lookup.queries[0]?.server : undefined;
  const asked = parseAddr((server ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, ''));
  if (asked === undefined) return null;
  const [failure] = cluster.dnsFailures.filter((one) => {
    const pod = cluster.objects.get('Pod', one.pod);
    return pod !== undefined && answersAt(cluster, pod, asked, from);
  });
  if (failure === undefined) return null;
  const { pod, message, hint, position } = failure;
  const help = hint === '' ? '' : ` (${hint})`;
  const detail = `the CoreDNS container of Pod "${pod}" does not start: ${message}${help}`;
  return { object: `Pod/${pod}`, path: 'spec', detail, position };
}

/** Nobody answered because nobody is there to be asked. */
function missing(cluster: Cluster, { outcome, queries }: Resolution): Found | null {
  const none = outcome === 'timeout' ? noServerAt(cluster, queries[0]?.server) : null;
  if (none === null) return null;
  const { fix: _, ...found } = none;
  return found;
}

/** Whether a Pod that ran would answer there: behind a Service, at its own address, or as the cache of the client's node. */
function answersAt(cluster: Cluster, pod: Pod, asked: Addr, from: string): boolean {
  const service = clusterIPOwner(cluster, asked);
  if (
    service?.spec.selector !== undefined &&
    matchesLabels(service.spec.selector, pod.metadata.labels)
  ) {
    const isServed = endpointsOf(cluster, service).some(({ conditions }) => conditions?.ready);
    if (!isServed) return true;
  }
  const text = formatAddr(asked);
  if ((pod.status?.podIPs ?? []).some(({ ip }) => ip === text)) return true;
  const client = cluster.objects.get('Pod', from.replace(/^pod\//, ''));
  const node = client?.spec.nodeName ?? from.replace(/^node\//, '');
  return pod.spec.hostNetwork === true && service === undefined && pod.spec.nodeName === node;
}

/** A client that asks a server outside for a name of the cluster. */
function stranger(cluster: Cluster, from: string, lookup: Resolution, meant: Meant): Found | null {
  const service = serviceMeant(cluster, lookup, from) ?? elsewhere(cluster, meant)[0];
  if (service === undefined && !meant.explicit) return null;
  const servers = [...new Set(lookup.queries.map(({ server }) => server.replace(/:53$/, '')))];
  const own = cluster.objects
    .list('Service', 'kube-system')
    .flatMap((s) => s.spec.clusterIPs ?? []);
  if (servers.length === 0 || own.length === 0 || servers.some((s) => own.includes(s))) return null;
  const asks = `${from} asks ${servers.join(', ')}, not the cluster's DNS`;
  if (from.startsWith('pod/')) {
    const at = { object: `Pod/${from.slice('pod/'.length)}`, path: 'spec.dnsPolicy' };
    return { detail: `${asks}: see the Pod's dnsPolicy and dnsConfig`, object: at.object, at };
  }
  if (from.startsWith('host/')) {
    return { detail: `${asks}: use the address of a node or a load balancer` };
  }
  const key = service === undefined ? 'NS/NAME' : keyOf(service);
  const ip = service?.spec.clusterIP ?? '';
  const direct = /^[0-9a-f.:]+$/.test(ip) ? `the cluster IP ${ip} or ` : '';
  return { detail: `${asks}: use ${direct}svc/${key}:PORT` };
}

function unknownName(
  cluster: Cluster,
  from: string,
  lookup: Resolution,
  meant: Meant,
): Found | null {
  if (meant.wrongDomain !== null) {
    const domain = domainOf(lookup);
    return { detail: `the cluster's domain is "${domain}", not "${meant.wrongDomain}"` };
  }
  const service = serviceMeant(cluster, lookup, from);
  if (service === undefined) return typo(cluster, from, meant);
  if (meant.labels.length > 2) return podName(cluster, service, meant.labels[0] ?? '');
  return known(cluster, service, lookup);
}

/** The Service is there, and yet the name has no address. */
function known(cluster: Cluster, service: Service, lookup: Resolution): Found | null {
  const object = objectOf(service);
  const { namespace = 'default', name } = service.metadata;
  const full = `${name}.${namespace}.svc.${domainOf(lookup) ?? 'cluster.local'}`;
  if (!lookup.queries.some((query) => query.name.replace(/\.$/, '') === full)) {
    return { object, path: 'metadata.name', detail: `no query asked for "${full}"` };
  }
  if (service.spec.type === 'ExternalName') return alias(service, lookup);
  const { detail, at } = endpointsDetail(cluster, service);
  const isHeadless = service.spec.clusterIP === 'None';
  if (isHeadless && detail !== '') return { object, path: 'spec.selector', detail, at };
  const { detail: asked = 'no server was asked' } = askedDetail(lookup);
  const why = lookup.outcome === 'nxdomain' ? '; the DNS server has not heard of it yet' : '';
  return { object, path: 'metadata.name', detail: `${object} exists${why} (${asked})` };
}

/** The cluster's DNS answered with a CNAME, and nobody knew the name that it leads to. */
function alias(service: Service, lookup: Resolution): Found {
  const object = objectOf(service);
  const target = service.spec.externalName ?? '';
  const { detail: asked = '' } = askedDetail(lookup);
  const known = 'in spec.upstreamDNS of the Cluster document, for example';
  const detail = `${object} is an alias of ${target}, which no DNS server knows (${asked}); what the world's servers answer stands ${known} "${target.replace(/\.$/, '')}. 300 IN A 192.0.2.10"`;
  return { object, path: 'spec.externalName', detail };
}

/** No Service has the name: a namespace that is not there, another namespace, the nearest name. */
function typo(cluster: Cluster, from: string, meant: Meant): Found | null {
  const [first = '', second, third] = meant.labels;
  const own = namespaceOf(from) ?? 'default';
  const namespace = third ?? second ?? own;
  const name = third === undefined ? first : (second ?? '');
  const isPods = third === undefined && /-\d+$/.test(first);
  const isShort = third === undefined && (isPods || !topLevels.has(second ?? ''));
  const isMeant = meant.explicit || isShort || elsewhere(cluster, meant).length > 0;
  const namespaces = cluster.objects.list('Namespace').map((one) => one.metadata.name);
  if (namespaces.length > 0 && !namespaces.includes(namespace)) {
    if (!isMeant && nearest(namespace, namespaces).length === 0) return null;
    // "db-0.db" may be a Pod as well.
    if (isPods && second !== undefined && nearest(namespace, namespaces).length === 0) {
      return { detail: `there is neither a namespace "${namespace}" nor a Service of that name` };
    }
    const hint = hintFor(namespace, namespaces);
    return { detail: `there is no namespace "${namespace}"${hint === '' ? '' : `; ${hint}`}` };
  }
  const [other] = elsewhere(cluster, meant);
  if (other !== undefined && second === undefined) {
    const { namespace: there = 'default' } = other.metadata;
    const detail = `${objectOf(other)} is in another namespace; ask for "${name}.${there}"`;
    return { object: objectOf(other), path: 'metadata.name', detail };
  }
  const names = cluster.objects.list('Service', namespace).map((one) => one.metadata.name);
  const [near] = [
    ...nearest(name, names),
    ...names.filter((one) => name !== '' && (one.startsWith(name) || name.startsWith(one))),
  ];
  if (near !== undefined) {
    const detail = `did you mean "${second === undefined ? near : `${near}.${namespace}`}"?`;
    return { detail, at: { object: `Service/${namespace}/${near}`, path: 'metadata.name' } };
  }
  if (names.length === 0) return { detail: `namespace "${namespace}" has no Service` };
  return { detail: `Services in namespace "${namespace}": ${listed(names, 5)}` };
}

/** Services of the meant name in any namespace. */
function elsewhere(cluster: Cluster, { labels }: Meant): readonly Service[] {
  const name = labels.length > 2 ? labels[1] : labels[0];
  return cluster.objects.list('Service').filter((service) => service.metadata.name === name);
}

/** "db-2.db.data": a Pod behind a headless Service. */
function podName(cluster: Cluster, service: Service, host: string): Found {
  const object = objectOf(service);
  const { namespace = 'default', name } = service.metadata;
  const [, base, number] = /^(.*)-(\d+)$/.exec(host) ?? [];
  const set = cluster.objects
    .list('StatefulSet', namespace)
    .find((one) => one.metadata.name === base && one.spec.serviceName === name);
  if (set !== undefined && isBeyond(set, Number(number))) {
    const replicas = set.spec.replicas ?? 1;
    const of = `StatefulSet/${keyOf(set)}`;
    const detail = `${of} has ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}, no ${host}`;
    return { object: of, path: 'spec.replicas', detail };
  }
  if (service.spec.clusterIP !== 'None') {
    return { object, path: 'spec.clusterIP', detail: `${object} is not headless` };
  }
  const pod = cluster.objects.get('Pod', `${namespace}/${host}`);
  const { detail, at } = endpointsDetail(cluster, service);
  if (detail !== '') return { object, path: 'spec.selector', detail, at };
  const why =
    pod === undefined ? `there is no Pod "${host}"` : `Pod "${host}" is no endpoint of it`;
  return { object, path: 'metadata.name', detail: `${object} knows no ${host}: ${why}` };
}

function isBeyond({ spec }: StatefulSet, ordinal: number): boolean {
  const start = spec.ordinals?.start ?? 0;
  return ordinal < start || ordinal >= start + (spec.replicas ?? 1);
}

function namespaceOf(machine: string): string | null {
  const [kind, namespace, name] = machine.split('/');
  return kind === 'pod' && name !== undefined ? (namespace ?? null) : null;
}
