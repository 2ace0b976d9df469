// Loads tables with the machine's own nft in a fresh network namespace and lists them, so that our text can be held
// against the real tool's. Needs root, unshare and nft 1.0.6; says why when it cannot. Never touches the namespace it
// runs in.
import { spawnSync } from 'node:child_process';

/** What `nft list ruleset` prints after `nft -f` took the text, in a namespace of its own; with `commands` what those
 * print, one after the other. Throws Error with the tool's words when it refuses. */
export function loadAndList(text: string, commands: readonly string[] = ['list ruleset']): string {
  const script = `ip link set lo up; nft -f - && ${commands.map((one) => `nft ${one}`).join(' && ')}`;
  const options = { input: text, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  const run = spawnSync('unshare', ['-n', 'sh', '-c', script], options);
  if (run.status !== 0) throw new Error(`nft refused the rules: ${run.stderr.trim()}`);
  return run.stdout;
}

let known: { readonly reason: string | null } | null = null;

/** Why the real tool cannot be asked here; null: it can. */
export function unavailable(): string | null {
  known ??= { reason: probe() };
  return known.reason;
}

function probe(): string | null {
  if (process.getuid?.() !== 0) return 'not root: no network namespace of our own';
  const version = spawnSync('unshare', ['-n', 'nft', '--version'], { encoding: 'utf8' });
  if (version.error !== undefined) return `unshare: ${version.error.message}`;
  if (version.status !== 0) return `no nft: ${version.stderr.trim()}`;
  if (!version.stdout.includes('v1.0.6')) return `not nft 1.0.6: ${version.stdout.trim()}`;
  const load = spawnSync('unshare', ['-n', 'nft', 'list', 'ruleset'], { encoding: 'utf8' });
  return load.status === 0 ? null : `rules cannot be listed: ${load.stderr.trim()}`;
}
