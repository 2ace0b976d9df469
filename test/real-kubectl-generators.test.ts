// The commands of kubectl-commands.table.ts on the machine's own kubectl, which reads from a server of ours: it must print
// what we print at its version. Skips with its reason where there is no kubectl. With SVCSPEC_GOLDEN=1 what kubectl 1.33
// printed is written down for kubectl-commands.test.ts.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { objects } from './describe-objects.ts';
import { commands, files } from './kubectl-commands.table.ts';
import { goldenFile, ours, words } from './kubectl-ours.ts';
import { kubectls, stub } from './kubectl-stub.ts';

const goldenMinor = 33;
const wanted = (process.env['SVCSPEC_KUBECTL'] ?? String(goldenMinor)).split(',').map(Number);
const found = [...kubectls()].filter(([minor]) => wanted.includes(minor));
const skip = found.length === 0 ? 'no kubectl of these versions' : false;
if (skip !== false) console.log(`real kubectl generators: skipped, ${skip}`);

test('commands that only read or print', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'svcspec-generators-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  try {
    for (const [minor, path] of found) {
      const server = await stub(path, minor, objects, folder);
      const printed: Record<string, unknown> = {};
      try {
        for (const line of commands) {
          await t.test(`kubectl 1.${minor} ${line}`, async () => {
            const real = await server.run(words(line));
            printed[line] = real;
            const nowSeconds = Math.floor(Date.now() / 1000);
            assert.deepEqual(ours(line, { minor, nowSeconds, files }), real);
          });
        }
      } finally {
        server.close();
      }
      if (process.env['SVCSPEC_GOLDEN'] === '1' && minor === goldenMinor) {
        writeFileSync(goldenFile, `${JSON.stringify(printed, null, 2)}\n`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
