// Answers of real CoreDNS releases, kept: one line of JSON each, so that they can be asked again without the binary. Of many
// questions with one kind of answer few are kept. SVCSPEC_WRITE=1 with real-coredns.test.ts writes them anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CoreDnsVersion } from '../../src/dns/kubeadm/version.ts';
import type { Answered } from '../real-coredns.ts';
import { type Ask, hashOf } from './questions.ts';
import { isTransfer } from './transfers.ts';

export interface Vector {
  readonly version: CoreDnsVersion;
  readonly variant: string;
  readonly ask: Ask;
  /** As `linesOf`, without the question. */
  readonly lines: readonly string[];
}

const path = join(import.meta.dirname, '../../../test/data/coredns-vectors.ndjson');

export function readVectors(): readonly Vector[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [version, variant, asked, ...reply] = JSON.parse(line) as readonly string[];
    const [name = '', ...type] = (asked ?? '').split(' ');
    return {
      version: version as CoreDnsVersion,
      variant: variant ?? '',
      ask: { name, type: type.join(' ') },
      lines: reply,
    };
  });
}

export function withoutQuestion(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !line.startsWith('question '));
}

/** Of each kind of answer one question, the one with the least hash; of older kinds only what a release changes. */
export function chosen(
  version: CoreDnsVersion,
  answered: readonly Answered[],
  before: readonly Vector[],
): readonly Vector[] {
  const known = new Map(before.map((one) => [`${one.variant} ${keyOf(one.ask)}`, one.lines]));
  const kinds = new Set(before.map(({ variant, ask, lines }) => kindOf(variant, ask, lines)));
  return answered.flatMap(({ variant, asks, answers }) => {
    const best = new Map<string, Vector>();
    asks.forEach((ask, i) => {
      const lines = withoutQuestion(answers[i] ?? []);
      const vector = { version, variant, ask, lines };
      const kind = kindOf(variant, ask, lines);
      const earlier = known.get(`${variant} ${keyOf(ask)}`);
      const isNew = earlier === undefined ? !kinds.has(kind) : earlier.join() !== lines.join();
      const other = best.get(kind);
      if (!isNew || lines.length > linesMax(variant, ask)) return;
      if (other === undefined || hashOf(keyOf(ask)) < hashOf(keyOf(other.ask))) {
        best.set(kind, vector);
      }
    });
    return [...best.values()];
  });
}

/** Of the whole cluster's zone one transfer is kept, however long. */
function linesMax(variant: string, ask: Ask): number {
  if (!isTransfer(ask)) return 12;
  const isWhole = variant === 'whole-kubeadm' && ask.name === 'cluster.local.';
  return isWhole && ask.type === 'AXFR tcp' ? 1000 : 60;
}

function keyOf({ name, type }: Ask): string {
  return `${name} ${type}`;
}

/** Variant, type, and the shape of the answer; and how the name is built. */
function kindOf(variant: string, { name, type }: Ask, lines: readonly string[]): string {
  const shape = lines
    .filter((line) => line.startsWith('a'))
    .map((line) => line.split(' '))
    .map((words) => `${words[0]} ${words[3] ?? ''}`);
  const labels = name.toLowerCase().split('.');
  const kind = /svc|pod|arpa/.exec(name.toLowerCase())?.[0];
  const form = variant === 'kubeadm' && labels.length < 12 ? `${labels.length}${kind}` : `${kind}`;
  const own = ['A', 'AAAA', 'SRV', 'PTR', 'CNAME', 'TXT', 'NS', 'SOA'].includes(type) ? type : '-';
  return [variant, own, form, lines[0], ...new Set(shape)].join('|');
}

export function writeVectors(vectors: readonly Vector[]): void {
  const lines = vectors.map(({ version, variant, ask, lines: reply }) =>
    JSON.stringify([version, variant, keyOf(ask), ...reply]),
  );
  writeFileSync(path, `${lines.join('\n')}\n`);
}
