// The audit of host names: each host that a Pod is configured with is resolved and dialled from that Pod, on a fork of the
// settled cluster, and what would fail is told with the name that would work. The outcome is the cluster's own; why it
// failed is blame's work (blame-lookup.ts and its neighbours). Names of the world outside are only noted.
import { keyOf, type Service } from '../../api/types.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { noServerAt } from '../blame-no-server.ts';
import { type Flow, runFlows } from '../flows.ts';
import { topLevels } from '../top-levels.table.ts';
import type { AttemptDocument } from '../trace-document.ts';
import type { Check, CheckFinding, CheckInput } from './check.ts';
import { closestName, protoOf, serviceSaid } from './host-fixes.ts';
import { type Named, namedBy, type Subject } from './host-settings.ts';
import { subjectsOf } from './host-subjects.ts';

export const hostNames: Check = {
  name: 'host-names',
  run(input) {
    const { cluster } = input;
    if (cluster === null) return [];
    const { asked, silent } = subjectsOf(cluster, input);
    const found = asked.flatMap((subject) => auditOf(subject, input));
    return [...together(found), ...silent.map((one) => unasked(one.owner, one.phase, cluster))];
  },
};

/** A finding, and the workload that it is of. */
type Found = CheckFinding & { readonly host: string };

/** One place that several workloads read is told once. */
function together(found: readonly Found[]): readonly CheckFinding[] {
  const groups = new Map<string, Found[]>();
  for (const one of found) {
    const { id, position, fix, host, object, message } = one;
    const isPlaced = position !== null && id !== 'host-outside' && id !== unanswered;
    const place = isPlaced ? `${position.file}:${position.line}:${position.column}` : object;
    const key = id === unanswered ? [id, message].join('\n') : [id, place, host, fix].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap(([first, ...rest]) => {
    if (first === undefined) return [];
    const { host: _, ...finding } = first;
    const others = [...new Set(rest.map(({ object }) => object))].filter(
      (object) => object !== finding.object,
    );
    if (others.length === 0) return [finding];
    return [{ ...finding, effect: `${finding.effect}; likewise ${others.join(', ')}` }];
  });
}

function auditOf(subject: Subject, input: CheckInput): readonly Found[] {
  const done = new Map<string, readonly Found[]>();
  const attempts = new Map<string, AttemptDocument | null>();
  for (const named of namedBy(subject, input)) {
    const { position } = named.place();
    const own = `${named.key} ${position?.line}:${position?.column} ${named.host}:${named.port}`;
    if (done.has(own)) continue;
    const to = `${named.from} ${named.host}:${named.port}`;
    const attempt = attempts.has(to) ? attempts.get(to) : attemptOf(subject, named, input);
    attempts.set(to, attempt ?? null);
    done.set(own, findingOn(subject, named, attempt ?? null, input));
  }
  return [...done.values()].flat();
}

function findingOn(
  subject: Subject,
  named: Named,
  attempt: AttemptDocument | null,
  input: CheckInput,
): readonly Found[] {
  if (attempt === null || attempt.outcome === 'answered') return [];
  const setting = `${named.key}: ${named.text}`;
  const said = (id: string, severity: CheckFinding['severity'], more: Said): readonly Found[] => {
    const { host } = named;
    return [{ id, severity, object: subject.owner, ...named.place(), ...more, host }];
  };
  const isLookup = attempt.phase === 'dns';
  const closest = isLookup ? closestName(subject, named, input.spec.dnsDomain) : null;
  const isSure = named.sure || (closest !== null && !closest.isGuess);
  if (isLookup && isOutside(subject, named.host, input)) {
    if (!named.sure) return [];
    const fix = `say in spec.upstreamDNS of the Cluster document what the world answers for ${named.host}, if it matters`;
    const message = `${setting} is a name of the world outside, which no DNS server here knows`;
    return said('host-outside', 'info', { message, effect: notJudged(named, attempt), fix });
  }
  if (isLookup && (attempt.outcome === 'timeout' || attempt.outcome === 'refused')) {
    const place = blamedPlace(attempt, input) ?? {};
    return said(unanswered, 'error', { ...noServer(subject, named, attempt), ...place });
  }
  const why = attempt.blame?.message ?? `${attempt.outcome} (${attempt.via ?? 'no answer'})`;
  const id = isLookup ? 'host-unresolved' : `host-${attempt.outcome}`;
  const message = `${setting}: ${why}`;
  const effect = effectOf(named, attempt);
  const service = serviceSaid(subject, named.host, input.spec.dnsDomain);
  const ports = isLookup ? null : portFix(service, named);
  const fix = special(subject, named, attempt) ?? ports;
  if (fix !== null && fix === ports && isSure && named.portPlace !== undefined) {
    const key = named.key.replace(/^\S+/, named.portKey ?? '');
    const ofPort = `${key}: ${named.port} with ${named.text}: ${why}`;
    return said(id, 'error', { message: ofPort, effect, fix, ...named.portPlace() });
  }
  if (fix !== null) return isSure ? said(id, 'error', { message, effect, fix }) : [];
  if (!isSure) return [];
  if (closest !== null && !closest.isGuess) {
    const because = closest.why === '' ? '' : `: ${closest.why}`;
    const write = apart(closest.write, named);
    return said(id, 'error', { message, effect, fix: `write ${write}${because}` });
  }
  if (!isLookup) {
    // An operator may write the endpoints at run time, as Patroni does.
    if (attempt.outcome === 'refused' && service !== undefined && isUnfed(subject, service)) {
      const fix = `give Service ${keyOf(service)} an EndpointSlice; if a program in the cluster writes it, mute ${id}`;
      return said(id, 'warning', { message, effect, fix });
    }
    const trace = 'see the reason; svcspec trace from this Pod shows every hop';
    return said(id, 'error', { message, effect, fix: trace });
  }
  if (service !== undefined) {
    const there = 'see the reason: the Service itself is there';
    return said(id, 'error', { message, effect, fix: there });
  }
  // Manifests are often a part: another part may create the Service.
  const create = 'create the Service, or correct the name';
  const guess = closest === null ? '' : `; ${closest.write} would work, if that is what is meant`;
  return said(id, 'warning', { message, effect, fix: `${create}${guess}` });
}

/** A Service without a selector, to which nobody gave endpoints. */
function isUnfed({ cluster }: Subject, { spec, metadata }: Service): boolean {
  if (spec.selector !== undefined || spec.type === 'ExternalName') return false;
  return cluster.objects
    .list('EndpointSlice', metadata.namespace ?? 'default')
    .every(({ metadata: one }) => one.labels?.['kubernetes.io/service-name'] !== metadata.name);
}

/** Not the name is at fault: whatever is asked for, nobody answers. */
const unanswered = 'dns-unanswered';

function noServer({ cluster }: Subject, { host, from }: Named, attempt: AttemptDocument): Said {
  const { blame, outcome, dns } = attempt;
  const [asked] = dns?.queries ?? [];
  const none = outcome === 'timeout' ? noServerAt(cluster, asked?.server) : null;
  const why = blame?.message ?? `look-ups end with ${outcome}`;
  return {
    message: why.replace(` the look-up of "${host}"`, ' look-ups').replace(`"${host}"`, 'names'),
    effect: `${from} resolves no name; its settings were not judged`,
    fix: none === null ? 'see the reason; then check again' : `${none.fix}; then check again`,
  };
}

/** Where the line that is to blame begins. */
function blamedPlace({ blame }: AttemptDocument, { manifests }: CheckInput) {
  const { file = null, line = null } = blame ?? {};
  const source = manifests.find((one) => one.source.file === file)?.source;
  if (file === null || line === null || source === undefined) return null;
  const sourceLine = source.line(line);
  const column = 1 + Math.max(0, sourceLine.search(/\S/));
  return { position: { file, line, column }, sourceLine };
}

interface Said {
  readonly message: string;
  readonly effect: string;
  readonly fix: string;
}

/** What became of it; null: the name resolves, and no port is known to be dialled. */
function attemptOf(subject: Subject, named: Named, { spec }: CheckInput): AttemptDocument | null {
  const { cluster } = subject;
  const { from, host } = named;
  if (named.port === null && cluster.fork().resolve(from, host).outcome === 'answered') return null;
  const proto = protoOf(subject, named, spec.dnsDomain);
  const to = `${host}:${named.port ?? 80}`;
  const flow: Flow = { id: '', from, to, proto, count: 1, sourcePort: null };
  const [document] = runFlows(cluster, [flow], { fresh: true });
  return document?.attempts[0] ?? null;
}

/** Whether a name is none of the cluster: it has dots, and neither its end nor its labels are the cluster's. */
function isOutside({ cluster, pod }: Subject, host: string, { spec }: CheckInput): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  const labels = name.split('.');
  if (labels.length === 1 || labels.includes('svc') || name.endsWith(`.${spec.dnsDomain}`)) {
    return false;
  }
  const [first = '', second = '', third] = labels;
  const isNamespace = (label = '') => cluster.objects.get('Namespace', label) !== undefined;
  const own = `${pod.metadata.namespace ?? 'default'}/${second}`;
  const hasOrdinal = /-\d+$/.test(first);
  // "api.stripe.com" is none of a Service stripe, "db-0.db.dta" is of a Service db.
  const isShort = labels.length === 2 || (labels.length === 3 && hasOrdinal);
  // "otel-collector.observability": what no name of the world ends in is a namespace.
  if (isShort && !topLevels.has(labels.at(-1) ?? '')) return false;
  const isService = isShort && cluster.objects.get('Service', own) !== undefined;
  const isNamed = labels.length === 2 && servicesNamed(cluster, first).length > 0;
  const isPod = labels.length === 3 && isNamespace(third);
  const isOrdinal = labels.length === 2 && hasOrdinal;
  const isIn = labels.length === 2 && isNamespace(second);
  return !(isIn || isService || isNamed || isPod || isOrdinal);
}

function servicesNamed(cluster: Cluster, name: string): readonly Service[] {
  return cluster.objects.list('Service').filter(({ metadata }) => metadata.name === name);
}

function effectOf({ from, host }: Named, { phase, outcome, dns }: AttemptDocument): string {
  const asked = dns?.queries.length ?? 0;
  if (phase === 'dns') {
    const times = `${asked} ${asked === 1 ? 'query' : 'queries'}`;
    return `${from} asks for ${host} (${times}) and hears ${outcome}: nothing is dialled`;
  }
  if (outcome === 'refused') return `${from} is refused at once`;
  return outcome === 'timeout' ? `${from} waits until it times out` : `${from}: ${outcome}`;
}

/** Of a name outside: what the search list costs. */
function notJudged({ host }: Named, { dns }: AttemptDocument): string {
  const searched = (dns?.queries ?? []).filter(
    ({ name }) => name.toLowerCase().replace(/\.$/, '') !== host.toLowerCase().replace(/\.$/, ''),
  );
  if (searched.length === 0) return 'not judged';
  return `not judged; each look-up of it first asks ${searched.length} queries in vain (ndots:${dns?.ndots} and the search list): ${host}. with a dot at its end asks none of them`;
}

/** What stands in the way of every name, or of this one whatever else is near. */
function special(subject: Subject, named: Named, attempt: AttemptDocument): string | null {
  const { cluster, pod } = subject;
  const host = named.host.toLowerCase().replace(/\.$/, '');
  const [first = ''] = host.split('.');
  const isKnown = servicesNamed(cluster, first).length > 0;
  if (named.from.startsWith('node/')) {
    if (attempt.phase !== 'dns') return null;
    return `leave host out: the kubelet of ${named.from} connects, to the Pod's own address without host, and does not ask the cluster's DNS`;
  }
  const beyond = attempt.phase === 'dns' ? ordinalBeyond(subject, host) : null;
  if (beyond !== null) return beyond;
  const alias = (pod.spec.hostAliases ?? []).find(({ hostnames = [] }) => hostnames.includes(host));
  if (alias !== undefined) {
    return `hostAliases of the Pod give ${host} the address ${alias.ip}, before any DNS: correct the address or leave the alias out`;
  }
  if (attempt.phase !== 'dns') return null;
  const policy = pod.spec.dnsPolicy;
  const isHostNet = pod.spec.hostNetwork === true;
  if (policy === 'Default' || policy === 'None' || (isHostNet && policy === 'ClusterFirst')) {
    const wanted = isHostNet ? 'ClusterFirstWithHostNet' : 'ClusterFirst';
    if (isKnown) return `dnsPolicy: ${wanted}`;
  }
  const literal = servicesNamed(cluster, first).find(
    ({ spec }) => spec.type === 'ExternalName' && /^[0-9.]+$|:/.test(spec.externalName ?? ''),
  );
  if (literal === undefined) return null;
  return `externalName of Service ${keyOf(literal)} is an IP address, which DNS takes for a name: make it a Service without selector, with an EndpointSlice of that address`;
}

/** "web-5.web" of a StatefulSet with fewer Pods. */
function ordinalBeyond({ cluster, pod }: Subject, host: string): string | null {
  const [, base, digits] = /^([^.]*)-(\d+)\./.exec(host) ?? [];
  const [, service = '', namespace = pod.metadata.namespace ?? 'default'] = host.split('.');
  const set = cluster.objects.get('StatefulSet', `${namespace}/${base}`);
  if (set === undefined || set.spec.serviceName !== service) return null;
  const start = set.spec.ordinals?.start ?? 0;
  const last = start + (set.spec.replicas ?? 1) - 1;
  if (Number(digits) >= start && Number(digits) <= last) return null;
  const own =
    last < start ? 'none' : `${base}-${start}${last > start ? ` to ${base}-${last}` : ''}`;
  return `StatefulSet ${keyOf(set)} has the Pods ${own}: name one of them, or raise its replicas`;
}

/** "postgres.data:5432" where host and port are two settings. */
function apart(write: string, { portKey }: Named): string {
  const [name = '', port] = write.split(':');
  return port === undefined || portKey === undefined ? write : `${name}, and ${port} as ${portKey}`;
}

/** The name is right, the port is not. */
function portFix(service: Service | undefined, { host, port, portKey }: Named): string | null {
  if (service === undefined || port === null) return null;
  const ports = service.spec.ports ?? [];
  const own = ports.find((one) => one.port === port);
  const target = own?.targetPort ?? port;
  if (own !== undefined && service.spec.clusterIP === 'None' && target !== port) {
    const write = portKey === undefined ? `${host}:${target}` : `${target} as ${portKey}`;
    const fix = typeof target === 'number' ? `write ${write}` : 'write that port';
    return `${fix}: Service ${keyOf(service)} is headless, so nothing maps its port ${port} to targetPort ${target}`;
  }
  if (own !== undefined || ports.length === 0) return null;
  const inside = ports.find((one) => (one.targetPort ?? one.port) === port);
  const more = inside === undefined ? '' : ` (${port} is the targetPort of its Pods)`;
  const names = ports.map((one) => one.port);
  const write =
    portKey === undefined
      ? `${host}:${names.join(` or ${host}:`)}`
      : `${names.join(' or ')} as ${portKey}`;
  return `write ${write}: Service ${keyOf(service)} has no port ${port}${more}`;
}

/** Nothing is passed over in silence. */
function unasked(owner: string, phase: string, cluster: Cluster): CheckFinding {
  return {
    id: 'host-not-asked',
    severity: 'info',
    object: owner,
    position: cluster.locate(owner, 'spec'),
    sourceLine: null,
    message: `no Pod of it runs here (${phase}), so that the host names it is configured with are not looked up`,
    effect: 'not judged',
    fix: 'see why its Pods do not run: svcspec kubectl -- describe pod',
  };
}
