// Durations as Go writes them ("5s", "1m30s", "500ms"); a bare number is refused, as time.ParseDuration does.

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds, or the error text of Go's time.ParseDuration. */
export function parseDuration(text: string): number | string {
  if (text === '0') return 0;
  const body = /^[-+]/.test(text) ? text.slice(1) : text;
  if (body === '' || !/^(\d+\.?\d*|\.\d+)/.test(body)) return `time: invalid duration "${text}"`;
  let total = 0;
  let rest = body;
  while (rest !== '') {
    const match = /^(\d+\.?\d*|\.\d+)([^\d.]*)/.exec(rest);
    if (match === null) return `time: invalid duration "${text}"`;
    const unit = match[2] ?? '';
    if (unit === '') return `time: missing unit in duration "${text}"`;
    const size = units[unit];
    if (size === undefined) return `time: unknown unit "${unit}" in duration "${text}"`;
    total += Number(match[1]) * size;
    rest = rest.slice(match[0].length);
  }
  return text.startsWith('-') ? -total : total;
}

/** As Go prints a duration: "30s", "1m30s", "1h0m0s", "1.5s", "500ms". */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms === 0) return '0s';
  if (ms < 0.001) return `${Math.round(ms * 1e6)}ns`;
  if (ms < 1) return `${ms * 1000}µs`;
  if (ms < 1000) return `${ms}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = `${(ms % 60_000) / 1000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
