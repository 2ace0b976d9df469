// Virtual time as text. The clock of a cluster counts milliseconds from 2026-01-01T00:00:00Z; nothing here asks
// the machine what time it is. Calendar arithmetic after Howard Hinnant's days_from_civil.

/** Days from 1970-01-01 to 2026-01-01. */
const EPOCH_DAYS = 20454;

/** The clock's start in Unix seconds. */
export const clockStartSeconds = EPOCH_DAYS * 86_400;

interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

function civilOf(days: number): Civil {
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const doe = z - era * 146097;
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365,
  );
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return {
    year: yoe + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: doy - Math.floor((153 * mp + 2) / 5) + 1,
  };
}

function daysOf({ year, month, day }: Civil): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yoe = y - era * 400;
  const doy = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * 146097 + yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy - 719468;
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}

function secondsText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const days = Math.floor(seconds / 86400);
  const rest = seconds - days * 86400;
  const { year, month, day } = civilOf(days + EPOCH_DAYS);
  const clock = `${pad(Math.floor(rest / 3600))}:${pad(Math.floor(rest / 60) % 60)}:${pad(rest % 60)}`;
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}T${clock}`;
}

/** Virtual milliseconds as metav1.Time prints them (RFC 3339, whole seconds): 5000 -> "2026-01-01T00:00:05Z". */
export function formatTime(ms: number): string {
  return `${secondsText(ms)}Z`;
}

/** As metav1.MicroTime prints: 5 -> "2026-01-01T00:00:00.005000Z". */
export function formatMicroTime(ms: number): string {
  const fraction = Math.floor(ms - Math.floor(ms / 1000) * 1000);
  return `${secondsText(ms)}.${pad(fraction, 3)}000Z`;
}

/** Virtual milliseconds of an RFC 3339 UTC time; undefined when the text is none. */
export function parseTime(text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const days = daysOf({ year, month, day }) - EPOCH_DAYS;
  const fraction = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000);
  return ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + fraction;
}

const weekdays = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** As HTTP's Date header prints: 5000 -> "Thu, 01 Jan 2026 00:00:05 GMT". */
export function formatHttpDate(ms: number): string {
  const days = Math.floor(ms / 86_400_000) + EPOCH_DAYS;
  const { year, month, day } = civilOf(days);
  const clock = secondsText(ms).slice(-8);
  return `${weekdays[days % 7]}, ${pad(day)} ${months[month - 1]} ${year} ${clock} GMT`;
}
