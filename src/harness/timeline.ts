// What was not in the usual order in a schedule that is followed, step by step: for whoever reads why it failed.
import type { Choices } from '../sim/choices.ts';
import { taskPoint } from '../sim/queue.ts';
import { Following, parseSchedule } from '../sim/schedule.ts';

interface Note {
  readonly atMs: number;
  readonly text: string;
}

interface Part {
  readonly step: string;
  readonly notes: Note[];
  /** Tasks in the usual order. */
  usual: number;
}

export class Timeline {
  readonly #parts: Part[] = [];
  readonly choices: Choices;

  /** `schedule`: "SEED:late/kubelet hears of it#2=1". */
  constructor(schedule: string) {
    const [seed = '', picks = ''] = schedule.split(/:(.*)/s);
    const following = new Following(Number(seed), parseSchedule(picks) ?? new Map());
    this.choices = this.#noting(following);
  }

  begin(step: string): void {
    this.#parts.push({ step, notes: [], usual: 0 });
  }

  /** A task that overtakes others was picked before the engine tells of it. */
  #noting(following: Following): Choices {
    let overtakes = false;
    return {
      explores: true,
      pick: (point, weights) => {
        const picked = following.pick(point, weights);
        if (picked > 0 && point.startsWith(taskPoint)) overtakes = true;
        return picked;
      },
      fork: () => following.fork(),
      follower: (atMs, text, isLate) => {
        const part = this.#parts.at(-1);
        if (part === undefined) return;
        if (isLate) part.notes.push({ atMs, text });
        else if (overtakes) part.notes.push({ atMs, text: `${text}, before others that were due` });
        else part.usual++;
        if (!isLate) overtakes = false;
      },
    };
  }

  /** Times are the cluster's, in seconds. */
  text(): string {
    return this.#parts
      .flatMap(({ step, notes, usual }) => [
        step,
        ...notes.map(({ atMs, text }) => `  ${(atMs / 1000).toFixed(3)} s  ${text}`),
        ...(usual === 0
          ? []
          : [`  ${notes.length > 0 ? 'and ' : ''}${usual} things in their usual order`]),
      ])
      .join('\n');
  }
}
