// Reads the `k8s_external` directive (CoreDNS plugin/k8s_external/setup.go).
import type { Dispenser } from '../../corefile/dispenser.ts';
import { type Fallthrough, fallthroughOf, originsOf } from '../../fallthrough.ts';
import { atoi } from '../../go/number.ts';
import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';
import type { Setup } from '../../plugin.ts';
import { ExternalHandler } from './handler.ts';

export interface ExternalOptions {
  readonly zones: readonly string[];
  /** Label of the name server's own domain. */
  readonly apex: string;
  /** Seconds, 0..3600. */
  readonly ttl: number;
  readonly headless: boolean;
  readonly fallthrough: Fallthrough;
}

type Draft = { -readonly [K in keyof ExternalOptions]: ExternalOptions[K] };

const introduced: Readonly<Record<string, CoreDnsVersion>> = {
  headless: '1.10.0',
  fallthrough: '1.11.0',
};

const options: Readonly<Record<string, (d: Dispenser, draft: Draft) => void>> = {
  ttl: (d, draft) => {
    const [text] = d.remainingArgs();
    if (text === undefined) throw d.argErr();
    const ttl = atoi(text);
    if (typeof ttl === 'string') throw d.raw(ttl);
    if (ttl < 0 || ttl > 3600) throw d.err(`ttl must be in range [0, 3600]: ${ttl}`);
    draft.ttl = ttl;
  },
  apex: (d, draft) => {
    const [label] = d.remainingArgs();
    if (label === undefined) throw d.argErr();
    draft.apex = label;
  },
  // Words after it are the next property of the same line, as upstream's parser reads them.
  headless: (_d, draft) => {
    draft.headless = true;
  },
  fallthrough: (d, draft) => {
    draft.fallthrough = fallthroughOf(d.remainingArgs());
  },
};

export const setup: Setup = (d, block) => {
  const draft: Draft = { zones: [], apex: 'dns', ttl: 5, headless: false, fallthrough: [] };
  while (d.next()) {
    draft.zones = originsOf(d.remainingArgs(), block.zones);
    while (d.nextBlock()) {
      const property = d.val();
      const isKnown =
        Object.hasOwn(options, property) && atLeast(block.version, introduced[property] ?? '1.0.0');
      const read = isKnown ? options[property] : undefined;
      if (read === undefined) throw d.err(`unknown property '${property}'`);
      read(d, draft);
    }
  }
  return [new ExternalHandler(draft)];
};
