// Builds dist/ with plain tsc: compiled whole beside it and compared, so that a build changes no file whose content stays,
// leaves none whose source is gone, and does nothing when nothing has changed. Commands that read dist/ meanwhile always
// see whole files. Makes the command executable, as `npm link` and npx expect.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const sources = ['src', 'steps', 'test', 'bench'];
const settings = ['tsconfig.json', 'package-lock.json', 'tools/build.mjs'];
const main = 'dist/src/cli/main.js';
/** What the last build was made of, and what it wrote: path -> [size, time of writing]. */
const stampFile = 'dist/.built';

/** All files below a folder, sorted; none where there is no folder. */
function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const isSource = (file) => file.endsWith('.ts') || file.endsWith('.pl');

function digestOfInputs() {
  const hash = createHash('sha256');
  for (const file of [...settings, ...sources.flatMap(filesBelow).filter(isSource)]) {
    if (existsSync(file)) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function isUpToDate(inputs) {
  if (!existsSync(stampFile)) return false;
  const stamp = JSON.parse(readFileSync(stampFile, 'utf8'));
  return (
    stamp.inputs === inputs &&
    Object.entries(stamp.outputs).every(([file, [size, time]]) => {
      const now = statSync(file, { throwIfNoEntry: false });
      return now !== undefined && now.size === size && now.mtimeMs === time;
    })
  );
}

/** Compiles into `folder`, which stands as deep as dist/ so that source maps point to the same files. */
function compile(folder) {
  const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--outDir', folder];
  const { status } = spawnSync(process.execPath, tsc, { stdio: 'inherit' });
  if (status !== 0) return status ?? 1;
  // What runs inside of the kernel backend's namespaces.
  for (const file of sources.flatMap(filesBelow).filter((file) => file.endsWith('.pl'))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(file, join(folder, file));
  }
  return 0;
}

/** Moves what is new or different from `folder` to dist/ and takes away what is not in it. */
function bringOver(folder) {
  const built = filesBelow(folder).map((file) => file.slice(folder.length + 1));
  for (const file of built) {
    const [from, to] = [join(folder, file), join('dist', file)];
    if (existsSync(to) && readFileSync(from).equals(readFileSync(to))) continue;
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
  }
  const kept = new Set(built.map((file) => join('dist', file)));
  for (const file of filesBelow('dist')) if (!kept.has(file)) rmSync(file, { force: true });
  return [...kept];
}

const inputs = digestOfInputs();
if (!isUpToDate(inputs)) {
  const folder = `.dist-${process.pid}`;
  try {
    const status = compile(folder);
    if (status === 0) {
      const outputs = bringOver(folder).map((file) => {
        const { size, mtimeMs } = statSync(file);
        return [file, [size, mtimeMs]];
      });
      if (existsSync(main)) chmodSync(main, 0o755);
      writeFileSync(stampFile, JSON.stringify({ inputs, outputs: Object.fromEntries(outputs) }));
    }
    process.exitCode = status;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
