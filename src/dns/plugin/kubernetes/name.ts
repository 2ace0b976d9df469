// The labels left of the zone, read from right to left (CoreDNS plugin/kubernetes/parse.go): pod or svc, namespace,
// service, then an endpoint, an endpoint and its cluster, `_port._protocol`, or a topology zone.
import { formatAddr, parseAddr } from '../../../net/addr.ts';
import { addressOfReverse, labelsOf } from '../../message/name.ts';
import { mappedAddr } from '../../source.ts';

export interface NameParts {
  /** Empty: the name ends before this part. */
  readonly kind: '' | 'svc' | 'pod';
  readonly namespace: string;
  readonly service: string;
  readonly endpoint: string;
  readonly cluster: string;
  /** null: every port. Empty: every port too; before 1.9.0 the ports without a name. */
  readonly port: string | null;
  readonly protocol: string | null;
  /** Topology zone; empty: not asked for. */
  readonly zone: string;
  /** Endpoints of other zones answer where this one has none. */
  readonly prefers: boolean;
}

const nothing: NameParts = {
  kind: '',
  namespace: '',
  service: '',
  endpoint: '',
  cluster: '',
  port: null,
  protocol: null,
  zone: '',
  prefers: false,
};

export interface Grammar {
  /** The zone is one of `multicluster`. */
  readonly multicluster: boolean;
  readonly zonal: boolean;
}

/** `name` is lower case and inside `zone`; undefined: a name error. */
export function parseName(name: string, zone: string, grammar: Grammar): NameParts | undefined {
  const labels = labelsOf(name);
  const left = labels.slice(0, labels.length - labelsOf(zone).length);
  const kind = left.at(-1);
  if (kind === undefined) return nothing;
  if (kind !== 'svc' && kind !== 'pod') return undefined;
  if (left.length === 1) return nothing;
  const [namespace = '', service = ''] = [left.at(-2), left.at(-3)];
  const named: NameParts = { ...nothing, kind, namespace, service };
  const [right = '', far = ''] = [left.at(-4), left.at(-5)];
  if (left.length <= 4) return { ...named, endpoint: right };
  if (left.length > 5) return zonalName(named, left.slice(0, -3), grammar);
  if (grammar.multicluster && !right.startsWith('_') && !far.startsWith('_')) {
    return { ...named, cluster: right, endpoint: far };
  }
  return { ...named, protocol: withoutUnderscore(right), port: withoutUnderscore(far) };
}

/** `TZ.pin._zone` or `TZ.prefer._zone`; the topology zone may have dots. */
function zonalName(
  named: NameParts,
  left: readonly string[],
  { multicluster, zonal }: Grammar,
): NameParts | undefined {
  if (!zonal || multicluster || named.kind !== 'svc' || left.at(-1) !== '_zone') return undefined;
  const directive = left.at(-2);
  if (directive !== 'pin' && directive !== 'prefer') return undefined;
  return { ...named, zone: left.slice(0, -2).join('.'), prefers: directive === 'prefer' };
}

function withoutUnderscore(label: string): string {
  return label.startsWith('_') ? label.slice(1) : label;
}

/** The address text of a reverse name (pkg/dnsutil ExtractAddressFromReverse); undefined: it is none. An IPv6 name may
 * have up to three labels more in front: nibbles are taken four at a time from the right. */
export function reverseText(name: string): string | undefined {
  if (!name.endsWith('.ip6.arpa.')) {
    const addr = addressOfReverse(name);
    return addr === undefined ? undefined : formatAddr(addr);
  }
  const nibbles = name.slice(0, -'.ip6.arpa.'.length).split('.').reverse();
  const groups: string[] = [];
  for (let at = 0; at + 4 <= nibbles.length; at += 4)
    groups.push(nibbles.slice(at, at + 4).join(''));
  const addr = parseAddr(groups.join(':'));
  if (addr === undefined) return undefined;
  return formatAddr(mappedAddr(addr));
}
