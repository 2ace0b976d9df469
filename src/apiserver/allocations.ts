// The pools of a cluster: made from its ranges with the pinned numbers withheld, and forked with it.
// Throws InputError for pins that contradict the ranges or each other.
import { type ClusterSpec, type Pin, serviceSubnets } from '../api/cluster-spec.ts';
import { InputError } from '../api/input-error.ts';
import { formatAddr } from '../net/addr.ts';
import { formatCidr } from '../net/cidr.ts';
import type { Allocations } from './plan.ts';
import { addressRange, inRange, Pool, portRange } from './pools.ts';

export function forkAllocations({ spec, addresses, ports }: Allocations): Allocations {
  return { spec, addresses: addresses.fork(), ports: ports.fork() };
}

/** Empty pools with the pinned numbers withheld. Throws InputError for pins out of range or given twice. */
export function createAllocations(spec: ClusterSpec): Allocations {
  const ranges = serviceSubnets(spec).map(addressRange);
  const nodePorts = portRange(spec.nodePortRange);
  const addresses = new Map<string, string>();
  const ports = new Map<string, string>();
  for (const pin of spec.pins) {
    const { clusterIP } = pin;
    if (clusterIP !== null) {
      const text = formatAddr(clusterIP);
      if (!ranges.some((range) => inRange(range, clusterIP))) {
        const all = serviceSubnets(spec).map(formatCidr).join(' or ');
        throw outOfRange(pin, `cluster IP ${text}`, all);
      }
      withhold(addresses, text, pin, `cluster IP ${text}`);
    }
    for (const port of Object.values(pin.nodePorts)) {
      if (!inRange(nodePorts, port)) {
        const { low, high } = spec.nodePortRange;
        throw outOfRange(pin, `node port ${port}`, `${low}-${high}`);
      }
      withhold(ports, String(port), pin, `node port ${port}`);
    }
  }
  return { spec, addresses: new Pool(addresses), ports: new Pool(ports) };
}

function outOfRange(pin: Pin, what: string, range: string): InputError {
  return new InputError(
    'pin-out-of-range',
    `the pin of ${pin.object}: ${what} is not in ${range}`,
    {
      position: pin.position,
      hint: `choose one in ${range}`,
    },
  );
}

function withhold(held: Map<string, string>, name: string, pin: Pin, what: string): void {
  const before = held.get(name);
  if (before !== undefined && before !== pin.object) {
    throw new InputError('pin-taken', `the pin of ${pin.object}: ${what} is pinned to ${before}`, {
      position: pin.position,
      hint: 'give each object its own',
    });
  }
  held.set(name, pin.object);
}
