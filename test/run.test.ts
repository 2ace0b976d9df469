// `svcspec run` from outside: what users are told about their mistakes, where the message points, and what is written.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { root } from './pictures.ts';

const main = join(root, 'dist/src/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'svcspec-run-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const pod = `apiVersion: v1
kind: Pod
metadata: { name: a, labels: { app: web } }
spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }, { name: b, port: 81, targetPort: 80 }] }
`;
mkdirSync(join(folder, 'scenarios/shop'), { recursive: true });
writeFileSync(
  join(folder, 'scenarios/shop/web.yaml'),
  pod.replace('{ port: 80 }', '{ name: a, port: 80 }'),
);
writeFileSync(join(folder, 'package.json'), '{}');

interface Done {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a feature whose one scenario has these lines after `Given the cluster "shop"` on line 3. */
function svcspec(name: string, lines: readonly string[], args: readonly string[]): Promise<Done> {
  const text = ['Feature: x', '  Scenario: one', '    Given the cluster "shop"', ...lines].join(
    '\n',
  );
  writeFileSync(join(folder, `${name}.feature`), `${text}\n`);
  return new Promise((resolve) => {
    const all = [main, 'run', `${name}.feature`, ...args];
    execFile(process.execPath, all, { cwd: folder }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      resolve({ status: typeof code === 'number' ? code : -1, stdout, stderr });
    });
  });
}

/** A mistake or failure in one step, and how it is shown. */
const rows: readonly { name: string; lines: readonly string[]; status: 1 | 2; stdout: RegExp }[] = [
  {
    name: 'a failure stands at its step',
    lines: ['    Then Pod "a" is not ready'],
    status: 1,
    stdout: /^1\) one\n {3}at\.feature:4:5\n {3}step: Pod "a" is not ready$/m,
  },
  {
    name: 'a mistake stands at its step',
    lines: ['    When I run "ls"', '    Then Pod "a" is ready'],
    status: 2,
    stdout: /cannot run "ls" here\n +--> at\.feature:4:5$/m,
  },
  {
    name: 'a header that is no column stands at the header',
    lines: ['    Then the endpoints of Service "web" are:', '      | adress |', '      | x |'],
    status: 2,
    stdout: /unknown column "adress"\n +--> at\.feature:5:7$/m,
  },
  {
    name: 'a mistake in a row stands at the row',
    lines: [
      '    Then the reachability is:',
      '      | who     | web:80   |',
      '      | Pod "a" | answered |',
      '      | Pad "a" | answered |',
    ],
    status: 2,
    stdout: /cannot tell who Pad "a" is\n +--> at\.feature:7:7$/m,
  },
  {
    name: 'a target that is none stands at the header',
    lines: [
      '    Then the reachability is:',
      '      | who     | port x of Pod "a" |',
      '      | Pod "a" | answered          |',
    ],
    status: 2,
    stdout: /port x of Pod "a"[^\n]*\n +--> at\.feature:5:7$/m,
  },
  {
    name: 'a mistake in a Doc String stands at its place in the feature',
    lines: [
      '    When I apply:',
      '      """',
      '      apiVersion: v1',
      '      kind: Servce',
      '      metadata: { name: a }',
      '      """',
      '    Then Pod "a" is ready',
    ],
    status: 2,
    stdout: /--> at\.feature:7:13\n +\|\n +7 \| {7}kind: Servce\n +\| {13}\^$/m,
  },
];

const good = '    Then Pod "a" is ready';

describe('run', { concurrency: 1 }, () => {
  test('run: a mistake met inside of a step fails its scenario, is reported, and exits 2', async () => {
    const lines = [
      '    When I run "ls"',
      good,
      '  Scenario: two',
      '    Given the cluster "shop"',
      good,
    ];
    const done = await svcspec('mistake', lines, [
      ...['--report', 'mistake', '--format', 'json:mistake.json'],
    ]);
    assert.equal(done.status, 2, done.stderr);
    assert.match(done.stdout, /2 scenarios \(1 passed, 1 failed\)[\s\S]*report: mistake/);
    const junit = readFileSync(join(folder, 'mistake/junit.xml'), 'utf8');
    assert.match(junit, /cannot run "ls" here/);
    assert.doesNotMatch(junit, /^ +at .*\.js:\d+/m);
    assert.ok(existsSync(join(folder, 'mistake.json')));
  });

  for (const { name, lines, status, stdout } of rows) {
    test(`run: ${name}`, async () => {
      const done = await svcspec('at', lines, ['--no-report']);
      assert.match(done.stdout, stdout);
      assert.equal(done.status, status, done.stderr);
    });
  }

  test('run: a placeholder without its column names the columns there are', async () => {
    const lines = ['    Then Pod "<m>" is ready', '    Examples:', '      | n |', '      | a |'];
    const done = await svcspec('outline', lines, ['--no-report']);
    assert.match(done.stderr, /<m> is no column of Examples \(n\)\n --> outline\.feature:4:5\n/);
    assert.equal(done.status, 2);
  });

  test('run: a mistake found before the run writes nothing', async () => {
    const done = await svcspec('before', ['    When I apply:', good], ['--report', 'before']);
    assert.equal(done.status, 2, done.stdout);
    assert.match(done.stderr, /needs a Doc String \("""\) below it\n --> before\.feature:4:5\n/);
    assert.ok(!existsSync(join(folder, 'before')));
  });
});
