// Events as client-go's recorder writes them: an event that repeats counts up instead of being made again.
// Not modelled: spam filtering and aggregation by similar message. Models client-go/tools/record.
import type { AnyObject } from '../api/types.ts';
import { sourceOf } from './event-source.table.ts';

interface Report {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** RFC 3339. */
  readonly now: string;
}

/** FNV-1a over what makes two events the same; names must be stable, upstream's carry the time. */
function hash(text: string): string {
  let low = 0x811c9dc5 | 0;
  let high = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    low = Math.imul(low ^ text.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ text.charCodeAt(text.length - 1 - i), 0x01000193);
  }
  const hex = (value: number) => (value >>> 0).toString(16).padStart(8, '0');
  return hex(high) + hex(low);
}

/** What `hash` puts behind the object's name in an event's name. */
export const EVENT_SUFFIX = /\.[0-9a-f]{16}$/;

/** The event to store, and the stored one it counts up. */
export function recordEvent(
  about: AnyObject,
  { type, reason, message, now }: Report,
  get: (key: string) => AnyObject | undefined,
): { readonly object: AnyObject; readonly previous: AnyObject | undefined } {
  const { name = '', namespace, uid } = about.metadata;
  const place = namespace ?? 'default';
  const suffix = hash([about.kind, uid, type, reason, message].join('\0'));
  const previous = get(`${place}/${name}.${suffix}`);
  if (previous !== undefined) {
    const count = Number(previous['count'] ?? 1) + 1;
    return { object: { ...previous, count, lastTimestamp: now }, previous };
  }
  const source = sourceOf(about, reason);
  const object: AnyObject = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${suffix}`, namespace: place },
    involvedObject: {
      apiVersion: about.apiVersion,
      kind: about.kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
    },
    type,
    reason,
    message,
    count: 1,
    firstTimestamp: now,
    lastTimestamp: now,
    source,
    reportingComponent: source.component,
    reportingInstance: source.host ?? '',
  };
  return { object, previous: undefined };
}
