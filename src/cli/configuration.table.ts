// The keys of svcspec.config.yaml: the options of `svcspec run` by their names in camel case, and `features`.

export type Setting =
  | { readonly is: 'text' }
  | { readonly is: 'texts' }
  | { readonly is: 'flag' }
  | { readonly is: 'whole'; readonly low: number; readonly high: number }
  /** A text, or false for none. */
  | { readonly is: 'text or false' };

const text: Setting = { is: 'text' };
const texts: Setting = { is: 'texts' };
const flag: Setting = { is: 'flag' };

export const settings: Readonly<Record<string, Setting>> = {
  features: texts,
  tags: text,
  name: texts,
  failFast: flag,
  retry: { is: 'whole', low: 0, high: 100 },
  parallel: { is: 'whole', low: 0, high: 256 },
  shard: text,
  order: text,
  dryRun: flag,
  format: texts,
  import: texts,
  report: { is: 'text or false' },
  backend: text,
  proxyMode: text,
  explore: { is: 'whole', low: 1, high: 1_000_000 },
  exploreFor: text,
  seed: { is: 'whole', low: 0, high: 0xffff_ffff },
  quiet: flag,
  color: flag,
};
