// kubectl in process against the machine's own kubectls: the transcript's command lines, one after the other, on the same
// cluster; every line must print the same on both streams and exit the same. Skips with its reason where there is none.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { words } from '../src/harness/words.ts';
import { toYaml } from '../src/programs/kubectl/print-yaml.ts';
import { serve } from './kubectl-server.ts';
import { kubectls } from './kubectl-stub.ts';
import { changing, lines } from './kubectl-transcript.table.ts';
import {
  goldenMinor,
  ours,
  type Ran,
  transcriptCluster,
  transcriptFolder,
  writeGolden,
} from './kubectl-transcript.ts';
import { yamlStrings } from './yaml-strings.table.ts';

/** SVCSPEC_KUBECTL=27,29 chooses others. */
const wanted = (process.env['SVCSPEC_KUBECTL'] ?? '31,33').split(',').map(Number);
const found = [...kubectls()].filter(([minor]) => wanted.includes(minor));
/** SVCSPEC_WRITE=1: what the real one printed becomes the golden transcript. */
const writesGolden = process.env['SVCSPEC_WRITE'] === '1';
const skip = found.length === 0 ? 'no kubectl of these versions' : false;
if (skip !== false) console.log(`real kubectl: skipped, ${skip}`);

/** kubectl asks the server for a schema to validate by; ours validates by itself. */
const validating = /^(?:create|apply|replace)\b/;

function real(path: string, line: string, url: string, folder: string, home: string): Promise<Ran> {
  const env = { HOME: home, TZ: 'UTC', PATH: process.env['PATH'] ?? '', KUBECONFIG: '/dev/null' };
  const extra = validating.test(line) && !line.includes('view') ? ['--validate=ignore'] : [];
  const argv = [...words(line), '--server', url, ...extra];
  return new Promise((done) => {
    execFile(path, argv, { cwd: folder, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      done({ stdout, stderr: withoutLogs(stderr), exitCode });
    });
  });
}

/** Lines of klog carry the time; Google's kubectl goes by its file's name. */
function withoutLogs(stderr: string): string {
  return stderr.replace(/^[EWI]\d{4} .*\n/gm, '').replaceAll(/kubectl\.1\.\d+/g, 'kubectl');
}

test('every line as kubectl prints it', { skip }, async (t) => {
  for (const [minor, path] of found) {
    await t.test(`kubectl 1.${minor}`, async (of) => {
      const [theirs, own] = [transcriptCluster(minor), transcriptCluster(minor)];
      const golden: Record<string, Ran> = {};
      const { folder, remove } = transcriptFolder();
      const home = mkdtempSync(join(tmpdir(), 'svcspec-kubectl-'));
      const server = await serve(theirs);
      try {
        for (const [i, line] of [...lines, ...changing].entries()) {
          await of.test(`${i + 1}: kubectl ${line}`, async () => {
            const got = ours(own, line, folder);
            const want = await real(path, line, server.url, folder, home);
            theirs.settle();
            assert.deepEqual(got, want);
            if (minor === goldenMinor && i < lines.length) golden[`${i + 1} ${line}`] = want;
          });
        }
      } finally {
        if (writesGolden && minor === goldenMinor) writeGolden(golden);
        server.close();
        remove();
        rmSync(home, { recursive: true, force: true });
      }
    });
  }
});

test('every string in YAML as kubectl writes it', { skip }, async () => {
  const [[, path] = [0, '']] = found;
  const data = Object.fromEntries(yamlStrings.map((text, i) => [`k${i}`, text]));
  const literals = yamlStrings.map((text, i) => `--from-literal=k${i}=${text}`);
  const argv = ['create', 'configmap', 'x', '--dry-run=client', '-o', 'yaml', ...literals];
  const stdout = await new Promise<string>((done, fail) => {
    execFile(path, argv, { maxBuffer: 2 ** 26 }, (error, out) => {
      if (error === null) done(out);
      else fail(error);
    });
  });
  const metadata = { name: 'x', creationTimestamp: null };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
  assert.equal(toYaml(object), stdout);
});
