// A trace to read at two in the morning: the verdict first, then one line per hop that mattered, blame and its line
// last. Lines that only passed a packet on (policy ACCEPT, jumps) are shown with `verbose`.
import { proxyStatusText } from '../node/upstream.ts';
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
    const status = p.status === undefined ? '' : ` ${proxyStatusText(p.status)}`;
    const way = [p.backend, ...(p.upstreams ?? [])].join(', which asked ');
    const to = p.backend === null ? p.outcome : `${p.outcome}${status} by ${way}`;
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
  const good = attempt.outcome === 'answered' && attempt.blame === null;
  const lines = [(good ? pens.good : pens.bad)(verdict(attempt))];
  lines.push(...ownLines(attempt, options));
  if (attempt.blame !== null) lines.push(...blameLines(attempt, pens));
  return lines.join('\n');
}

/** All but the verdict and the blame. */
function ownLines(attempt: AttemptDocument, options: TextOptions): readonly string[] {
  const pens = options.pens ?? plain;
  const lines = attempt.dns === null ? [] : [...dnsLines(attempt.dns)];
  const shown =
    options.verbose === true
      ? attempt.hops
      : attempt.hops.filter((hop, i, all) => matters(hop, all, i));
  lines.push(...wayLines(shown, pens, upstreamLines(attempt, options)));
  if (attempt.hops.length > 0) lines.push(`  ${attempt.rulesWalked} rules walked`);
  return lines;
}

/** What the backend asked of others before it could answer: the same lines again, further in. */
function upstreamLines({ upstream }: AttemptDocument, options: TextOptions): readonly string[] {
  if (upstream === undefined) return [];
  const pens = options.pens ?? plain;
  const { from, url, failure, attempt } = upstream;
  if (attempt === null) return [pens.dim(`  ${from} is to ask ${url}, as it has before`)];
  const word = failure === null ? '' : `, in vain (${failure})`;
  const head = pens.dim(`  ${from} asks ${url}${word}:`);
  return [head, ...[verdict(attempt), ...ownLines(attempt, options)].map((line) => `    ${line}`)];
}

/** A heading per machine, one line per hop, and where the reply begins: behind the last socket that took it, and what its
 * program did meanwhile. */
function wayLines(
  hops: readonly Hop[],
  pens: Pens,
  meanwhile: readonly string[],
): readonly string[] {
  const lines: string[] = [];
  const stages = Math.max(0, ...hops.map((hop) => hop.stage.length));
  const effects = Math.max(0, ...hops.map((hop) => hop.effect.length));
  const taken = hops.findLastIndex((hop) => hop.stage === 'socket');
  let at = '';
  for (const [i, hop] of hops.entries()) {
    if (taken >= 0 && i === taken + 1) lines.push(...meanwhile, pens.dim('  the reply:'));
    if (hop.at !== at) lines.push(`  ${pens.bold(hop.at)}`);
    at = hop.at;
    const source = hop.source === null ? '' : pens.dim(`  (${hop.source})`);
    const effect = pens.bold(hop.effect.padEnd(effects));
    lines.push(`    ${hop.stage.padEnd(stages)}  ${effect}  ${whatText(hop)}${source}`);
  }
  if (taken < 0 || taken === hops.length - 1) lines.push(...meanwhile);
  return lines;
}

/** The rule with what its own text does not say: the chain of one of nf_tables, which element of a map decided, and of
 * IPVS the Service and the scheduler. */
function whatText({ stage, chain, rule, detail }: Hop): string {
  if (rule === null) return detail;
  if (stage === 'ipvs') return detail === '' ? rule : `${rule}  # ${detail}`;
  if (!isNft(stage)) return rule;
  const isSaid = detail === '' || rule.includes(detail);
  return `${chain}: ${isSaid ? abridged(rule, detail) : `${rule} { ${detail} }`}`;
}

function isNft(stage: string): boolean {
  return stage.startsWith('nft ');
}

/** Of a rule's own map only the element that decided. */
function abridged(rule: string, element: string): string {
  const [open, close] = [rule.indexOf('{ ') + 2, rule.lastIndexOf(' }')];
  const at = rule.indexOf(element, open);
  if (element === '' || open < 2 || at < 0 || at + element.length > close) return rule;
  const before = at > open ? '..., ' : '';
  const after = at + element.length < close ? ', ...' : '';
  return `${rule.slice(0, open)}${before}${element}${after}${rule.slice(close)}`;
}

function blameLines(attempt: AttemptDocument, pens: Pens): readonly string[] {
  const { blame } = attempt;
  if (blame === null) return [];
  const where = blame.file === null ? '' : `\n         ${blame.file}:${blame.line}`;
  return [`${pens.bad(`blame: ${blame.id}`)}: ${blame.message}${where}`];
}

function pointText(address: string, port: number | null): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port ?? '?'}`;
}

/** "answered by pod/demo/web-1 at 10.1.0.29:80: 10.1.0.40:32768 -> 10.96.0.9:80, source seen 10.1.0.40:32768". */
export function verdict(attempt: AttemptDocument): string {
  if (attempt.phase === 'dns') {
    return `failed to resolve "${attempt.dns?.name ?? ''}": ${attempt.outcome}`;
  }
  const dialled = `${attempt.client ?? '?'} -> ${attempt.dialled ?? '?'}`;
  if (attempt.outcome === 'answered') {
    const seen = pointText(attempt.sourceSeen ?? '?', attempt.sourcePortSeen);
    const status = failedStatusOf(attempt);
    return `answered${status} by ${attempt.backend ?? '?'} at ${attempt.destination ?? '?'}: ${dialled}, source seen ${seen}`;
  }
  const via = attempt.via === null ? '' : ` (${attempt.via})`;
  const far =
    attempt.destination === null || attempt.destination === attempt.dialled
      ? ''
      : `, after NAT ${attempt.destination}`;
  return `${attempt.outcome}${via}: ${dialled}${far}`;
}

/** " 502 Bad Gateway" where the answer is a program's own, for want of one to pass back. */
function failedStatusOf({ upstream, blame }: AttemptDocument): string {
  const status = upstream?.status ?? null;
  return status === null || blame === null ? '' : ` ${proxyStatusText(status)}`;
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
  if (hop.stage === 'ipvs') return true;
  const next = hops[i + 1];
  return next?.stage === hop.stage && leadsTo(hop, next.chain) && matters(next, hops, i + 1);
}

/** Whether a jump is one to this chain. */
function leadsTo({ stage, rule, detail }: Hop, chain: string | null): boolean {
  if (rule === null || chain === null) return false;
  if (!isNft(stage)) return rule.endsWith(` -j ${chain}`);
  const verdicts = [`jump ${chain}`, `goto ${chain}`];
  const comment = ` comment "${detail}"`;
  const said = rule.endsWith(comment) ? rule.slice(0, -comment.length) : rule;
  return verdicts.some((verdict) => said.endsWith(verdict) || detail.endsWith(verdict));
}
