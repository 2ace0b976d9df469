// Loads tables with the machine's own nft in a fresh network namespace and lists them, so that our text can be held
// against the real tool's. Needs root, unshare and nft 1.0.6; says why when it cannot. Never touches the namespace it
// runs in.
import { spawnSync } from 'node:child_process';
import { unavailability } from './real-tool.ts';

/** What `nft list ruleset` prints after `nft -f` took the text, in a namespace of its own; with `commands` what those
 * print, one after the other. Throws Error with the tool's words when it refuses. */
export function loadAndList(text: string, commands: readonly string[] = ['list ruleset']): string {
  const script = `ip link set lo up; nft -f - && ${commands.map((one) => `nft ${one}`).join(' && ')}`;
  const options = { input: text, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  const run = spawnSync('unshare', ['-n', 'sh', '-c', script], options);
  if (run.status !== 0) throw new Error(`nft refused the rules: ${run.stderr.trim()}`);
  return run.stdout;
}

/** Why the real tool cannot be asked here; null: it can. */
export const unavailable = unavailability({
  version: ['nft', '--version'],
  name: 'nft 1.0.6',
  printed: 'v1.0.6',
  first: 'nft list ruleset',
});
