// The weight file of `loadbalance weighted`: names, and below each its addresses with their weights (CoreDNS
// plugin/loadbalance/weighted.go parseWeights).
import { type Addr, parseAddr } from '../../../net/addr.ts';
import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';

/** By name, as the file writes it, with its final dot. */
export type Weights = ReadonlyMap<
  string,
  readonly { readonly addr: Addr; readonly weight: number }[]
>;

/** A text says what is wrong. */
export function parseWeights(
  text: string,
  file: string,
  version: CoreDnsVersion,
): Weights | string {
  const found = new Map<string, { readonly addr: Addr; readonly weight: number }[]>();
  // Error texts begin with a capital up to 1.12.1.
  const say = (what: string): string => {
    const first = atLeast(version, '1.12.2') ? what[0] : what[0]?.toUpperCase();
    return `${first}${what.slice(1)}`;
  };
  let name = '';
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const [first = '', second, ...more] = trimmed.split(/\s+/);
    if (more.length > 0)
      return say(`could not parse weight line:"${trimmed}" in weight file ${file}`);
    const addr = parseAddr(first);
    if (second === undefined) {
      if (addr !== undefined) {
        const hint = '(Maybe a missing weight value?)';
        return say(`wrong domain name:"${first}" in weight file ${file}. ${hint}`);
      }
      name = first.endsWith('.') ? first : `${first}.`;
      found.set(name, found.get(name) ?? []);
      continue;
    }
    if (addr === undefined) return say(`wrong IP address:"${first}" in weight file ${file}`);
    const weight = /^\d+$/.test(second) ? Number(second) : 0;
    if (weight < 1 || weight > 255)
      return say(`wrong weight value:"${second}" in weight file ${file}`);
    if (name === '') return say(`missing domain name in weight file ${file}`);
    found.get(name)?.push({ addr, weight });
  }
  return found;
}
