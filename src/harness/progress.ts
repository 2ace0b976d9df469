// Watches a run through Cucumber's messages: progress on the terminal, then each failure with its explanation, then
// the counts. A bar on a terminal, one character per scenario elsewhere.
import type { runCucumber } from '@cucumber/cucumber/api';
import { type Pens, plain } from '../analysis/pens.ts';

/** One message of a run, as Cucumber hands it over. */
export type Envelope = Parameters<NonNullable<Parameters<typeof runCucumber>[2]>>[0];

type Status = 'PASSED' | 'FAILED' | 'SKIPPED' | 'PENDING' | 'UNDEFINED' | 'AMBIGUOUS' | 'UNKNOWN';

interface PlannedStep {
  readonly text: string;
  /** "12:5", or empty for a hook. */
  readonly at: string;
}

const hook: PlannedStep = { text: 'hook', at: '' };

interface Failed {
  readonly where: string;
  readonly name: string;
  readonly step: string;
  readonly message: string;
}

export interface Terminal {
  write(text: string): void;
  /** Columns of a terminal; null when it is none. */
  readonly columns: number | null;
}

export class Progress {
  readonly #out: Terminal | null;
  readonly #pens: Pens;
  readonly #pickles = new Map<
    string,
    { uri: string; name: string; at: string; steps: Map<string, PlannedStep> }
  >();
  readonly #cases = new Map<string, { pickle: string; steps: Map<string, PlannedStep> }>();
  readonly #running = new Map<
    string,
    { testCase: string; status: Status; failed: Failed | null; reason: string }
  >();
  /** Why scenarios were skipped -> how many. */
  readonly #skipped = new Map<string, number>();
  readonly #places = new Map<string, string>();
  readonly #counts = new Map<Status, number>();
  readonly failures: Failed[] = [];
  readonly parseErrors: { uri: string; message: string; line: number; column: number }[] = [];
  planned = 0;
  finished = 0;
  #steps = 0;
  /** All that passing scenarios ran under. */
  #schedules = 0;

  /** `out` null: nothing is written. */
  constructor(out: Terminal | null, pens: Pens = plain) {
    this.#out = out;
    this.#pens = pens;
  }

  count(status: Status): number {
    return this.#counts.get(status) ?? 0;
  }

  see(envelope: Envelope): void {
    if (envelope.gherkinDocument !== undefined) this.#document(envelope.gherkinDocument);
    else if (envelope.pickle !== undefined) this.#pickle(envelope.pickle);
    else if (envelope.parseError !== undefined) this.#parseError(envelope.parseError);
    else if (envelope.testCase !== undefined) this.#testCase(envelope.testCase);
    else if (envelope.testCaseStarted !== undefined) {
      const { id, testCaseId } = envelope.testCaseStarted;
      this.#running.set(id, { testCase: testCaseId, status: 'UNKNOWN', failed: null, reason: '' });
    } else if (envelope.attachment !== undefined) this.#note(envelope.attachment);
    else if (envelope.testStepFinished !== undefined) this.#step(envelope.testStepFinished);
    else if (envelope.testCaseFinished !== undefined) this.#end(envelope.testCaseFinished);
  }

  #document(document: NonNullable<Envelope['gherkinDocument']>): void {
    const note = (located: { id: string; location: { line: number; column?: number } }): void => {
      const { line, column = 1 } = located.location;
      this.#places.set(located.id, `${line}:${column}`);
    };
    const visit = (
      children: NonNullable<typeof document.feature>['children'] | undefined,
    ): void => {
      for (const child of children ?? []) {
        child.background?.steps.forEach(note);
        child.scenario?.steps.forEach(note);
        if (child.scenario !== undefined) {
          note(child.scenario);
          for (const examples of child.scenario.examples) examples.tableBody.forEach(note);
        }
        if ('rule' in child && child.rule !== undefined) visit(child.rule.children as never);
      }
    };
    visit(document.feature?.children);
  }

  #pickle(pickle: NonNullable<Envelope['pickle']>): void {
    const place = (ids: readonly string[], n: number): string =>
      this.#places.get(ids.at(n) ?? '') ?? '1:1';
    const steps = new Map(
      pickle.steps.map(({ id, text, astNodeIds }) => [id, { text, at: place(astNodeIds, 0) }]),
    );
    const { uri, name, astNodeIds } = pickle;
    this.#pickles.set(pickle.id, { uri, name, at: place(astNodeIds, -1), steps });
  }

  #parseError(error: NonNullable<Envelope['parseError']>): void {
    const { uri = '', location } = error.source;
    const { line = 1, column = 1 } = location ?? {};
    this.parseErrors.push({ uri, message: error.message, line, column });
  }

  #testCase(testCase: NonNullable<Envelope['testCase']>): void {
    this.planned++;
    const texts = this.#pickles.get(testCase.pickleId)?.steps;
    const steps = new Map(
      testCase.testSteps.map((step) => [step.id, texts?.get(step.pickleStepId ?? '') ?? hook]),
    );
    this.#cases.set(testCase.id, { pickle: testCase.pickleId, steps });
  }

  #step(finished: NonNullable<Envelope['testStepFinished']>): void {
    const running = this.#running.get(finished.testCaseStartedId);
    if (running === undefined) return;
    const { status, message = '' } = finished.testStepResult;
    const testCase = this.#cases.get(running.testCase);
    const step = testCase?.steps.get(finished.testStepId) ?? hook;
    if (step !== hook) this.#steps++;
    if (running.status === 'FAILED') return;
    const worse = status !== 'PASSED' || running.status === 'UNKNOWN';
    if (worse) running.status = status as Status;
    if (status === 'FAILED') {
      const pickle = this.#pickles.get(testCase?.pickle ?? '');
      const where = `${pickle?.uri}:${step.at === '' ? pickle?.at : step.at}`;
      running.failed = { where, name: pickle?.name ?? '', step: step.text, message };
    }
  }

  /** A scenario says why it is skipped. */
  #note({ testCaseStartedId = '', body }: NonNullable<Envelope['attachment']>): void {
    const running = this.#running.get(testCaseStartedId);
    const reason = /^skipped: (.*)$/.exec(body)?.[1];
    const schedules = /^explored (\d+) schedules?$/.exec(body)?.[1];
    if (schedules !== undefined) this.#schedules += Number(schedules);
    if (running !== undefined && reason !== undefined) running.reason = reason;
  }

  #end(finished: NonNullable<Envelope['testCaseFinished']>): void {
    const running = this.#running.get(finished.testCaseStartedId);
    this.#running.delete(finished.testCaseStartedId);
    if (running === undefined || finished.willBeRetried) return;
    const { status, failed, reason } = running;
    if (status === 'SKIPPED' && reason !== '') {
      this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1);
    }
    this.finished++;
    this.#counts.set(status, this.count(status) + 1);
    if (failed !== null) this.failures.push(failed);
    this.#draw(status);
  }

  #draw(status: Status): void {
    const out = this.#out;
    if (out === null) return;
    if (out.columns === null) {
      const mark = status === 'PASSED' ? '.' : status === 'FAILED' ? 'F' : '-';
      out.write(this.finished % 80 === 0 ? `${mark}\n` : mark);
      return;
    }
    const width = Math.max(10, Math.min(40, out.columns - 40));
    const done = Math.round((width * this.finished) / Math.max(1, this.planned));
    const failed = this.count('FAILED');
    const tail = failed === 0 ? '' : this.#pens.bad(`, ${failed} failed`);
    const bar = `${'='.repeat(done)}${' '.repeat(width - done)}`;
    out.write(`\r[${bar}] ${this.finished}/${this.planned} scenarios${tail}`);
  }

  /** Failures with their explanations, counts, duration. */
  summary(seconds: number): string {
    const lines: string[] = [''];
    for (const [i, failure] of this.failures.entries()) {
      lines.push(
        this.#pens.bad(`${i + 1}) ${failure.name}`),
        `   ${failure.where}`,
        ...(failure.step === hook.text ? [] : [`   step: ${failure.step}`]),
        ...withoutStack(failure.message).map((line) => `   ${line}`),
        '',
      );
    }
    const passed = this.count('PASSED');
    const parts = [this.#pens.good(`${passed} passed`)];
    for (const status of ['FAILED', 'SKIPPED', 'PENDING', 'UNDEFINED', 'AMBIGUOUS'] as const) {
      const n = this.count(status);
      const text = `${n} ${status.toLowerCase()}`;
      if (n > 0) parts.push(status === 'FAILED' ? this.#pens.bad(text) : text);
    }
    for (const [reason, n] of this.#skipped)
      lines.push(`${counted(n, 'scenario')} skipped: ${reason}`);
    if (this.#schedules > 0) lines.push(`${counted(this.#schedules, 'schedule')} explored`);
    const scenarios = counted(this.finished, 'scenario');
    lines.push(`${scenarios} (${parts.join(', ')}), ${counted(this.#steps, 'step')}`);
    lines.push(`${seconds.toFixed(2)} s`);
    return lines.join('\n');
  }
}

/** An error's message without the stack that Cucumber appends. */
function withoutStack(message: string): readonly string[] {
  const lines = message.split('\n');
  const stack = lines.findIndex((line) => /^\s+at .*(?:\(|:\d+:\d+)/.test(line));
  const shown = stack < 0 ? lines : lines.slice(0, stack);
  return shown.map((line) => line.replace(/^(?:ExpectationError|UnusableInput|Error): /, ''));
}

function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
