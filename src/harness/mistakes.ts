// User mistakes met while a step runs, worded for the report: the message, the place and its line, what would be valid.
// A run with such a scenario ends with exit status 2: it says nothing about the cluster.
import { InputError } from '../api/input-error.ts';
import { NotForReal } from '../cluster/carrier.ts';
import { diagnostic } from '../report/diagnostic.ts';
import { fail } from './fail.ts';
import { SvcWorld } from './world.ts';

/** How the runner tells these failures from expectations that were not met. */
export const mistakeName = 'UnusableInput';

class UnusableInput extends Error {
  constructor(message: string) {
    super(message);
    this.name = mistakeName;
    this.stack = `${mistakeName}: ${message}`;
  }
}

type StepFunction = (this: unknown, ...args: unknown[]) => unknown;

/** The step function, with its InputErrors worded. A client without a running Pod is no mistake of the user: what the
 * cluster came to is not what the step expects. */
export function explained(step: StepFunction): StepFunction {
  return function (...args) {
    try {
      return step.apply(this, args);
    } catch (error) {
      if (error instanceof NotForReal && this instanceof SvcWorld) {
        this.log(`skipped: ${error.message}`);
        return 'skipped';
      }
      if (!(error instanceof InputError)) throw error;
      if (error.code === 'not-running' && this instanceof SvcWorld) {
        fail(this, { expected: 'a client with a running Pod', actual: error.message });
      }
      throw worded(error, this);
    }
  };
}

function worded(error: InputError, world: unknown): UnusableInput {
  const { code, message, hint, sourceLine } = error;
  const position = error.position ?? (world instanceof SvcWorld ? world.step : null);
  const placed = new InputError(code, message, { position, hint, sourceLine });
  return new UnusableInput(diagnostic(placed, false).trimEnd());
}
