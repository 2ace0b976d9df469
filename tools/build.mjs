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
/** With them the compiler that is installed, whatever the lock file says, and "type", by which it chooses the modules' form. */
const settings = [
  'tsconfig.json',
  'package.json',
  'package-lock.json',
  'node_modules/.package-lock.json',
  'node_modules/typescript/package.json',
  'tools/build.mjs',
];
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

/** What a build noted; undefined where there is none, or where somebody has torn it. */
function stampOf() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return undefined;
  }
}

function isUpToDate(inputs) {
  const stamp = stampOf();
  if (stamp?.inputs !== inputs) return false;
  const there = filesBelow('dist').filter((file) => file !== stampFile);
  return (
    there.length === Object.keys(stamp.outputs).length &&
    there.every((file) => `${stamp.outputs[file]}` === `${seen(file)}`)
  );
}

/** Size and time of writing. */
function seen(file) {
  const now = statSync(file, { throwIfNoEntry: false });
  return now === undefined ? [] : [now.size, now.mtimeMs];
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

/** Moves what is new or different from `folder` to dist/ and takes away what is not in it. Answers what it saw of each file:
 * whatever another build puts there later is not that. */
function bringOver(folder) {
  // A build that is broken off leaves none: the next one is whole.
  rmSync(stampFile, { force: true });
  const built = filesBelow(folder).map((file) => file.slice(folder.length + 1));
  const outputs = {};
  for (const file of built) {
    const [from, to] = [join(folder, file), join('dist', file)];
    outputs[to] = seen(to);
    if (existsSync(to) && readFileSync(from).equals(readFileSync(to))) continue;
    mkdirSync(dirname(to), { recursive: true });
    outputs[to] = seen(from);
    renameSync(from, to);
  }
  for (const file of filesBelow('dist')) {
    if (!Object.hasOwn(outputs, file)) rmSync(file, { force: true });
  }
  return outputs;
}

/** Takes away what builds left that were broken off: their processes are gone. */
function tidyUp() {
  for (const name of readdirSync('.')) {
    const pid = Number(/^\.dist-(\d+)$/.exec(name)?.[1] ?? 0);
    if (pid > 0 && (pid === process.pid || !isAlive(pid))) rmSync(name, { recursive: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch ({ code }) {
    return code === 'EPERM';
  }
}

const inputs = digestOfInputs();
if (!isUpToDate(inputs)) {
  tidyUp();
  const folder = `.dist-${process.pid}`;
  try {
    const status = compile(folder);
    if (status === 0) {
      const outputs = bringOver(folder);
      if (existsSync(main)) chmodSync(main, 0o755);
      // Where somebody wrote meanwhile, nobody knows which text was compiled.
      if (digestOfInputs() === inputs) {
        const stamp = join(folder, 'stamp');
        writeFileSync(stamp, JSON.stringify({ inputs, outputs }));
        renameSync(stamp, stampFile);
      }
    }
    process.exitCode = status;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
