// Clients that go on connecting while other things happen: each connects when its time comes on the virtual clock, and
// what came of every connection is kept in order. Forkable data only: the list of requests is shared, its newest first.
import { InputError } from '../api/input-error.ts';
import { Trace } from '../netfilter/trace.ts';
import type { DialResult } from '../node/dial.ts';
import { connect } from './clients.ts';
import type { Attempt, ConnectOptions } from './cluster.ts';
import type { State } from './state.ts';

/** One client that keeps connecting, as the task that it is. */
export interface Repeating {
  readonly from: string;
  readonly target: string;
  readonly everyMs: number;
  readonly options: ConnectOptions;
}

interface Made {
  readonly attempt: Attempt;
  readonly before: Made | null;
}

/** How many requests that were not answered keep their trace. */
const tracesMax = 20;

export class Requests {
  #last: Made | null;
  #failed: number;

  constructor(last: Made | null = null, failed = 0) {
    this.#last = last;
    this.#failed = failed;
  }

  fork(): Requests {
    return new Requests(this.#last, this.#failed);
  }

  add(attempt: Attempt): void {
    const { dial } = attempt;
    const keeps = !isAnswered(dial) && this.#failed++ < tracesMax;
    const short = keeps || dial === null ? attempt : { ...attempt, dial: traceless(dial) };
    this.#last = { attempt: short, before: this.#last };
  }

  /** Oldest first. */
  list(): readonly Attempt[] {
    const attempts: Attempt[] = [];
    for (let made = this.#last; made !== null; made = made.before) attempts.push(made.attempt);
    return attempts.reverse();
  }
}

const none = new Trace();

/** By a program that had something to answer, where it passes requests on. */
function isAnswered(dial: DialResult | null): boolean {
  if (dial?.outcome !== 'answered') return false;
  const { upstream } = dial;
  return upstream === undefined || (upstream.failure === null && isAnswered(upstream.dial));
}

function traceless(dial: DialResult): DialResult {
  const { upstream } = dial;
  if (upstream === undefined || upstream.dial === null) return { ...dial, trace: none };
  return {
    ...dial,
    trace: none,
    upstream: { ...upstream, dial: traceless(upstream.dial) },
  };
}

/** Connects now and then once in `everyMs`, for as long as the client is there. */
export function keepConnecting(state: State, repeating: Repeating): void {
  connectOnce(state, repeating);
  again(state, repeating);
}

/** A delayed call of the engine (assemble.ts). A client that does not run makes no request. */
export function connectAgain(state: State, repeating: Repeating): void {
  try {
    connectOnce(state, repeating);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  again(state, repeating);
}

function connectOnce(state: State, { from, target, options }: Repeating): void {
  state.attempts++;
  state.parts.requests.add(connect(state, from, target, options, state.attempts));
}

function again(state: State, repeating: Repeating): void {
  state.parts.engine.call('connect-again', repeating, repeating.everyMs, true);
}
