// What a node's rules remember of packets, as its kernel should hold it at this moment. The kernel's clock is not the
// virtual one: whoever has been on a list for too long by virtual time is not on it, whoever is missing is.
import type { Scene } from '../../cluster/carrier.ts';
import { formatAddr } from '../../net/addr.ts';
import type { Remembered } from './lab.ts';

/** `rules`, as iptables-save prints them, say how long an entry of a recent list counts. */
export function rememberedOf(scene: Scene, node: string, rules: string): Remembered {
  const seen = scene.seen(node);
  const seconds = seen.length === 0 ? new Map<string, number>() : secondsOf(rules);
  const recent = seen
    .filter(({ list, stampMs }) => {
      const counts = seconds.get(list);
      return counts !== undefined && stampMs >= scene.nowMs - counts * 1000;
    })
    .map(({ list, addr }) => `${list} ${formatAddr(addr)}`);
  const elements = scene
    .elements(node)
    .map(({ family, table, set, addr }) =>
      [family === 4 ? 'ip' : 'ip6', table, set, formatAddr(addr)].join(' '),
    );
  return { recent: recent.sort(), elements: elements.sort() };
}

/** List -> how many seconds an entry counts. */
function secondsOf(rules: string): ReadonlyMap<string, number> {
  const found = rules.matchAll(/ -m recent --rcheck --seconds (\d+).*? --name (\S+)/g);
  return new Map([...found].map(([, seconds, list]) => [list ?? '', Number(seconds)]));
}
