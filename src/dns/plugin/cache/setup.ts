// Reads the `cache` directive (CoreDNS plugin/cache/setup.go).
import type { Dispenser } from '../../corefile/dispenser.ts';
import { originsOf } from '../../fallthrough.ts';
import type { CoreDnsVersion } from '../../kubeadm/version.ts';
import type { Setup } from '../../plugin.ts';
import { CacheHandler } from './handler.ts';
import { type CacheOptions, defaults, readOptions } from './options.ts';
import { emptyStores } from './store.ts';

function parseStanza(
  d: Dispenser,
  zones: readonly string[],
  version: CoreDnsVersion,
): CacheOptions {
  const args = [...d.remainingArgs()];
  const draft = defaults(version, zones);
  const first = args[0];
  if (first !== undefined && /^[-+]?\d+$/.test(first)) {
    const ttl = Number(first);
    if (ttl <= 0) throw d.raw(`cache TTL can not be zero or negative: ${ttl}`);
    draft.successMax = ttl;
    draft.denialMax = ttl;
    args.shift();
  }
  draft.zones = originsOf(args, zones);
  readOptions(d, draft);
  return draft;
}

export const setup: Setup = (d, block) => {
  let made: CacheHandler | null = null;
  while (d.next()) {
    if (made !== null) throw d.raw('this plugin can only be used once per Server Block');
    made = new CacheHandler(parseStanza(d, block.zones, block.version), emptyStores());
  }
  return made === null ? [] : [made];
};
