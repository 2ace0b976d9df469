// What went wrong, on standard error, and the exit status that goes with it. User mistakes are one clear message each;
// everything else is our mistake and says so.
import { ApiError } from '../api/error.ts';
import { InputError } from '../api/input-error.ts';
import { diagnostic } from '../report/diagnostic.ts';
import type { Io } from './options.ts';

/** Several mistakes found together (harness/checks.ts), told by shape so that no command loads Cucumber for it. */
function several(error: unknown): readonly InputError[] | null {
  if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors))
    return null;
  return error.errors.every((one) => one instanceof InputError) ? error.errors : null;
}

/** Prints and gives the exit status 2. */
export function report(error: unknown, io: Io, verbose: boolean): number {
  const mistakes = error instanceof InputError ? [error] : several(error);
  if (mistakes !== null) {
    for (const mistake of mistakes) io.err(diagnostic(mistake, io.errColor));
  } else if (error instanceof ApiError) {
    io.err(`error[refused-by-api-server]: ${error.message}\n`);
  } else {
    const text = error instanceof Error ? error : new Error(String(error));
    io.err(`svcspec: internal error: ${text.message}\n`);
    io.err(verbose ? `${text.stack ?? ''}\n` : 'run again with -v for the place it happened at\n');
  }
  return 2;
}
