// Imports every unit test file into one process: 300 files take about a second instead of a minute, and coverage
// is the same. Fails when it finds fewer files than the tree holds. Tests that spawn processes or need root stand in
// test/ and are run by run-tree.ts.
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..', '..');

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

let imported = 0;
let expected = 0;
for (const room of ['src', 'steps']) {
  if (!existsSync(join(root, room))) continue;
  const written = filesBelow(join(root, room), '.test.ts');
  expected += written.length;
  for (const file of written) {
    const built = join(root, 'dist', room, file.replace(/\.ts$/, '.js'));
    await import(pathToFileURL(built).href);
    imported++;
  }
}
if (imported < expected || imported === 0) {
  console.error(`imported ${imported} of ${expected} test files`);
  process.exitCode = 1;
}
