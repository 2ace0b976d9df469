// Exploration: a scenario that passed runs again under other seeds and other orders of everything that can happen in more
// than one. Its steps are called as Cucumber called them, each time on a World of their own; the first schedule that
// fails is made as short as it can be and ends the scenario with what then happened and the command that shows it again.
import type { Choices } from '../sim/choices.ts';
import { Exploring, Following, type Schedule, scheduleText, shortest } from '../sim/schedule.ts';
import { mistakeName } from './mistakes.ts';
import { endScenario } from './scenario.ts';
import { SvcWorld, type WorldParameters } from './world.ts';

/** How often a scenario with the tag @explore runs where the command line does not say. */
export const usualSchedules = 100;

export interface Exploration {
  /** Schedules, the usual one among them. */
  readonly schedules: number;
  /** No new one begins after so many milliseconds; null: no matter how long. */
  readonly forMs: number | null;
}

/** Null: this scenario is not explored. */
export function explorationOf(world: SvcWorld, tags: readonly string[]): Exploration | null {
  const { explore, exploreForMs = null } = world.parameters;
  if (world.parameters.schedule !== undefined) return null;
  if (explore === undefined && exploreForMs === null) {
    return tags.includes('@explore') ? { schedules: usualSchedules, forMs: null } : null;
  }
  return { schedules: explore ?? Number.POSITIVE_INFINITY, forMs: exploreForMs };
}

/** Throws what the first schedule that fails threw, in its shortest form. */
export function explore(world: SvcWorld, { schedules, forMs }: Exploration): void {
  const started = performance.now();
  let done = 1;
  for (let turn = 1; turn < schedules; turn++) {
    if (forMs !== null && performance.now() - started >= forMs) break;
    const seed = (world.seed + turn) >>> 0;
    const choices = new Exploring(seed, turn);
    done++;
    const failed = attempt(world, choices);
    if (failed === null) continue;
    if (failed.error.name === mistakeName) throw failed.error;
    throw shortestFailure(world, { turn, seed, schedule: choices.schedule, failed });
  }
  world.log(`explored ${done} schedule${done === 1 ? '' : 's'}`);
}

interface FailedStep {
  readonly step: number;
  readonly error: Error;
}

/** Null: all steps passed. `choices` null: those of the schedule that the parameters name, and whoever fails says so. */
function attempt(
  world: SvcWorld,
  choices: Choices | null,
  parameters: WorldParameters = world.parameters,
): FailedStep | null {
  const { taken } = world;
  const { attach, log, link } =
    choices === null ? world : { attach: silent, log: silent, link: silent };
  const own = new SvcWorld({ attach, log, link, parameters }, choices);
  own.feature = world.feature;
  for (const [step, { text, place, call }] of taken.entries()) {
    own.begins(text, place);
    try {
      if (call(own) instanceof Promise) return { step, error: asynchronous(text) };
    } catch (error) {
      return { step, error: asError(error) };
    }
  }
  try {
    endScenario(own, true);
  } catch (error) {
    return { step: taken.length, error: asError(error) };
  }
  return null;
}

interface Found {
  readonly turn: number;
  readonly seed: number;
  readonly schedule: Schedule;
  readonly failed: FailedStep;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Other runs would go on before it is done. */
function asynchronous(text: string): Error {
  const error = new Error(`a step that is asynchronous cannot be explored: ${text}`);
  error.name = mistakeName;
  error.stack = `${mistakeName}: ${error.message}`;
  return error;
}

async function silent(): Promise<void> {}

function shortestFailure(world: SvcWorld, { turn, seed, schedule, failed }: Found): Error {
  const stillFails = (shorter: Schedule): boolean => {
    const again = attempt(world, new Following(seed, shorter));
    return again !== null && again.step === failed.step && again.error.name === failed.error.name;
  };
  const text = `${seed}:${scheduleText(shortest(schedule, stillFails))}`;
  const last = attempt(world, null, { ...world.parameters, schedule: text }) ?? failed;
  const step = world.taken[last.step]?.text ?? 'the end of the scenario';
  last.error.message = `under another schedule, found as number ${turn + 1}: ${step}\n${last.error.message}`;
  last.error.stack = `${last.error.name}: ${last.error.message}`;
  return last.error;
}
