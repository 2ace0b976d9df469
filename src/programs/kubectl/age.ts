// Ages as kubectl prints them, on the virtual clock. Models apimachinery/pkg/util/duration HumanDuration.
import { clockStartSeconds, parseTime } from '../../sim/time.ts';

/** "2026-01-01T00:00:05Z" -> Unix seconds; undefined when it is no UTC time stamp. */
export function unixSeconds(text: string): number | undefined {
  const ms = parseTime(text);
  return ms === undefined ? undefined : clockStartSeconds + Math.floor(ms / 1000);
}

/** The AGE column: time since `created` (RFC 3339); "<unknown>" when there is none. */
export function age(created: string | undefined, nowSeconds: number): string {
  const since = created === undefined ? undefined : unixSeconds(created);
  return since === undefined ? '<unknown>' : humanDuration(nowSeconds - since);
}

const minute = 60;
const hour = 3600;
const day = 86_400;
const year = 365 * day;

/** Whole seconds as kubectl shortens them: 119s, 9m59s, 179m, 7h59m, 47h, 7d23h, 729d, 7y364d. */
export function humanDuration(seconds: number): string {
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  const s = Math.floor(seconds);
  if (s < 2 * minute) return `${s}s`;
  if (s < 10 * minute) return pair(s, minute, 'm', 1, 's');
  if (s < 3 * hour) return `${Math.floor(s / minute)}m`;
  if (s < 8 * hour) return pair(s, hour, 'h', minute, 'm');
  if (s < 2 * day) return `${Math.floor(s / hour)}h`;
  if (s < 8 * day) return pair(s, day, 'd', hour, 'h');
  if (s < 2 * year) return `${Math.floor(s / day)}d`;
  if (s < 8 * year) return pair(s, year, 'y', day, 'd');
  return `${Math.floor(s / year)}y`;
}

/** "9m59s"; a zero second part is left out. */
function pair(s: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((s % big) / small);
  const head = `${Math.floor(s / big)}${bigUnit}`;
  return rest === 0 ? head : `${head}${rest}${smallUnit}`;
}
