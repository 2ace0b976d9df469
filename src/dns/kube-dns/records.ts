// The names that kubedns knows: a tree of labels, from the domain inwards, whose leaves are records (kubernetes/dns 1.14
// pkg/dns/dns.go and treecache/treecache.go). Made from Services and Endpoints whenever it is asked for. Federations are not
// here. Upstream draws the order of a node's entries (Go maps); here it is that of their keys.
import type { Lister, Service } from '../../api/types.ts';
import { fnv32a, utf8 } from '../../net/fnv.ts';
import { byCodeUnit } from '../../sim/table.ts';

/** skydns msg.Service, as far as kubedns fills it in. */
export interface SkyRecord {
  /** An address or a name. */
  readonly host: string;
  readonly port: number;
  /** The name that stands for the record where the host is an address: "HASH.web.demo.svc.cluster.local." */
  readonly name: string;
}

interface Node {
  readonly children: Map<string, Node>;
  readonly entries: Map<string, SkyRecord>;
}

/** Of every record: defaultPriority, defaultWeight and defaultTTL of pkg/dns/util. */
export const priority = 10;
export const weight = 10;
export const ttl = 30;

const node = (): Node => ({ children: new Map(), entries: new Map() });

function child(parent: Node, label: string): Node {
  let found = parent.children.get(label);
  if (found === undefined) {
    found = node();
    parent.children.set(label, found);
  }
  return found;
}

/** The label of a record whose endpoint has no hostname: FNV-1a over Go's "%v" of the record, as hex of its hex. */
export function hashLabel(host: string, port: number): string {
  const text = `&{${host} ${port} ${priority} ${weight}  false ${ttl} 0  }`;
  const hex = (fnv32a(utf8(text)) >>> 0).toString(16);
  return [...hex].map((digit) => digit.charCodeAt(0).toString(16)).join('');
}

/** All records below `domain` ("cluster.local."). The root stands for the domain itself. */
function treeOf(lister: Lister, domain: string): Node {
  const root = node();
  const svc = child(root, 'svc');
  for (const service of lister.list('Service')) {
    const { namespace = '', name } = service.metadata;
    const base = `${name}.${namespace}.svc.${domain}`;
    if (service.spec.type === 'ExternalName') {
      const host = service.spec.externalName ?? '';
      child(svc, namespace).entries.set(name, { host, port: 0, name: base });
    } else if (service.spec.clusterIP === 'None') {
      addHeadless(child(child(svc, namespace), name), service, base, lister);
    } else if ((service.spec.clusterIP ?? '') !== '') {
      addPortal(child(child(svc, namespace), name), service, base);
    }
  }
  return root;
}

function addPortal(at: Node, service: Service, base: string): void {
  const host = service.spec.clusterIP ?? '';
  const label = hashLabel(host, 0);
  at.entries.set(label, { host, port: 0, name: `${label}.${base}` });
  for (const { name = '', protocol = 'TCP', port } of service.spec.ports ?? []) {
    if (name === '') continue;
    const place = child(child(at, `_${protocol.toLowerCase()}`), `_${name}`);
    place.entries.set(label, { host: base, port, name: `${label}._${name}.${base}` });
  }
}

function addHeadless(at: Node, service: Service, base: string, lister: Lister): void {
  const { namespace, name } = service.metadata;
  for (const { addresses = [], ports = [] } of lister.get('Endpoints', `${namespace}/${name}`)
    ?.subsets ?? []) {
    for (const { ip, hostname = '' } of addresses) {
      const label = hostname === '' ? hashLabel(ip, 0) : hostname;
      at.entries.set(label, { host: ip, port: 0, name: `${label}.${base}` });
      for (const { name: portName = '', protocol = 'TCP', port } of ports) {
        if (portName === '') continue;
        const place = child(child(at, `_${protocol.toLowerCase()}`), `_${portName}`);
        place.entries.set(label, { host: `${label}.${base}`, port, name: `${label}.${base}` });
      }
    }
  }
}

/** Records of a name below the domain, "*" standing for any label; null: there is no such name. `labels` from the left. */
export function recordsOf(
  lister: Lister,
  domain: string,
  labels: readonly string[],
): readonly SkyRecord[] | null {
  if (labels.length === 3 && labels[2] === 'pod' && !labels.includes('*')) {
    return podRecords(labels[0] ?? '');
  }
  const found = explore(treeOf(lister, domain), [...labels].reverse());
  return found.length === 0 ? null : found;
}

/** A name made of an address is not looked up anywhere; one that is none has no records, and is there all the same. */
function podRecords(label: string): readonly SkyRecord[] {
  const host = label.replaceAll('-', '.');
  return isIPv4(host) ? [{ host, port: 0, name: '' }] : [];
}

function isIPv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
}

/** GetValuesForPathWithWildcards. */
function explore(root: Node, path: readonly string[]): readonly SkyRecord[] {
  const found: SkyRecord[] = [];
  let nodes: readonly Node[] = [root];
  for (const [i, label] of path.entries()) {
    const isLast = i === path.length - 1;
    nodes = nodes.flatMap((at) => {
      if (label === '*') return isLast ? [at] : anyOf(at);
      const entry = isLast ? at.entries.get(label) : undefined;
      if (entry !== undefined) found.push(entry);
      return entry === undefined ? (at.children.get(label) ?? []) : [];
    });
  }
  return [...found, ...nodes.flatMap(valuesOf)];
}

function anyOf({ children }: Node): readonly Node[] {
  return [...children].filter(([label]) => !label.startsWith('_')).map(([, at]) => at);
}

function valuesOf({ entries }: Node): readonly SkyRecord[] {
  return [...entries].sort(([a], [b]) => byCodeUnit(a, b)).map(([, record]) => record);
}

/** The name that an address leads back to: of a cluster IP its Service's, of a headless endpoint with a hostname its own. */
export function reverseOf(lister: Lister, domain: string, ip: string): string | null {
  for (const service of lister.list('Service')) {
    const { namespace = '', name } = service.metadata;
    const base = `${name}.${namespace}.svc.${domain}`;
    if (service.spec.clusterIP === ip) return base;
    if (service.spec.clusterIP !== 'None') continue;
    const subsets = lister.get('Endpoints', `${namespace}/${name}`)?.subsets ?? [];
    const own = subsets.flatMap(({ addresses = [] }) => addresses).find((one) => one.ip === ip);
    if (own?.hostname !== undefined && own.hostname !== '') return `${own.hostname}.${base}`;
  }
  return null;
}
