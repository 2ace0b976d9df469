// Whether the machine's own ipset can be asked.
import { unavailability } from './real-tool.ts';

/** Why the real tool cannot be asked here; null: it can. */
export const unavailable = unavailability({
  version: ['ipset', 'version'],
  name: 'ipset 7.17',
  printed: 'v7.17',
  first: 'ipset create A hash:ip,port,net',
});
