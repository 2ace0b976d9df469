// A mistake in something the user wrote: one closed code, what is wrong, where, and what would be valid. Printed
// by src/report with the source line and a caret; exit status 2. It stands in `api` because most rooms may throw it.

export type InputCode =
  | 'usage'
  | 'file-unreadable'
  | 'file-too-large'
  | 'yaml-syntax'
  | 'yaml-too-deep'
  | 'yaml-bomb'
  | 'nul-byte'
  | 'unknown-kind'
  | 'unknown-field'
  | 'duplicate-field'
  | 'wrong-type'
  | 'missing-field'
  | 'invalid-value'
  | 'refused-by-api-server'
  | 'cluster-document'
  | 'pin-taken'
  | 'pin-out-of-range'
  | 'overlapping-ranges'
  | 'corefile'
  | 'flows-file'
  | 'unknown-object'
  /** The client exists but has no running Pod. */
  | 'not-running'
  | 'feature'
  | 'unknown-step'
  | 'not-modelled';

/** A place in a text: line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export class InputError extends Error {
  readonly code: InputCode;
  readonly position: Position | null;
  /** What would be valid, or what to do: one sentence or list; empty when the message says it all. */
  readonly hint: string;
  /** The line the position names, for the caret; null when the thrower has no text at hand. */
  readonly sourceLine: string | null;

  constructor(
    code: InputCode,
    message: string,
    more: { position?: Position | null; hint?: string; sourceLine?: string | null } = {},
  ) {
    super(message);
    this.name = 'InputError';
    this.code = code;
    this.position = more.position ?? null;
    this.hint = more.hint ?? '';
    this.sourceLine = more.sourceLine ?? null;
    const frames = this.stack?.indexOf('\n    at ') ?? -1;
    this.stack = `${this.toString()}${frames < 0 ? '' : this.stack?.slice(frames)}`;
  }

  /** With the place and the hint, for uncaught errors; `message` is without them, for who prints them apart. */
  override toString(): string {
    const { position, hint } = this;
    const place =
      position === null ? '' : ` (${position.file}:${position.line}:${position.column})`;
    return `${this.name}: ${this.message}${place}${hint === '' ? '' : `\nhelp: ${hint}`}`;
  }
}
