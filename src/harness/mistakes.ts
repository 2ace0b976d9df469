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
    if (this instanceof SvcWorld && !isHook(args)) {
      this.take((world) => said(step, world, args));
    }
    return said(step, this, args);
  };
}

/** Hooks are wrapped like steps; what they are given tells them apart. */
function isHook([first]: readonly unknown[]): boolean {
  return typeof first === 'object' && first !== null && 'gherkinDocument' in first;
}

function said(step: StepFunction, world: unknown, args: unknown[]): unknown {
  try {
    return step.apply(world, args);
  } catch (error) {
    if (error instanceof NotForReal && world instanceof SvcWorld) {
      world.log(`skipped: ${error.message}`);
      return 'skipped';
    }
    if (!(error instanceof InputError)) throw error;
    if (error.code === 'not-running' && world instanceof SvcWorld) {
      fail(world, { expected: 'a client with a running Pod', actual: error.message });
    }
    throw worded(error, world);
  }
}

function worded(error: InputError, world: unknown): UnusableInput {
  const { code, message, hint, sourceLine } = error;
  const position = error.position ?? (world instanceof SvcWorld ? world.step : null);
  const placed = new InputError(code, message, { position, hint, sourceLine });
  return new UnusableInput(diagnostic(placed, false).trimEnd());
}
