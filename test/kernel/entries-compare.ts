// The systematic clusters against real connections.
import { Lab } from '../../src/harness/kernel/lab.ts';
import { Comparison, type Disagreement } from './compare.ts';
import { caseOf, type Entry } from './entries.ts';
import { type KernelMode, modes } from './modes.ts';
import { Prepared } from './study.ts';

/** Stops at the first cluster that disagrees. */
export function compareEntries(
  mode: KernelMode,
  entries: readonly Entry[],
): { readonly found: readonly Disagreement[]; readonly connections: number } {
  const lab = new Lab();
  const { proxyMode, rulesOf } = modes[mode];
  let connections = 0;
  try {
    for (const entry of entries) {
      const made = caseOf(entry, { mode: proxyMode });
      const options = { rulesOf, onceIn: 1e12, fault: null };
      const comparison = new Comparison(lab, new Prepared(made), options);
      const found = comparison.run();
      connections += comparison.connections;
      if (found.length > 0) return { found, connections };
    }
    return { found: [], connections };
  } finally {
    lab.close();
  }
}
