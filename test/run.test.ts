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

const good = '    Then Pod "a" is ready';

describe('run', { concurrency: 2 }, () => {
  test('run: a mistake met inside of a step fails its scenario, is reported, and exits 2', async () => {
    const lines = [
      '    When I run "ls"',
      good,
      '  Scenario: two',
      '    Given the cluster "shop"',
      good,
    ];
    const done = await svcspec('mistake', lines, ['--report', 'mistake']);
    assert.equal(done.status, 2, done.stderr);
    assert.match(done.stdout, /2 scenarios \(1 passed, 1 failed\)[\s\S]*report: mistake/);
    const junit = readFileSync(join(folder, 'mistake/junit.xml'), 'utf8');
    assert.match(junit, /cannot run "ls" here/);
  });

  test('run: a mistake found before the run writes nothing', async () => {
    const done = await svcspec('before', ['    When I apply:', good], ['--report', 'before']);
    assert.equal(done.status, 2, done.stdout);
    assert.match(done.stderr, /needs a Doc String \("""\) below it\n --> before\.feature:4:5\n/);
    assert.ok(!existsSync(join(folder, 'before')));
  });
});
