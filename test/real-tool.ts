// Whether one of the machine's own tools can be asked, each in a network namespace of its own: root, the version whose
// words we print, and a first try that it takes.
import { spawnSync } from 'node:child_process';

export interface RealTool {
  /** Words that print the version. */
  readonly version: readonly string[];
  /** "iptables 1.8.9" and what of it is printed: "v1.8.9". */
  readonly name: string;
  readonly printed: string;
  /** A shell line that must work, and what it reads. */
  readonly first: string;
  readonly input?: string;
}

/** Why the tool cannot be asked here; null: it can. Tried once. */
export function unavailability(tool: RealTool): () => string | null {
  let known: { readonly reason: string | null } | undefined;
  return () => {
    known ??= { reason: probe(tool) };
    return known.reason;
  };
}

function probe({ version, name, printed, first, input = '' }: RealTool): string | null {
  if (process.getuid?.() !== 0) return 'not root: no network namespace of our own';
  const asked = spawnSync('unshare', ['-n', ...version], { encoding: 'utf8' });
  if (asked.error !== undefined) return `unshare: ${asked.error.message}`;
  if (asked.status !== 0) return `no ${version[0]}: ${asked.stderr.trim()}`;
  if (!asked.stdout.includes(printed)) return `not ${name}: ${asked.stdout.trim()}`;
  const tried = spawnSync('unshare', ['-n', 'sh', '-c', first], { input, encoding: 'utf8' });
  return tried.status === 0 ? null : `"${first}" fails: ${tried.stderr.trim()}`;
}
