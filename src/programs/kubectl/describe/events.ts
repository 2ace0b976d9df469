// The events at the end of what `kubectl describe` prints: which belong to an object, their order and their ages.
// Models DescribeEvents and searchEvents of kubectl/pkg/describe/describe.go.
import type { AnyObject } from '../../../api/types.ts';
import { unixSeconds } from '../age.ts';
import { as, type DescribeContext, since } from './fields.ts';
import type { DescribeWriter } from './writer.ts';

/** The part of an Event that is printed. */
interface Event {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly eventTime?: string | null;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly reportingComponent?: string;
  readonly source?: { readonly component?: string };
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
  readonly involvedObject?: {
    readonly kind?: string;
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
  };
}

/** Events about an object; an empty `kind` takes any. */
export function eventsOf(
  about: AnyObject,
  context: DescribeContext,
  ids: readonly string[] = [about.metadata.uid ?? ''],
  kind: string = about.kind,
): readonly AnyObject[] {
  const { name, namespace } = about.metadata;
  const all = context.lookup.list('Event', namespace);
  return ids.flatMap((uid) =>
    all.filter((event) => {
      const { involvedObject: of = {} } = as<Event>(event);
      return (
        of.name === name &&
        (of.namespace ?? '') === (namespace ?? '') &&
        (kind === '' || of.kind === kind) &&
        (uid === '' || of.uid === uid)
      );
    }),
  );
}

export function eventLines(
  w: DescribeWriter,
  events: readonly AnyObject[],
  { nowSeconds, showEvents }: DescribeContext,
): void {
  if (!showEvents) return;
  if (events.length === 0) {
    w.line(0, 'Events:', '<none>');
    return;
  }
  w.flush();
  w.line(0, 'Events:');
  w.line(1, 'Type', 'Reason', 'Age', 'From', 'Message');
  w.line(1, '----', '------', '----', '----', '-------');
  const list = events.map((event) => as<Event>(event));
  for (const event of list.sort((a, b) => lastSeen(a) - lastSeen(b))) {
    const from = event.source?.component || event.reportingComponent || '';
    const message = (event.message ?? '').trim();
    w.line(1, event.type ?? '', event.reason ?? '', interval(event, nowSeconds), from, message);
  }
}

function lastSeen({ lastTimestamp }: Event): number {
  return unixSeconds(lastTimestamp ?? '') ?? Number.MIN_SAFE_INTEGER;
}

/** "5m", or "2m (x3 over 5m)" of one that came several times. */
export function interval(event: Event, nowSeconds: number): string {
  const first = since(event.eventTime ?? event.firstTimestamp, nowSeconds);
  const { series, count = 0 } = event;
  if (series !== undefined) {
    return `${since(series.lastObservedTime, nowSeconds)} (x${series.count ?? 0} over ${first})`;
  }
  return count > 1 ? `${since(event.lastTimestamp, nowSeconds)} (x${count} over ${first})` : first;
}

/** The events of an object, printed. */
export function ownEvents(w: DescribeWriter, object: AnyObject, context: DescribeContext): void {
  eventLines(w, eventsOf(object, context), context);
}
