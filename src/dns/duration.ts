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
