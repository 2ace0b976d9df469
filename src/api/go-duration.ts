// Go's durations as metav1.Duration reads them, and what time.ParseDuration says about others.

const unitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of "1m30s", "-2s", "0"; or what ParseDuration says. */
export function goDuration(written: string): { readonly ms?: number; readonly error?: string } {
  const quoted = JSON.stringify(written);
  const match = /^([+-]?)(.*)$/s.exec(written);
  let rest = match?.[2] ?? '';
  if (rest === '0') return { ms: 0 };
  if (rest === '') return { error: `time: invalid duration ${quoted}` };
  let ms = 0;
  while (rest !== '') {
    const number = /^(?:\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (number === undefined) return { error: `time: invalid duration ${quoted}` };
    rest = rest.slice(number.length);
    const unit = /^[^.\d]*/.exec(rest)?.[0] ?? '';
    if (unit === '') return { error: `time: missing unit in duration ${quoted}` };
    const unitMs = Object.hasOwn(unitsMs, unit) ? unitsMs[unit] : undefined;
    if (unitMs === undefined) {
      return { error: `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}` };
    }
    ms += Number(number) * unitMs;
    rest = rest.slice(unit.length);
  }
  return { ms: match?.[1] === '-' ? -ms : ms };
}
