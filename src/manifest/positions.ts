// Where each value of one object was written: a tree of offsets beside the object, so that the parsed YAML nodes
// (ten times larger) can be dropped. Paths are the API's: spec.ports[0].port, metadata.labels[app.kubernetes.io/name].
import type { Position } from '../api/input-error.ts';
import type { Source } from '../api/manifest.ts';

/** One written value. Offsets count UTF-16 units from the start of the text. */
export interface Spot {
  /** Where the key stands (for list items and documents: the value). */
  readonly key: number;
  readonly value: number;
  /** Keys of a mapping, or "0", "1" ... of a list; null for scalars. */
  readonly children: ReadonlyMap<string, Spot> | null;
}

/** Source, and the position of keys: unknown fields are marked at their name, wrong values at the value. */
export interface ManifestSource extends Source {
  /** Position of the key of the longest written prefix of `path`. */
  keyAt(path: string): Position | null;
}

/** The offsets at which lines begin. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return starts;
}

/** Line and column of an offset, both counted from 1. */
export function positionAt(file: string, starts: readonly number[], offset: number): Position {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

/** The text of line `n` (from 1) without its end; empty when there is none. */
export function lineText(text: string, starts: readonly number[], n: number): string {
  const start = starts[n - 1];
  if (start === undefined) return '';
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end).replace(/\r$/, '');
}

/** The Source of one object whose tree of offsets is `root`. */
export function sourceOf(
  file: string,
  text: string,
  starts: readonly number[],
  root: Spot,
): ManifestSource {
  const line = (n: number) => lineText(text, starts, n);
  const at = (path: string): Position => {
    const spot = find(root, path);
    return positionAt(file, starts, spot.children === null ? spot.value : spot.key);
  };
  const keyAt = (path: string): Position => positionAt(file, starts, find(root, path).key);
  return { file, at, keyAt, line };
}

/** The spot of the longest written prefix. A key may itself hold dots: the longest matching key wins. */
function find(root: Spot, path: string): Spot {
  let spot = root;
  let rest = path;
  while (rest !== '' && spot.children !== null) {
    const step = nextStep(spot.children, rest);
    if (step === undefined) break;
    spot = step.spot;
    rest = step.rest;
  }
  return spot;
}

function nextStep(
  children: ReadonlyMap<string, Spot>,
  path: string,
): { readonly spot: Spot; readonly rest: string } | undefined {
  const text = path.startsWith('.') ? path.slice(1) : path;
  if (text.startsWith('[')) {
    for (let end = text.indexOf(']'); end > 0; end = text.indexOf(']', end + 1)) {
      const spot = children.get(text.slice(1, end));
      if (spot !== undefined) return { spot, rest: text.slice(end + 1) };
    }
    return undefined;
  }
  for (let end = text.length; end > 0; end--) {
    const next = text.charAt(end);
    if (next !== '' && next !== '.' && next !== '[') continue;
    const spot = children.get(text.slice(0, end));
    if (spot !== undefined) return { spot, rest: text.slice(end) };
  }
  return undefined;
}
