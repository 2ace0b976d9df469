// `svcspec init [DIR]`: a small project that works: manifests, a feature that says who reaches whom, editor settings, a CI
// workflow, the support file of plain cucumber-js. The files stand in template/; nothing is overwritten.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../api/input-error.ts';
import type { Io } from '../options.ts';

export interface InitOptions {
  readonly quiet: boolean;
}

const packageRoot = fileURLToPath(new URL('../../../../', import.meta.url));
const template = join(packageRoot, 'template');

/** Of an existing project these are its own: they are left as they are, and what they lack is said. */
const projectFiles: Readonly<Record<string, string>> = {
  'package.json': 'npm install --save-dev svcspec @cucumber/cucumber',
  '.gitignore': 'it should name reports/',
};

export async function init(folder: string, options: InitOptions, io: Io): Promise<number> {
  const target = resolve(folder);
  const files = filesOf(target);
  const there = [...files.keys()].filter((path) => existsSync(join(target, path)));
  const kept = there.filter((path) => Object.hasOwn(projectFiles, path));
  const inTheWay = there.filter((path) => !Object.hasOwn(projectFiles, path));
  if (inTheWay.length > 0) {
    throw new InputError('usage', `init overwrites nothing, and there is ${inTheWay.join(', ')}`, {
      hint: 'svcspec init DIR writes into another folder',
    });
  }
  for (const [path, text] of files) {
    if (kept.includes(path)) continue;
    write(join(target, path), text);
    if (!options.quiet) io.out(`${join(relative('', target), path)}\n`);
  }
  for (const path of kept) io.err(`${path} is left as it is: ${projectFiles[path]}\n`);
  if (!options.quiet) io.out(`\n${nextSteps(target)}`);
  return 0;
}

function write(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new InputError('usage', `cannot write "${relative('', path)}": ${code}`, {
      hint: 'svcspec init DIR writes into another folder',
    });
  }
}

function nextSteps(target: string): string {
  const here = relative('', target);
  const lines = [...(here === '' ? [] : [`cd ${here}`]), 'npm install', 'npx svcspec run'];
  return `${lines.map((line) => `  ${line}\n`).join('')}`;
}

/** Path -> text. */
function filesOf(target: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const path of readdirSync(template, { recursive: true, withFileTypes: true })) {
    if (!path.isFile()) continue;
    const full = join(path.parentPath, path.name);
    // npm takes a .gitignore for a list of what not to publish.
    const name = relative(template, full).replaceAll('\\', '/').replace(/^_/, '.');
    files.set(name, readFileSync(full, 'utf8'));
  }
  files.set('package.json', packageJson(target));
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function packageJson(target: string): string {
  const own = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    readonly version: string;
    readonly peerDependencies: Readonly<Record<string, string>>;
  };
  const name = basename(target)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  const document = {
    name: name === '' ? 'specs' : name,
    private: true,
    type: 'module',
    scripts: { test: 'svcspec run' },
    devDependencies: { ...own.peerDependencies, svcspec: `^${own.version}` },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
