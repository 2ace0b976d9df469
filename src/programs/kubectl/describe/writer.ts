// The text writer of `kubectl describe`: cells end at tabs, and a column is as wide as its widest cell plus two in a run
// of lines that have it. Models Go's text/tabwriter as describe.go sets it up (minimum 0, padding 2, blanks) and
// kubectl's PrefixWriter, which indents by two blanks a level and shows terminal escapes.

const padding = 2;

export class DescribeWriter {
  #pending = '';
  #done = '';

  /** One line: cells joined by tabs, indented by `level` times two blanks. */
  line(level: number, ...cells: readonly (string | number | boolean)[]): void {
    this.write(`${'  '.repeat(level)}${cells.join('\t')}\n`);
  }

  /** Text with tabs and line ends of its own. */
  write(text: string): void {
    this.#pending += text.replaceAll('\u001b', '^[').replaceAll('\r', '\\r');
  }

  /** Columns that follow are independent of those before. */
  flush(): void {
    this.#done += tabbed(this.#pending);
    this.#pending = '';
  }

  text(): string {
    this.flush();
    return this.#done;
  }

  /** What was written, with its tabs: `rollout history --revision` does not align it. */
  unaligned(): string {
    return this.#pending;
  }
}

/** Aligns text whose cells end at tabs. */
export function tabbed(text: string): string {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const out: string[] = [];
  format(lines, 0, lines.length, [], out);
  return out.join('\n');
}

/** Lines from `start` to `end`; `widths` are those of the columns that enclose them. */
function format(
  lines: readonly (readonly string[])[],
  start: number,
  end: number,
  widths: readonly number[],
  out: string[],
): void {
  const column = widths.length;
  let at = start;
  while (at < end) {
    if (!hasColumn(lines[at], column)) {
      out.push(padded(lines[at] ?? [], widths));
      at++;
      continue;
    }
    let last = at;
    let width = 0;
    while (last < end && hasColumn(lines[last], column)) {
      width = Math.max(width, sizeOf(lines[last]?.[column] ?? '') + padding);
      last++;
    }
    format(lines, at, last, [...widths, width], out);
    at = last;
  }
}

/** The last cell of a line belongs to no column. */
function hasColumn(line: readonly string[] | undefined, column: number): boolean {
  return line !== undefined && column < line.length - 1;
}

function padded(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, i) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - sizeOf(cell))))
    .join('');
}

/** In characters, as Go counts runes. */
function sizeOf(cell: string): number {
  return [...cell].length;
}
