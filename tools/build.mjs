// Builds dist/ from nothing with plain tsc: no incremental state, so a deleted step file can never
// be imported by a later run. Makes the command executable, as `npm link` and npx expect.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
const tsc = spawnSync(
  process.execPath,
  ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'],
  {
    stdio: 'inherit',
  },
);
if (tsc.status !== 0) process.exit(tsc.status ?? 1);
// What runs inside of the kernel backend's namespaces.
for (const script of ['agent.pl', 'netlink.pl']) {
  copyFileSync(`src/harness/kernel/${script}`, `dist/src/harness/kernel/${script}`);
}
const main = 'dist/src/cli/main.js';
if (existsSync(main)) chmodSync(main, 0o755);
