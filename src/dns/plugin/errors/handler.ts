// Logs what a plugin behind it returned as an error (CoreDNS plugin/errors/errors.go). It changes no answer. Errors that a
// pattern of `consolidate` names are counted instead, and summed up when the time since the first of them is over.
import { typeText } from '../../go/names.ts';
import type { GoRegexp } from '../../go/regexp.ts';
import { lower } from '../../message/name.ts';
import type { DnsRequest, DueLine, Handler, Next, Served } from '../../plugin.ts';

export type Level = 'warning' | 'error' | 'info' | 'debug';

export interface Pattern {
  readonly periodMs: number;
  /** As Go prints it. */
  readonly period: string;
  readonly regexp: GoRegexp;
  readonly level: Level;
  /** Whether the first error of a period is logged as such. */
  readonly showFirst: boolean;
}

/** Errors counted so far, and when they are summed up. */
interface Window {
  readonly count: number;
  readonly untilMs: number;
}

export class ErrorsHandler implements Handler {
  readonly name = 'errors';
  readonly #patterns: readonly Pattern[];
  /** By index of the pattern. */
  #windows: ReadonlyMap<number, Window>;

  constructor(patterns: readonly Pattern[], windows: ReadonlyMap<number, Window> = new Map()) {
    this.#patterns = patterns;
    this.#windows = windows;
  }

  fork(): ErrorsHandler {
    return new ErrorsHandler(this.#patterns, this.#windows);
  }

  serve(request: DnsRequest, next: Next): Served {
    const served = next(request);
    const { error, rcode } = served;
    if (error === null) return served;
    const { turn } = request;
    const question = served.request?.questions[0] ?? request.question;
    const { environment } = turn;
    const nowMs = turn.nowMs();
    const i = this.#patterns.findIndex(({ regexp }) => regexp.test(error));
    const pattern = this.#patterns[i];
    if (pattern !== undefined) {
      for (const { text } of this.due(nowMs)) environment.log(text);
      if (!this.#count(i, pattern, nowMs)) return served;
    }
    const text = `${rcode} ${lower(question.name)} ${typeText(question.type)}: ${error}`;
    const line = lineOf(pattern?.level ?? 'error', text);
    if (line !== null) environment.log(line);
    return served;
  }

  due(nowMs: number): readonly DueLine[] {
    const lines: DueLine[] = [];
    for (const [i, { count, untilMs }] of this.#windows) {
      const pattern = this.#patterns[i];
      if (untilMs > nowMs || pattern === undefined) continue;
      const left = new Map(this.#windows);
      left.delete(i);
      this.#windows = left;
      if (count === 1 && pattern.showFirst) continue;
      const { regexp, period, level } = pattern;
      const text = `${count} errors like '${regexp.source}' occurred in last ${period}`;
      const line = lineOf(level, text);
      if (line !== null) lines.push({ atMs: untilMs, text: line });
    }
    return lines;
  }

  /** Whether the error is logged all the same. */
  #count(i: number, { periodMs, showFirst }: Pattern, nowMs: number): boolean {
    const window = this.#windows.get(i) ?? { count: 0, untilMs: nowMs + periodMs };
    const counted = { ...window, count: window.count + 1 };
    this.#windows = new Map(this.#windows).set(i, counted);
    return showFirst && counted.count === 1;
  }
}

/** Null: debug lines are only printed with the plugin `debug`, which is not modelled. */
function lineOf(level: Level, text: string): string | null {
  return level === 'debug' ? null : `[${level.toUpperCase()}] plugin/errors: ${text}`;
}
