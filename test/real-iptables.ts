// Loads rules with the machine's own iptables in a fresh network namespace and reads them back, so that our text can be
// held against the real tool's. Needs root, unshare and iptables-nft; says why when it cannot. Never touches the
// namespace it runs in.
import { spawnSync } from 'node:child_process';
import type { Family } from '../src/net/addr.ts';
import { unavailability } from './real-tool.ts';

export interface Skipped {
  readonly skipped: string;
}

interface Tools {
  readonly restore: string;
  readonly save: string;
  readonly tool: string;
}

const tools: Readonly<Record<Family, Tools>> = {
  4: { restore: 'iptables-nft-restore', save: 'iptables-nft-save', tool: 'iptables-nft' },
  6: { restore: 'ip6tables-nft-restore', save: 'ip6tables-nft-save', tool: 'ip6tables-nft' },
};

/** What the real save prints after the real restore took `text`, in a namespace of its own with these ip sets; or why
 * that cannot be asked here. Throws Error with the tool's words when it refuses the text. */
export function loadAndSave(text: string, family: Family = 4, sets = ''): string | Skipped {
  return loadAndRun(text, tools[family].save, family, sets);
}

/** The same of `iptables` or `ip6tables` with each of these options, one after the other. */
export function loadAndList(
  text: string,
  options: readonly string[],
  family: Family = 4,
  sets = '',
): string | Skipped {
  const { tool } = tools[family];
  return loadAndRun(text, options.map((one) => `${tool} ${one}`).join(' && '), family, sets);
}

function loadAndRun(text: string, script: string, family: Family, sets = ''): string | Skipped {
  const reason = unavailable();
  if (reason !== null) return { skipped: reason };
  const { restore } = tools[family];
  const first = sets === '' ? '' : `ipset restore <<'END' || exit\n${sets}END\n`;
  const run = spawnSync('unshare', ['-n', 'sh', '-c', `${first}${restore} && ${script}`], {
    input: text,
    encoding: 'utf8',
    maxBuffer: 512 * 1024 * 1024,
  });
  if (run.status !== 0) throw new Error(`${restore} refused the rules: ${run.stderr.trim()}`);
  return run.stdout;
}

/** Why the real tool cannot be asked here; null: it can. */
export const unavailable = unavailability({
  version: [tools[4].save, '--version'],
  name: 'iptables 1.8.9',
  printed: 'v1.8.9',
  first: tools[4].restore,
  input: '*nat\nCOMMIT\n',
});

/** Rule text without what differs from run to run: comment lines and counters. */
export function comparable(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/\[\d+:\d+\]$/, '[0:0]'));
}
