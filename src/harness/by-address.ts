// A target by its address instead of its name, for steps that walk every random branch: the look-up's own draws are
// walked once, not again for each branch of each connection. A step that would fail walks the whole thing by name.
import type { Cluster } from '../cluster/cluster.ts';
import { parseTarget } from '../cluster/who.ts';
import { formatEndpoint, parseAddr } from '../net/addr.ts';
import { enumerate } from '../sim/choices.ts';

/** The target by address when every look-up ends in this one address. A look-up draws among the DNS servers, and to walk
 * those branches again for each connection of a row multiplies the work and says nothing about where connections go. */
export function byAddress(cluster: Cluster, from: string, where: string): string {
  const target = parseTarget(where);
  if (target.kind !== 'host' || target.addr !== null) return where;
  if (cluster.fork().resolve(from, target.host).addresses.length !== 1) return where;
  const lookups = enumerate((choices) => cluster.fork(choices).resolve(from, target.host));
  const [first = '', ...others] = new Set(lookups.map(({ value }) => value.addresses.join(' ')));
  const address = parseAddr(first);
  if (others.length > 0 || address === undefined) return where;
  return formatEndpoint(address, target.port);
}
