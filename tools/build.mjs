// Builds dist/ from nothing with plain tsc: no incremental state, so a deleted step file can never
// be imported by a later run. Makes the command executable, as `npm link` and npx expect.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';

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
const room = 'src/harness/kernel';
for (const name of readdirSync(room)) {
  if (name.endsWith('.pl')) copyFileSync(`${room}/${name}`, `dist/${room}/${name}`);
}
const main = 'dist/src/cli/main.js';
if (existsSync(main)) chmodSync(main, 0o755);
