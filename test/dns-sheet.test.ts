// Each number of the DNS sheet stands in the name of a row or a scenario, and each surprising one in a row marked [q]. What
// is still missing is listed here; the list may only shrink.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dnsSheet } from './tidy/dns-sheet.table.ts';
import { scenariosOf } from './tidy/features.ts';

const root = join(import.meta.dirname, '..', '..');
const places = ['src/dns', 'src/programs', 'src/kubelet', 'src/cluster', 'src/serve', 'test'];
const featurePlaces = ['features/dns'];

/** Numbers without a row, and surprising ones without a row of their own. */
const missing: readonly string[] = [];

function namesBelow(folder: string, ending: RegExp, namesOf: (text: string) => readonly string[]) {
  const entries = readdirSync(join(root, folder), { recursive: true }) as readonly string[];
  return entries
    .filter((path) => ending.test(path))
    .flatMap((path) => namesOf(readFileSync(join(root, folder, path), 'utf8')));
}

/** Strings that open a test or name a row of one. */
function rowNames(text: string): readonly string[] {
  const opened = /(?:\bname:|\b(?:it|test|describe)\(|^\s*\[?)\s*(['"`])((?:\\.|(?!\1).)*)\1/gm;
  return [...text.matchAll(opened)].map((match) => match[2] ?? '');
}

const names = [
  ...places.flatMap((folder) => namesBelow(folder, /\.test\.ts$/, rowNames)),
  ...featurePlaces.flatMap((folder) =>
    namesBelow(folder, /\.feature$/, (text) => scenariosOf(text).map(({ name }) => name)),
  ),
];

/** "B7" is found in "B7c [q]: ..." too. */
function isNamed(number: string, surprising: boolean, all: readonly string[]): boolean {
  const pattern = new RegExp(`(?:^|[ ,(])${number}[a-d]?(?=[ :,.)]|$)`);
  return all.some((name) => pattern.test(name) && (!surprising || name.includes('[q]')));
}

const absent = dnsSheet.flatMap(({ number, surprising }) => {
  if (!isNamed(number, false, names)) return [number];
  return surprising && !isNamed(number, true, names) ? [`${number} [q]`] : [];
});

test('DNS sheet: every number has a row, but for those listed', () => {
  assert.deepEqual(
    absent.filter((one) => !missing.includes(one)),
    [],
  );
  const given = missing.filter((one) => !absent.includes(one));
  if (given.length > 0) console.log(`DNS sheet: no longer missing: ${given.join(', ')}`);
});

test('DNS sheet catches: a number that only begins alike', () => {
  assert.ok(!isNamed('A1', false, ['A10: x', 'A1x']));
  assert.ok(isNamed('B7', true, ['B7c [q]: x']));
  assert.ok(!isNamed('B7', true, ['B7c: x [v]']));
});
