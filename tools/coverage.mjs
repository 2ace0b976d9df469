// Runs everything `npm test` promises (unit and property tests, whole-tree tests, features in each
// mode of kube-proxy; in userspace mode those of clusters that still have it) under c8 and merges the coverage into
// reports/code-coverage/. Stops at the first part that fails.
import { spawnSync } from 'node:child_process';

const c8 = ['node_modules/c8/bin/c8.js'];
const parts = [
  {
    name: 'unit and property tests',
    args: [...c8, '--clean', '--reporter', 'none', 'node', 'dist/test/run.js'],
  },
  {
    name: 'whole-tree tests',
    args: [...c8, '--clean=false', '--reporter', 'none', 'node', 'dist/test/run-tree.js'],
  },
  {
    name: 'features',
    args: [...c8, '--clean=false', '--reporter', 'none', 'node', 'dist/src/cli/main.js', 'run'],
  },
  ...['nftables', 'ipvs', 'userspace'].map((mode) => ({
    name: `features in ${mode} mode`,
    args: [
      ...c8,
      ...['--clean=false', '--reporter', 'none', 'node', 'dist/src/cli/main.js', 'run'],
      ...['--no-report', '--proxy-mode', mode],
    ],
  })),
  { name: 'coverage', args: [...c8, 'report'] },
];
for (const part of parts) {
  console.log(`\n# ${part.name}`);
  const run = spawnSync(process.execPath, part.args, { stdio: 'inherit' });
  if (run.status !== 0) {
    console.error(`${part.name} failed`);
    process.exit(run.status ?? 1);
  }
}
console.log('\ncode coverage: reports/code-coverage/index.html');
