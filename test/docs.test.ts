// Documentation is executed: every shell, YAML, Gherkin and TypeScript block of the README and the guides runs here,
// and where a `text` block follows a shell block it must be exactly what the command prints. A shell block may hold
// `npm` commands (they must exist), `svcspec` commands, and `... | svcspec` pipes of plain files.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const main = join(root, 'dist/src/cli/main.js');

interface Block {
  readonly language: string;
  readonly text: string;
  readonly line: number;
  /** The `text` block that follows directly: what must be printed. */
  readonly output: string | null;
}

function blocksOf(markdown: string): Block[] {
  const lines = markdown.split('\n');
  const blocks: { language: string; text: string; line: number; end: number }[] = [];
  for (let i = 0; i < lines.length; i++) {
    const fence = /^```(\w*)$/.exec(lines[i] ?? '');
    if (fence === null) continue;
    const start = i + 1;
    i = lines.indexOf('```', start);
    assert.ok(i > 0, `unclosed block at line ${start}`);
    blocks.push({
      language: fence[1] ?? '',
      text: lines.slice(start, i).join('\n'),
      line: start,
      end: i,
    });
  }
  return blocks.map((block, n) => {
    const next = blocks[n + 1];
    const between =
      next === undefined
        ? ''
        : lines
            .slice(block.end + 1, next.line - 1)
            .join('')
            .trim();
    const follows = next?.language === 'text' && between === '';
    return { ...block, output: follows ? `${next.text}\n` : null };
  });
}

const sandbox = mkdtempSync(join(tmpdir(), 'svcspec-docs-'));
after(() => rmSync(sandbox, { recursive: true, force: true }));
for (const name of ['scenarios', 'features']) {
  if (existsSync(join(root, name)))
    cpSync(join(root, name), join(sandbox, name), { recursive: true });
}
writeFileSync(join(sandbox, 'package.json'), '{ "type": "module" }\n');
symlinkSync(join(root, 'node_modules'), join(sandbox, 'node_modules'));

function run(command: string, args: readonly string[], input = '') {
  return spawnSync(command, args, {
    cwd: sandbox,
    encoding: 'utf8',
    input,
    maxBuffer: 2 ** 28,
    env: { ...process.env, NO_COLOR: '1' },
  });
}

/** `npx svcspec trace ...`, `svcspec ...`, `cat FILE | svcspec ...`; continuation lines end in a backslash. */
function runShell(text: string, statusWanted: number): string {
  let printed = '';
  for (const line of text.replaceAll('\\\n', ' ').split('\n')) {
    const command = line.trim();
    if (command === '' || command.startsWith('#')) continue;
    const npm = /^npm (?:run )?([\w:-]+)$/.exec(command);
    if (npm !== null) {
      const scripts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;
      const script = npm[1] === 'cit' ? 'test' : (npm[1] ?? '');
      assert.ok(script === 'install' || script in scripts, `no script for "${command}"`);
      continue;
    }
    if (/^(git clone|cd) /.test(command)) continue;
    const shell = command.replace(
      /^(.*\| *)?(?:npx )?svcspec /,
      `$1"${process.execPath}" "${main}" `,
    );
    assert.notEqual(shell, command, `cannot run "${command}"`);
    const done = run('bash', ['-c', shell]);
    assert.equal(done.status, statusWanted, `${command}\n${done.stdout}${done.stderr}`);
    printed += done.stdout;
  }
  return printed;
}

function runGherkin(text: string): void {
  const dir = mkdtempSync(join(sandbox, 'feature-'));
  writeFileSync(
    join(dir, 'doc.feature'),
    /^\s*Feature:/m.test(text) ? text : `Feature: from the guide\n${text}`,
  );
  const done = run(process.execPath, [
    main,
    'run',
    join(dir, 'doc.feature'),
    '--report',
    join(dir, 'reports'),
  ]);
  assert.equal(done.status, 0, `${done.stdout}${done.stderr}`);
}

/** Manifests, or a svcspec.config.yaml, whose first line says so. */
function runYaml(text: string): void {
  if (text.startsWith('# svcspec.config.yaml')) {
    const folder = mkdtempSync(join(sandbox, 'config-'));
    const config = join(folder, 'own.yaml');
    writeFileSync(config, text);
    const feature = join(sandbox, 'features/cluster-ip');
    const ran = run(process.execPath, [main, 'run', '--config', config, '--dry-run', feature]);
    assert.equal(ran.status, 0, `${ran.stdout}${ran.stderr}`);
    return;
  }
  const file = join(mkdtempSync(join(sandbox, 'yaml-')), 'doc.yaml');
  writeFileSync(file, text);
  const done = run(process.execPath, [main, 'get', 'services', '-A', '-f', file]);
  assert.equal(done.status, 0, `${done.stdout}${done.stderr}`);
}

function runTypeScript(text: string, n: number): void {
  // Inside the package's own tree `svcspec` resolves to itself.
  const file = join(root, 'dist', `doc-block-${n}.mjs`);
  writeFileSync(file, text);
  const done = spawnSync(process.execPath, [file], {
    cwd: sandbox,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  rmSync(file);
  assert.equal(done.status, 0, `${done.stdout}${done.stderr}`);
}

const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].concat(
  readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file))
    .sort(),
);
for (const page of pages) {
  if (!existsSync(join(root, page))) continue;
  const text = readFileSync(join(root, page), 'utf8');
  for (const [n, block] of blocksOf(text).entries()) {
    if (block.language === 'text' || block.language === '') continue;
    test(`${page}:${block.line} (${block.language}) does what it says`, () => {
      const status = /# exits (\d)/.exec(block.text);
      switch (block.language) {
        case 'sh': {
          const printed = runShell(block.text, Number(status?.[1] ?? 0));
          if (block.output !== null) assert.equal(printed, block.output);
          break;
        }
        case 'yaml':
          runYaml(block.text);
          break;
        case 'gherkin':
          runGherkin(block.text);
          break;
        case 'js':
        case 'ts':
          runTypeScript(block.text, n);
          break;
        default:
          assert.fail(`a block of language "${block.language}" is not executed: use text`);
      }
    });
  }
}
