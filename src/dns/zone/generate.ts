// The text that a $GENERATE line stands for (miekg/dns generate.go, BIND's extension): one line for each number of the
// range, `$` replaced by it, `${offset,width,base}` for other forms, `$$` and `\$` for the sign itself.

export interface Generated {
  readonly text: string;
  /** What is wrong with a modifier, and the text it is about. */
  readonly fault: { readonly why: string; readonly token: string; readonly column: number } | null;
}

export interface Range {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
}

const numbersMax = 65_535;

/** "1-10/2"; a text says what is wrong. */
export function rangeOf(token: string): Range | string {
  const slash = token.indexOf('/');
  const step = slash < 0 ? 1 : integer(token.slice(slash + 1));
  if (step === undefined || step <= 0) return 'bad step in $GENERATE range';
  const bounds = slash < 0 ? token : token.slice(0, slash);
  const dash = bounds.indexOf('-');
  if (dash < 0) return 'bad start-stop in $GENERATE range';
  const start = integer(bounds.slice(0, dash));
  if (start === undefined) return 'bad start in $GENERATE range';
  const stop = integer(bounds.slice(dash + 1));
  if (stop === undefined) return 'bad stop in $GENERATE range';
  if (stop < 0 || start < 0 || stop < start || Math.floor((stop - start) / step) > numbersMax) {
    return 'bad range in $GENERATE range';
  }
  return { start, stop, step };
}

function integer(text: string): number | undefined {
  return /^[-+]?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** All lines for a range, up to the first fault. */
export function generate(template: string, range: Range): Generated {
  let text = '';
  for (let n = range.start; n <= range.stop; n += range.step) {
    const line = lineFor(template, n, range);
    if (line.fault !== null) return { text, fault: line.fault };
    text += `${line.text}\n`;
  }
  return { text, fault: null };
}

function lineFor(template: string, n: number, range: Range): Generated {
  let text = '';
  let escaping = false;
  for (let i = 0; i < template.length; i++) {
    const char = template[i] as string;
    if (char === '\\') {
      if (escaping) text += char;
      escaping = !escaping;
    } else if (char !== '$') {
      // A backslash before anything else swallows it.
      if (!escaping) text += char;
      escaping = false;
    } else if (escaping) {
      text += char;
      escaping = false;
    } else if (template[i + 1] === '$') {
      text += char;
      i++;
    } else if (template[i + 1] !== '{') text += String(n);
    else {
      const close = template.indexOf('}', i + 2);
      const end = close < 0 ? template.length : close + 1;
      const fault = (why: string): Generated => ({
        text,
        fault: { why, token: template.slice(i, end), column: i + 1 },
      });
      if (close < 0) return fault('bad modifier in $GENERATE');
      const modifier = modifierOf(template.slice(i + 2, close));
      if (typeof modifier === 'string') return fault(modifier);
      const { offset, width, base } = modifier;
      if (range.start + offset < 0 || range.stop + offset > 2 ** 31 - 1) {
        return fault('bad offset in $GENERATE');
      }
      text += formatted(n + offset, width, base);
      i = close;
    }
  }
  return { text, fault: null };
}

interface Modifier {
  readonly offset: number;
  readonly width: number;
  readonly base: string;
}

function modifierOf(text: string): Modifier | string {
  const [offsetText = '', widthText = '0', base = 'd', more] = text.split(',');
  if (more !== undefined) return 'bad modifier in $GENERATE';
  if (!['o', 'd', 'x', 'X'].includes(base)) return 'bad base in $GENERATE';
  const offset = integer(offsetText);
  if (offset === undefined) return 'bad offset in $GENERATE';
  if (!/^\d+$/.test(widthText) || Number(widthText) > 255) return 'bad width in $GENERATE';
  return { offset, width: Number(widthText), base };
}

function formatted(value: number, width: number, base: string): string {
  const text = value.toString(base === 'o' ? 8 : base === 'd' ? 10 : 16).padStart(width, '0');
  return base === 'X' ? text.toUpperCase() : text;
}
