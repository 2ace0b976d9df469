// Names as they are asked for: candidate and search domain joined, always absolute.
import { absolute } from '../message/name.ts';

/** "web" and "svc.cluster.local" as "web.svc.cluster.local."; an empty domain adds nothing. */
export function joined(name: string, domain: string): string {
  const suffix = domain.replace(/\.$/, '');
  return suffix === '' ? absolute(name) : `${name}.${suffix}.`;
}
