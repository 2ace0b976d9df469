// The package as users get it: packed, unpacked beside its dependencies, and used the three ways the README promises:
// the command, plain cucumber-js with one line of support code, and the library with its types.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from './pictures.ts';

const project = mkdtempSync(join(tmpdir(), 'svcspec-package-'));
const modules = join(project, 'node_modules');
const installed = join(modules, 'svcspec');
after(() => rmSync(project, { recursive: true, force: true }));

function spawn(command: string, args: readonly string[], cwd: string) {
  const shell = process.platform === 'win32';
  const done = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 28, shell });
  assert.equal(done.status, 0, `${command} ${args.join(' ')}\n${done.stdout}${done.stderr}`);
  return done;
}
const node = (...args: readonly string[]) => spawn(process.execPath, args, project);

const files: Readonly<Record<string, string>> = {
  'scenarios/shop/shop.yaml': `apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Pod
metadata: { name: client }
spec: { containers: [{ name: shell, image: alpine }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`,
  'features/shop.feature': `Feature: the shop
  Scenario: it answers
    Given the cluster "shop"
    When Pod "client" connects to "web:80"
    Then the connection is answered by Pod "web"
    And the shop runs on 3 nodes
`,
  'support/svcspec.mjs': "import 'svcspec/steps';\n",
  'support/own.mjs': `import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';

Then('the shop runs on {int} nodes', function (count) {
  assert.equal(this.cluster.nodeNames.length, count);
  assert.equal(this.attempts.length, 1);
});
`,
  'library.mjs': `import { createCluster } from 'svcspec';
import cluster from 'svcspec/schema/cluster.schema.json' with { type: 'json' };

const lab = createCluster({ manifests: 'scenarios/shop' });
console.log(lab.connect('pod/default/client', 'web:80').outcome, cluster.title);
`,
  'check.ts': `import { Then } from '@cucumber/cucumber';
import { type AttemptDocument, createCluster, InputError, type TraceDocument } from 'svcspec';
import { SvcWorld } from 'svcspec/steps';

const lab = createCluster({ manifests: ['scenarios/shop'], seed: 3 });
const attempt: AttemptDocument = lab.connect('pod/default/client', 'web:80');
const trace: TraceDocument = lab.fork().trace('pod/default/client', 'web:80', { count: 2 });
const outcome: 'answered' | string = attempt.outcome;
export const names: readonly string[] = trace.flows.map((flow) => flow.id);
// @ts-expect-error: an outcome is one of a closed list
export const wrong = attempt.outcome === 'lost';
// @ts-expect-error: manifests are needed
export const none = () => createCluster({});
Then<SvcWorld>('a typed step', function () {
  if (this.cluster.nowMs < 0) throw new InputError('usage', outcome);
});
`,
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'es2023',
      module: 'nodenext',
      moduleResolution: 'nodenext',
      strict: true,
      noEmit: true,
      types: [],
      skipLibCheck: true,
    },
    files: ['check.ts'],
  }),
  // Without Node's types and without trust in declaration files.
  'library.ts': `import { createCluster } from 'svcspec';

export const spread = createCluster({ manifests: '' }).trace('a', 'b').flows[0]?.distribution;
`,
  'tsconfig.library.json': JSON.stringify({
    extends: './tsconfig.json',
    compilerOptions: { skipLibCheck: false },
    files: ['library.ts'],
  }),
};

let packed: readonly string[] = [];

before(() => {
  const args = ['pack', '--json', '--offline', '--ignore-scripts', '--pack-destination', project];
  const [pack] = JSON.parse(spawn('npm', args, root).stdout) as [
    { filename: string; files: { path: string }[] },
  ];
  packed = pack.files.map(({ path }) => path);
  mkdirSync(modules);
  spawn('tar', ['-xzf', pack.filename], project);
  renameSync(join(project, 'package'), installed);
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  writeFileSync(join(project, 'package.json'), '{ "name": "shop", "type": "module" }\n');
  mkdirSync(join(project, 'features'));
  mkdirSync(join(project, 'support'));
  mkdirSync(join(project, 'scenarios/shop'), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(project, path), text);
});

test('package: it holds what it needs and nothing else', () => {
  const top = new Set(packed.map((path) => path.split('/').slice(0, 2).join('/')));
  const folders = [...top]
    .filter((path) => !/^(docs|features|scenarios|schema|template)\//.test(path))
    .sort();
  assert.deepEqual(folders, [
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist/src',
    'dist/steps',
    'package.json',
  ]);
  const unwanted = packed.filter((path) =>
    /\.(test|fixture)\.|^docs\/adr\/|\/golden\/|(^|\/)(reports|bench|tools)\/|\.tsbuildinfo$/.test(
      path,
    ),
  );
  assert.deepEqual(unwanted, []);
  const wanted = [
    'template/_gitignore',
    'template/.github/workflows/svcspec.yml',
    'dist/src/cli/main.js',
    'dist/src/index.d.ts',
    'dist/steps/index.js',
  ];
  wanted.push('schema/trace.schema.json', 'scenarios/nginx-demo/later/headless-svc.yaml');
  wanted.push('docs/vocabulary.md');
  wanted.push('scenarios/nginx-demo/cluster.yaml', 'scenarios/nginx-demo/README.md');
  for (const path of wanted) assert.ok(packed.includes(path), path);
});

/** Relative imports of a packed module that lead nowhere. */
function dangling(path: string, text: string): readonly string[] {
  const found = text.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g);
  return [...found].flatMap(([, to = '']) => {
    const target = relative(installed, join(dirname(join(installed, path)), to));
    return packed.includes(target) ? [] : [`${path}: ${to}`];
  });
}

test('package: no module imports what was left out', () => {
  const modulesPacked = packed.filter((path) => path.endsWith('.js'));
  assert.deepEqual(
    modulesPacked.flatMap((p) => dangling(p, readFileSync(join(installed, p), 'utf8'))),
    [],
  );
  assert.equal(dangling('dist/src/index.js', "import { a } from './missing.js';").length, 1);
});

test('package: what package.json names exists', () => {
  const { bin, exports: entries } = JSON.parse(
    readFileSync(join(installed, 'package.json'), 'utf8'),
  );
  const targets = [bin.svcspec, entries['.'], entries['./steps']].flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry as Record<string, string>),
  );
  assert.equal(targets.length, 5);
  for (const target of targets) assert.ok(existsSync(join(installed, target)), target);
  assert.match(readFileSync(join(installed, bin.svcspec), 'utf8'), /^#!\/usr\/bin\/env node\n/);
});

test('package: svcspec run finds the project and its own steps', () => {
  const main = 'node_modules/svcspec/dist/src/cli/main.js';
  const own = node(main, 'run', '--import', 'support/own.mjs');
  assert.match(own.stdout, /1 scenario \(1 passed\), 4 steps/);
  assert.ok(existsSync(join(project, 'reports/index.html')));
  const both = node(main, 'run', '--no-report', '--import', 'support/*.mjs');
  assert.match(both.stdout, /1 scenario \(1 passed\), 4 steps/);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.equal(node(main, '--version').stdout, `${version}\n`);
});

test('package: one line of support code gives plain cucumber-js the vocabulary', () => {
  const cucumber = 'node_modules/@cucumber/cucumber/bin/cucumber.js';
  const done = node(cucumber, '--import', 'support/*.mjs', 'features');
  assert.match(done.stdout, /1 scenario \(1 passed\)\n4 steps \(4 passed\)/);
});

test('package: the library and the schemas can be imported', () => {
  assert.equal(node('library.mjs').stdout, 'answered Cluster\n');
});

test('package: the types of the library and of the World compile', () => {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  node(tsc, '-p', 'tsconfig.json');
  node(tsc, '-p', 'tsconfig.library.json');
});

test('package: what init writes passes, by svcspec and by plain cucumber-js, and is not overwritten', () => {
  const main = join(installed, 'dist/src/cli/main.js');
  const written = join(project, 'Own Specs');
  mkdirSync(written);
  const at = (...args: readonly string[]) => spawn(process.execPath, args, written);
  const listed = at(main, 'init').stdout;
  assert.match(
    listed,
    /^\.github\/workflows\/svcspec\.yml\n\.gitignore\n[\s\S]*\n {2}npm install\n/,
  );
  const { name, devDependencies } = JSON.parse(readFileSync(join(written, 'package.json'), 'utf8'));
  assert.equal(name, 'own-specs');
  assert.deepEqual(Object.keys(devDependencies), ['@cucumber/cucumber', 'svcspec']);
  symlinkSync(modules, join(written, 'node_modules'));
  assert.match(at(main, 'run').stdout, /4 scenarios \(4 passed\), 18 steps/);
  assert.match(at(main, 'check', '-f', 'k8s', '-q').stdout, /^0 errors, 0 warnings/);
  const cucumber = join(modules, '@cucumber/cucumber/bin/cucumber.js');
  assert.match(at(cucumber).stdout, /4 scenarios \(4 passed\)/);

  const before = readFileSync(join(written, 'k8s/shop.yaml'), 'utf8');
  const again = spawnSync(process.execPath, [main, 'init'], { cwd: written, encoding: 'utf8' });
  assert.equal(again.status, 2);
  assert.match(
    again.stderr,
    /init overwrites nothing, and there is \.github[^\n]*svcspec\.config\.yaml\n/,
  );
  assert.equal(readFileSync(join(written, 'k8s/shop.yaml'), 'utf8'), before);

  // Without its preStop hook the roll-out loses requests: the scenario says something.
  writeFileSync(join(written, 'k8s/shop.yaml'), before.replace(/^ *lifecycle:.*\n/m, ''));
  const spoiled = spawnSync(process.execPath, [main, 'run'], { cwd: written, encoding: 'utf8' });
  assert.match(spoiled.stdout, /no request is lost[\s\S]*4 scenarios \(3 passed, 1 failed\)/);
});

test('package: init leaves the package.json of an existing project as it is', () => {
  const main = join(installed, 'dist/src/cli/main.js');
  const written = join(project, 'existing');
  mkdirSync(written);
  writeFileSync(join(written, 'package.json'), '{}\n');
  const done = spawn(process.execPath, [main, 'init', '-q'], written);
  assert.equal(done.stdout, '');
  assert.match(done.stderr, /^package\.json is left as it is: npm install --save-dev svcspec @cuc/);
  assert.equal(readFileSync(join(written, 'package.json'), 'utf8'), '{}\n');
  assert.ok(existsSync(join(written, '.gitignore')));
});
