// Reads the `forward` directive, one handler per stanza (CoreDNS plugin/forward/setup.go). Which part is read first, and
// so which mistake is told first, differs by release.

import { formatGoDuration } from '../../../api/go-duration.ts';
import type { Dispenser } from '../../corefile/dispenser.ts';
import { zonesOf } from '../../corefile/zone-key.ts';
import { atLeast } from '../../kubeadm/version.ts';
import type { BlockContext, Setup } from '../../plugin.ts';
import { ForwardHandler } from './handler.ts';
import { defaults, type ForwardOptions, readOption } from './options.ts';
import { type Target, targetsOf } from './upstreams.ts';

const upstreamsMax = 15;

interface Stanza {
  readonly options: ForwardOptions;
  readonly targets: readonly Target[];
}

function parseStanza(d: Dispenser, block: BlockContext): Stanza {
  const [from, ...to] = d.remainingArgs();
  if (from === undefined) throw d.argErr();
  const [zone, ...more] = zonesOf(from) ?? [];
  if (zone === undefined) throw d.raw(`unable to normalize '${from}'`);
  if (more.length > 0) {
    const what = `'${from}' expands to multiple zones. Using only '${zone}'.`;
    block.log(`[WARNING] plugin/forward: Unsupported CIDR notation: ${what}`);
  }
  if (to.length === 0) throw d.argErr();
  const blockFirst = atLeast(block.version, '1.14.4');
  const early = blockFirst ? null : targetsOf(d, to, block);
  const options = defaults(block.version, zone);
  while (d.nextBlock()) readOption(d, options);
  const { maxAgeMs, expireMs } = options;
  if (maxAgeMs > 0 && maxAgeMs < expireMs) {
    const [age, expire] = [formatGoDuration(maxAgeMs), formatGoDuration(expireMs)];
    throw d.raw(`max_age (${age}) must not be less than expire (${expire})`);
  }
  const targets = early ?? targetsOf(d, to, block);
  return { options, targets };
}

/** Up to 1.14.3 each server of a file counts. */
function countOf(targets: readonly Target[], block: BlockContext): number {
  if (atLeast(block.version, '1.14.4')) return targets.length;
  return targets.flatMap((t) => (t.kind === 'static' ? t.upstreams : [])).length;
}

export const setup: Setup = (d, block) => {
  const stanzas: Stanza[] = [];
  while (d.next()) stanzas.push(parseStanza(d, block));
  for (const { targets } of stanzas) {
    const count = countOf(targets, block);
    if (count > upstreamsMax) throw d.raw(`more than ${upstreamsMax} TOs configured: ${count}`);
  }
  return stanzas.map(
    ({ options, targets }, i) => new ForwardHandler(options, targets, i < stanzas.length - 1),
  );
};
