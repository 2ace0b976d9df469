// The labels left of the zone, read from right to left (CoreDNS plugin/kubernetes/parse.go): pod or svc, namespace,
// service, then an endpoint or `_port._protocol`.
import { labelsOf } from '../../message/name.ts';

export interface NameParts {
  /** Empty: the name ends before this part. */
  readonly kind: '' | 'svc' | 'pod';
  readonly namespace: string;
  readonly service: string;
  readonly endpoint: string;
  readonly port: string;
  readonly protocol: string;
}

const nothing: NameParts = {
  kind: '',
  namespace: '',
  service: '',
  endpoint: '',
  port: '',
  protocol: '',
};

/** `name` is lower case and inside `zone`; undefined: a name error. */
export function parseName(name: string, zone: string): NameParts | undefined {
  const labels = labelsOf(name);
  const left = labels.slice(0, labels.length - labelsOf(zone).length);
  const kind = left.at(-1);
  if (kind === undefined) return nothing;
  if (kind !== 'svc' && kind !== 'pod') return undefined;
  if (left.length === 1) return nothing;
  const named = {
    ...nothing,
    kind,
    namespace: left.at(-2) ?? '',
    service: left.at(-3) ?? '',
  } as const;
  const [right, far, tooFar] = [left.at(-4), left.at(-5), left.at(-6)];
  if (tooFar !== undefined) return undefined;
  if (far !== undefined) {
    return { ...named, protocol: withoutUnderscore(right ?? ''), port: withoutUnderscore(far) };
  }
  return { ...named, endpoint: right ?? '' };
}

function withoutUnderscore(label: string): string {
  return label.startsWith('_') ? label.slice(1) : label;
}
