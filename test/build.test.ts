// tools/build.mjs on a small tree: what it writes, what it leaves alone and what it takes away, so that commands which read
// dist/ while somebody builds never see it torn.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { root } from './pictures.ts';

const tree = mkdtempSync(join(tmpdir(), 'svcspec-build-'));
after(() => rmSync(tree, { recursive: true, force: true }));
symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
for (const file of ['package.json', 'tools/build.mjs', 'tsconfig.json']) {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  copyFileSync(join(root, file), join(tree, file));
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), text);
}

function build(): number | null {
  return spawnSync(process.execPath, ['tools/build.mjs'], { cwd: tree, stdio: 'ignore' }).status;
}

/** A file that is written anew, in place or moved over, has another inode or time. */
function seen(file: string): string {
  const { ino, mtimeMs } = statSync(join(tree, file));
  return `${ino} ${mtimeMs}`;
}

const main = 'dist/src/cli/main.js';
const other = 'dist/src/other.js';
const script = 'dist/src/harness/kernel/agent.pl';

test('a build writes what has changed, takes away what is gone, and nothing else', () => {
  write('src/cli/main.ts', '#!/usr/bin/env node\nexport const a = 1;\n');
  write('src/other.ts', 'export const b = 1;\n');
  write('src/harness/kernel/agent.pl', 'print 1;\n');
  assert.equal(build(), 0);
  assert.equal(statSync(join(tree, main)).mode & 0o111, 0o111);
  const [mainBefore, otherBefore, scriptBefore] = [seen(main), seen(other), seen(script)];

  assert.equal(build(), 0);
  assert.deepEqual(
    [seen(main), seen(other), seen(script)],
    [mainBefore, otherBefore, scriptBefore],
  );

  write('src/other.ts', 'export const b = 2;\n');
  assert.equal(build(), 0);
  assert.match(readFileSync(join(tree, other), 'utf8'), /b = 2/);
  assert.deepEqual([seen(main), seen(script)], [mainBefore, scriptBefore]);
  const map = JSON.parse(readFileSync(join(tree, `${other}.map`), 'utf8'));
  assert.deepEqual(map.sources, ['../../src/other.ts']);

  rmSync(join(tree, 'src/other.ts'));
  assert.equal(build(), 0);
  assert.equal(existsSync(join(tree, other)), false);
  assert.equal(seen(main), mainBefore);
  assert.deepEqual(
    readdirSync(tree).filter((name) => name.startsWith('.dist')),
    [],
  );
});

test('a build that fails leaves what is there, and one that somebody tampered with is made good', () => {
  const before = seen(main);
  write('src/cli/main.ts', 'export const a: string = 1;\n');
  assert.notEqual(build(), 0);
  assert.equal(seen(main), before);
  write('src/cli/main.ts', '#!/usr/bin/env node\nexport const a = 1;\n');
  writeFileSync(join(tree, main), 'gone\n');
  assert.equal(build(), 0);
  assert.match(readFileSync(join(tree, main), 'utf8'), /a = 1/);
  assert.equal(statSync(join(tree, main)).mode & 0o111, 0o111);
});

test('a build makes good what another one left that was broken off', () => {
  const stray = join(tree, 'dist/test/gone.test.js');
  write('dist/test/gone.test.js', 'gone\n');
  const ended = spawnSync(process.execPath, ['-e', '']).pid;
  write(`.dist-${ended}/src/gone.js`, 'gone\n');
  assert.equal(build(), 0);
  assert.equal(existsSync(stray), false, 'nothing was changed but what is too much');
  assert.equal(existsSync(join(tree, `.dist-${ended}`)), false);

  write('dist/.built', '{"inputs": "');
  assert.equal(build(), 0);
  const before = seen('dist/.built');
  assert.equal(build(), 0);
  assert.equal(seen('dist/.built'), before, 'up to date');
});

test('what the compiler reads besides sources is looked at too', () => {
  const settings = readFileSync(join(tree, 'package.json'), 'utf8');
  write('package.json', settings.replace('"type": "module"', '"type": "commonjs"'));
  assert.notEqual(build(), 0, 'tsc refuses ECMAScript syntax in CommonJS');
  write('package.json', settings);
  assert.equal(build(), 0);
});
