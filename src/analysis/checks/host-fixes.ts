// The closest name that would work: candidates from what the name may have meant (pod.service.namespace), nearest first,
// each looked up and dialled from the same client on a fork before it is told. No candidate that works: no fix.
import { nearest } from '../../api/decode-hint.ts';
import { keyOf, type Service } from '../../api/types.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { type Proto, TCP, UDP } from '../../net/packet.ts';
import { type Flow, runFlows } from '../flows.ts';
import type { Named, Subject } from './host-settings.ts';

export interface Closest {
  /** "postgres.data", with a port where the one that was written is not the Service's. */
  readonly write: string;
  /** A guess by spelling that may be another thing. */
  readonly isGuess: boolean;
  readonly why: string;
}

/** What a name says. */
interface Meant {
  readonly pod: string | null;
  readonly service: string;
  readonly namespace: string;
}

interface Candidate extends Meant {
  readonly isGuess: boolean;
  readonly why: string;
}

/** More candidates than this are noise. */
const candidatesMax = 12;

export function closestName(subject: Subject, named: Named, domain: string): Closest | null {
  const { cluster } = subject;
  const isExplicit = explicit(named.host, domain);
  const meant = meantBy(subject, named.host, domain);
  const written = named.host.toLowerCase().replace(/\.$/, '');
  const seen = new Set([written]);
  for (const candidate of meant.flatMap((one) => candidatesFor(subject, one))) {
    const name = spelt(subject, candidate, isExplicit ? domain : null);
    if (seen.has(name)) continue;
    seen.add(name);
    if (seen.size > candidatesMax) return null;
    if (cluster.fork().resolve(named.from, name).outcome !== 'answered') continue;
    const port = portThat(subject, named, candidate, name);
    return { write: `${name}${port}`, isGuess: candidate.isGuess, why: candidate.why };
  }
  return null;
}

/** The Service that a name says: "web", "web.demo", "web-0.web", "web.demo.svc.cluster.local". */
export function serviceSaid(subject: Subject, host: string, domain: string): Service | undefined {
  const [found] = meantBy(subject, host, domain).flatMap(({ service, namespace }) => {
    const one = subject.cluster.objects.get('Service', `${namespace}/${service}`);
    return one === undefined ? [] : [one];
  });
  return found;
}

/** The protocol that the Service of the name has on the port; TCP where nothing says otherwise. */
export function protoOf(subject: Subject, { host, port }: Named, domain: string): Proto {
  const { ports = [] } = serviceSaid(subject, host, domain)?.spec ?? {};
  const own = ports.filter((one) => port === null || one.port === port);
  return own.length > 0 && own.every(({ protocol }) => protocol === 'UDP') ? UDP : TCP;
}

/** ":5432" if the Service is not reached at the port that was written, and is at its own. */
function portThat(subject: Subject, named: Named, meant: Meant, name: string): string {
  if (named.port === null) return '';
  const { cluster } = subject;
  const service = cluster.objects.get('Service', `${meant.namespace}/${meant.service}`);
  const ports = (service?.spec.ports ?? []).map(({ port }) => port);
  if (ports.includes(named.port) || ports.length !== 1) return '';
  const [port] = ports;
  const to = `${name}:${port}`;
  const flow: Flow = { id: '', from: named.from, to, proto: TCP, count: 1, sourcePort: null };
  const [document] = runFlows(cluster, [flow], { fresh: true });
  return document?.attempts[0]?.outcome === 'answered' ? `:${port}` : '';
}

function explicit(host: string, domain: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return name.split('.').includes('svc', 1) || name.endsWith(`.${domain}`);
}

/** The readings of a name, likeliest first. */
function meantBy({ cluster, pod }: Subject, host: string, domain: string): readonly Meant[] {
  const name = host.toLowerCase().replace(/\.$/, '');
  const inner = name.endsWith(`.${domain}`) ? name.slice(0, -domain.length - 1) : name;
  const at = inner.split('.').indexOf('svc', 1);
  const labels = at < 0 ? inner.split('.') : inner.split('.').slice(0, at);
  const own = pod.metadata.namespace ?? 'default';
  const [first = '', second, third] = labels;
  if (second === undefined) return [{ pod: null, service: first, namespace: own }];
  if (third !== undefined) return [{ pod: first, service: second, namespace: third }];
  const direct = { pod: null, service: first, namespace: second };
  const inside = { pod: first, service: second, namespace: own };
  const isPod = /-\d+$/.test(first) || cluster.objects.get('Service', `${own}/${second}`);
  return isPod ? [inside, direct] : [direct];
}

function candidatesFor({ cluster, pod: { metadata } }: Subject, meant: Meant): Candidate[] {
  const { pod, service, namespace } = meant;
  const own = metadata.namespace ?? 'default';
  const all = cluster.objects.list('Service');
  const found: Candidate[] = [];
  const add = (list: readonly Service[], why: string, isGuess = false, host = pod) => {
    for (const { metadata: one } of list) {
      const place = { service: one.name, namespace: one.namespace ?? 'default' };
      found.push({ pod: host, ...place, why, isGuess });
    }
  };
  if (pod !== null) {
    const base = pod.replace(/-\d+$/, '');
    const sets = cluster.objects.list('StatefulSet').filter((one) => one.metadata.name === base);
    for (const set of inOrder(sets, own, namespace)) {
      const place = set.metadata.namespace ?? 'default';
      const governing = all.filter((one) => keyOf(one) === `${place}/${set.spec.serviceName}`);
      const why = `serviceName of StatefulSet ${keyOf(set)} is ${set.spec.serviceName}`;
      add(governing, why, !namesPod(cluster, set.metadata.namespace, pod));
    }
  }
  const named = all.filter((one) => one.metadata.name === service);
  add(inOrder(named, namespace, own), '');
  const inside = all.filter((one) => one.metadata.namespace === namespace);
  for (const list of [inside, all.filter((one) => one.metadata.namespace === own), all]) {
    const names = list.map((one) => one.metadata.name);
    for (const name of nearest(service, names)) {
      const near = list.filter((one) => one.metadata.name === name);
      add(inOrder(near, namespace, own), '', isVague(service, name));
    }
  }
  const longer = inside.filter(({ metadata: { name } }) => isPart(service, name));
  if (longer.length === 1) add(longer, '', true);
  return found;
}

function namesPod(cluster: Cluster, namespace: string | undefined, pod: string): boolean {
  return cluster.objects.get('Pod', `${namespace ?? 'default'}/${pod}`) !== undefined;
}

/** Those of two namespaces first. */
function inOrder<T extends { readonly metadata: { readonly namespace?: string } }>(
  list: readonly T[],
  first: string,
  second: string,
): readonly T[] {
  const rank = ({ metadata: { namespace } }: T) =>
    namespace === first ? 0 : namespace === second ? 1 : 2;
  return [...list].sort((a, b) => rank(a) - rank(b));
}

/** Short words, and words that differ by a number, are easily two things. */
function isVague(written: string, name: string): boolean {
  const plain = (word: string) => word.replace(/\d+/g, '');
  return written.length < 5 || plain(written) === plain(name);
}

/** "postgresql" in "shop-postgresql". */
function isPart(written: string, name: string): boolean {
  return name.startsWith(`${written}-`) || name.endsWith(`-${written}`);
}

/** In the form that was written: whole, or as short as the search list allows. */
function spelt({ pod: { metadata } }: Subject, meant: Meant, domain: string | null): string {
  const own = metadata.namespace ?? 'default';
  const { pod, service, namespace } = meant;
  const parts = pod === null ? [service] : [pod, service];
  if (domain !== null) return [...parts, namespace, 'svc', domain].join('.');
  return [...parts, ...(namespace === own ? [] : [namespace])].join('.');
}
