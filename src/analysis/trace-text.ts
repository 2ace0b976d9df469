// A trace to read at two in the morning: the verdict first, then one line per hop that mattered, blame and its line
// last. Lines that only passed a packet on (policy ACCEPT, jumps) are shown with `verbose`.
import type { Hop } from './hops.ts';
import { type Pens, plain } from './pens.ts';
import type { AttemptDocument, FlowDocument, TraceDocument } from './trace-document.ts';

export interface TextOptions {
  readonly verbose?: boolean;
  readonly pens?: Pens;
}

/** All flows of a trace; ends without a newline. */
export function traceText(trace: TraceDocument, options: TextOptions = {}): string {
  return trace.flows.map((flow) => flowText(flow, options)).join('\n\n');
}

function flowText(flow: FlowDocument, options: TextOptions): string {
  const lines: string[] = [];
  if (flow.id !== '') lines.push(`flow ${flow.id}`);
  const [first] = flow.attempts;
  if (first !== undefined && flow.attempts.length === 1) lines.push(attemptText(first, options));
  else lines.push(...summaryLines(flow, options));
  for (const p of flow.possible ?? []) {
    const to = p.backend === null ? p.outcome : `${p.outcome} by ${p.backend}`;
    const source = p.sourceSeen === null ? '' : `, source seen ${p.sourceSeen}`;
    lines.push(`possible: ${to} with probability ${trimmed(p.probability)}${source}`);
  }
  return lines.join('\n');
}

/** At most ten decimals, without trailing zeros. */
export function trimmed(value: number): string {
  return String(Number(value.toFixed(10)));
}

function summaryLines(flow: FlowDocument, options: TextOptions): readonly string[] {
  const counts = new Map<string, number>();
  for (const attempt of flow.attempts) {
    counts.set(attempt.outcome, (counts.get(attempt.outcome) ?? 0) + 1);
  }
  const summed = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  const lines = [`${flow.attempts.length} connections: ${summed}`];
  for (const [backend, n] of Object.entries(flow.distribution)) lines.push(`  ${n} x ${backend}`);
  for (const [source, n] of Object.entries(flow.sources)) lines.push(`  ${n} x source ${source}`);
  const failed = flow.attempts.find((attempt) => attempt.outcome !== 'answered');
  if (failed !== undefined) {
    lines.push(`attempt ${failed.n}, the first that failed:`, attemptText(failed, options));
  }
  return lines;
}

/** One attempt: verdict, look-up, the way there and back machine by machine, blame. */
export function attemptText(attempt: AttemptDocument, options: TextOptions = {}): string {
  const pens = options.pens ?? plain;
  const good = attempt.outcome === 'answered';
  const lines = [(good ? pens.good : pens.bad)(verdict(attempt))];
  if (attempt.dns !== null) lines.push(...dnsLines(attempt.dns));
  const shown =
    options.verbose === true
      ? attempt.hops
      : attempt.hops.filter((hop, i, all) => matters(hop, all, i));
  lines.push(...wayLines(shown, pens));
  if (attempt.hops.length > 0) lines.push(`  ${attempt.rulesWalked} rules walked`);
  if (attempt.blame !== null) lines.push(...blameLines(attempt, pens));
  return lines.join('\n');
}

/** A heading per machine, one line per hop, and where the reply begins. */
function wayLines(hops: readonly Hop[], pens: Pens): readonly string[] {
  const lines: string[] = [];
  const stages = Math.max(0, ...hops.map((hop) => hop.stage.length));
  const effects = Math.max(0, ...hops.map((hop) => hop.effect.length));
  let at = '';
  let replying = false;
  for (const hop of hops) {
    if (hop.at !== at) lines.push(`  ${pens.bold(hop.at)}`);
    at = hop.at;
    const source = hop.source === null ? '' : pens.dim(`  (${hop.source})`);
    const what = hop.rule ?? hop.detail;
    const effect = pens.bold(hop.effect.padEnd(effects));
    lines.push(`    ${hop.stage.padEnd(stages)}  ${effect}  ${what}${source}`);
    if (hop.stage === 'socket' && !replying) {
      lines.push(pens.dim('  the reply:'));
      replying = true;
    }
  }
  return lines.at(-1)?.endsWith('the reply:') ? lines.slice(0, -1) : lines;
}

function blameLines(attempt: AttemptDocument, pens: Pens): readonly string[] {
  const { blame } = attempt;
  if (blame === null) return [];
  const where = blame.file === null ? '' : `\n         ${blame.file}:${blame.line}`;
  return [`${pens.bad(`blame: ${blame.id}`)}: ${blame.message}${where}`];
}

/** "answered by pod/demo/web-1 (10.1.0.29:80), which saw 10.1.0.40:32768". */
export function verdict(attempt: AttemptDocument): string {
  if (attempt.phase === 'dns') {
    return `failed to resolve "${attempt.dns?.name ?? ''}": ${attempt.outcome}`;
  }
  const dialled = `${attempt.client ?? '?'} -> ${attempt.dialled ?? '?'}`;
  if (attempt.outcome === 'answered') {
    const seen = `${attempt.sourceSeen}:${attempt.sourcePortSeen}`;
    return `answered by ${attempt.backend ?? '?'} at ${attempt.destination ?? '?'}: ${dialled}, source seen ${seen}`;
  }
  const via = attempt.via === null ? '' : ` (${attempt.via})`;
  const far =
    attempt.destination === null || attempt.destination === attempt.dialled
      ? ''
      : `, after NAT ${attempt.destination}`;
  return `${attempt.outcome}${via}: ${dialled}${far}`;
}

function dnsLines(dns: NonNullable<AttemptDocument['dns']>): readonly string[] {
  return dns.queries.map((query) => {
    const answers = query.answers.map((answer) => `${answer.type} ${answer.data}`).join(', ');
    const said = answers === '' ? query.rcode : answers;
    return `  dns ${query.name} ${query.type} @${query.server}: ${said}${query.cached ? ' (cached)' : ''}`;
  });
}

/** Left out: accepting policies, returns, and jumps into chains that decided nothing. */
function matters(hop: Hop, hops: readonly Hop[], i: number): boolean {
  if (hop.rule === null && hop.chain !== null) return hop.effect === 'drop';
  if (hop.effect !== 'jump') return true;
  const next = hops[i + 1];
  const entered =
    next?.stage === hop.stage &&
    next.chain !== null &&
    hop.rule?.endsWith(` -j ${next.chain}`) === true;
  return entered && matters(next, hops, i + 1);
}
