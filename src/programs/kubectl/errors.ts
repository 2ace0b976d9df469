// kubectl's errors: what a verb throws, several of them at once, and how they are printed with which exit status.
// Models kubectl/pkg/cmd/util/helpers.go (CheckErr) and apimachinery's error aggregates.
import { ApiError } from '../../api/error.ts';
import { kubectlError } from '../../api/kubectl-error.ts';

/** An error in kubectl's own words, without "error: "; `whole` is printed as it is. */
export class CommandError extends Error {
  readonly whole: boolean;
  readonly exitCode: number;

  constructor(message: string, more: { whole?: boolean; exitCode?: number } = {}) {
    super(message);
    this.name = 'CommandError';
    this.whole = more.whole ?? false;
    this.exitCode = more.exitCode ?? 1;
  }
}

/** Errors of several objects of one command. */
export class Aggregate extends Error {
  readonly errors: readonly Error[];

  constructor(errors: readonly Error[]) {
    const texts = [...new Set(errors.map(({ message }) => message))];
    super(texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`);
    this.name = 'Aggregate';
    this.errors = errors;
  }
}

/** Throws what was collected; nothing when nothing was. */
export function throwAll(errors: readonly Error[]): void {
  const [first, ...rest] = errors;
  if (first === undefined) return;
  throw rest.length === 0 ? first : new Aggregate(errors);
}

/** Errors that kubectl prints; anything else is a mistake of this program, or refuses what is not modelled. */
export function isPrintable(error: unknown): error is Error {
  return error instanceof ApiError || error instanceof CommandError || error instanceof Aggregate;
}

/** The answers of the API server among what was thrown. */
export function refusalsIn(error: Error): readonly ApiError[] {
  if (error instanceof Aggregate) return error.errors.flatMap(refusalsIn);
  return error instanceof ApiError ? [error] : [];
}

/** Runs `act` and keeps what it throws. */
export function collect(errors: Error[], act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!isPrintable(error)) throw error;
    errors.push(error);
  }
}

/** The error with `prefix` before its text, for instance `error when creating "svc.yaml": `. */
export function prefixed(error: unknown, prefix: string): unknown {
  if (error instanceof ApiError) {
    return new ApiError(error.reason, `${prefix}${error.message}`, error.about, error.causes);
  }
  return error instanceof CommandError ? new CommandError(`${prefix}${error.message}`) : error;
}

/** As `error when VERB "FILE": ...` when the object came from a file. */
export function fromFile<T>(verb: string, file: string | undefined, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw file === undefined ? error : prefixed(error, `error when ${verb} "${file}": `);
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.reason === 'NotFound';
}

/** Standard error's text with a final newline, and the exit status. */
export function printedError(thrown: Error): { readonly text: string; readonly exitCode: number } {
  let error = thrown;
  if (error instanceof Aggregate && error.errors.length === 1) error = error.errors[0] ?? error;
  if (error instanceof Aggregate) {
    return { text: error.errors.map((one) => `${lineOf(one)}\n`).join(''), exitCode: 1 };
  }
  if (error instanceof CommandError) {
    const { message, exitCode } = error;
    const text = error.whole || message.startsWith('error: ') ? message : `error: ${message}`;
    return { text: text === '' || text.endsWith('\n') ? text : `${text}\n`, exitCode };
  }
  return { text: `${alone(error)}\n`, exitCode: 1 };
}

function alone(error: Error): string {
  if (!(error instanceof ApiError)) return lineOf(error);
  return error.reason === 'Invalid' ? kubectlError(error) : lineOf(error);
}

/** One error among several. */
function lineOf(error: Error): string {
  return error instanceof ApiError ? kubectlError(error, { several: true }) : error.message;
}
