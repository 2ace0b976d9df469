// Ports for the proxies: any free one that the kernel gives, or one of --proxy-port-range, from a random place onwards.
// Models pkg/proxy/userspace/port_allocator.go and ParsePortRange of apimachinery.
import type { Choices } from '../../sim/choices.ts';

/** net.ipv4.ip_local_port_range, from which port 0 is served. */
const ephemeral = { low: 32_768, high: 60_999 };

/** The first port that can be opened; undefined: none of the range. `key` scatters, so that two nodes rarely have the
 * same: which port it is decides nothing but the number printed. */
export function allocatePort(
  portRange: string,
  choices: Choices,
  key: string,
  open: (port: number) => boolean,
): number | undefined {
  const { low, high } = parseRange(portRange) ?? ephemeral;
  const size = high - low + 1;
  const starts = new Array<number>(Math.min(size, 64)).fill(1);
  const start = scatter(key) + choices.pick('order/userspace/port', starts) * 1021;
  for (let i = 0; i < size; i++) {
    const port = low + ((start + i) % size);
    if (open(port)) return port;
  }
  return undefined;
}

/** "30000-30100", "30000+100" (an offset) or one port; undefined: any. */
export function parseRange(
  text: string,
): { readonly low: number; readonly high: number } | undefined {
  const match = /^(\d+)(?:([-+])(\d+))?$/.exec(text.trim());
  if (match === null) return undefined;
  const low = Number(match[1]);
  const second = Number(match[3] ?? low);
  const high = match[2] === '+' ? low + second : second;
  return low === 0 || high < low ? undefined : { low, high };
}

/** FNV-1a. */
function scatter(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % 65_536;
}
