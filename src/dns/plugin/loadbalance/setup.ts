// Reads the `loadbalance` directive (CoreDNS plugin/loadbalance/setup.go). Up to 1.12.2 reading ends with the first line, so
// that a block behind it says nothing.
import { type Cidr, parseCidr } from '../../../net/cidr.ts';
import type { Dispenser } from '../../corefile/dispenser.ts';
import { parseDuration } from '../../go/duration.ts';
import { atLeast } from '../../kubeadm/version.ts';
import type { Setup } from '../../plugin.ts';
import { LoadbalanceHandler, type WeightFile } from './handler.ts';

const reloadDefaultMs = 30_000;

function readWeighted(d: Dispenser, args: readonly string[]): WeightFile {
  const [path, ...more] = args;
  if (path === undefined) throw d.err('missing weight file argument');
  if (more.length > 0) throw d.err('unexpected argument(s)');
  let reloadMs = reloadDefaultMs;
  while (d.nextBlock()) {
    if (d.val() !== 'reload') throw d.err(`unknown property '${d.val()}'`);
    const [text, ...others] = d.remainingArgs();
    if (text === undefined) throw d.err('reload duration value is missing');
    if (others.length > 0) throw d.err('unexpected argument');
    const value = parseDuration(text);
    if (typeof value === 'string') throw d.err(`invalid reload duration '${text}'`);
    reloadMs = value;
  }
  return { path, reloadMs };
}

function readPrefer(d: Dispenser): readonly Cidr[] {
  if (d.val() !== 'prefer') throw d.err(`unknown property '${d.val()}'`);
  return d.remainingArgs().map((text) => {
    const range = parseCidr(text);
    if (range === undefined) throw d.err(`invalid CIDR "${text}": invalid CIDR address: ${text}`);
    return range;
  });
}

export const setup: Setup = (d, { version, readFile, log }) => {
  const whole = atLeast(version, '1.12.4');
  const prefer: Cidr[] = [];
  let file: WeightFile | null = null;
  while (d.next()) {
    const [policy = 'round_robin', ...rest] = d.remainingArgs();
    if (policy === 'weighted' && atLeast(version, '1.10.1')) file = readWeighted(d, rest);
    else if (policy !== 'round_robin') throw d.raw(`unknown policy: ${policy}`);
    else if (rest.length > 0) throw d.err(`unknown property for ${policy}`);
    else file = null;
    if (!whole) break;
    while (d.nextBlock()) prefer.push(...readPrefer(d));
  }
  const handler = new LoadbalanceHandler({ version, file, prefer });
  const error = handler.open(readFile, log);
  if (error !== null) throw d.raw(error);
  return [handler];
};
