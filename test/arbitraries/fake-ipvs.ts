// A kernel's IPVS as kube-proxy's tests need it: services and destinations in the kernel's order,
// connection counts that a test sets. Forwards nothing.

import { formatEndpoint } from '../../src/net/addr.ts';
import type { Ipvs } from '../../src/netfilter/ipvs/ipvs.ts';
import {
  type Destination,
  type DestinationKey,
  noStats,
  type ServiceKey,
  sysctlDefaults,
  timeoutDefaults,
  type VirtualService,
} from '../../src/netfilter/ipvs/service.ts';
import { keyText } from '../../src/proxy/ipvs/sync.ts';

interface Held {
  service: VirtualService;
  destinations: Destination[];
}

export interface FakeIpvs extends Ipvs {
  /** Connections of a destination: "10.244.1.5:80" -> count. */
  readonly active: Map<string, number>;
  /** Everything that was asked, one line per change. */
  readonly log: string[];
  /** "10.96.0.1:80/TCP rr" and, newest first, "  10.244.1.5:80 1". */
  lines(): readonly string[];
}

export function fakeIpvs(): FakeIpvs {
  const held = new Map<string, Held>();
  const active = new Map<string, number>();
  const log: string[] = [];
  const at = (key: ServiceKey) => held.get(keyText(key));
  const text = ({ addr, port }: DestinationKey) => formatEndpoint(addr, port);
  const same = (a: DestinationKey) => (b: DestinationKey) => text(a) === text(b);
  let sysctls = sysctlDefaults;
  let timeouts = timeoutDefaults;
  const serviceLine = ({ scheduler, flags, persistence, ...key }: VirtualService) =>
    [
      keyText(key),
      scheduler,
      ...flags,
      ...(persistence === null ? [] : [`persistent ${persistence.timeoutSeconds}`]),
    ].join(' ');
  return {
    active,
    log,
    get sysctls() {
      return sysctls;
    },
    setSysctls: (change) => {
      sysctls = { ...sysctls, ...change };
    },
    get timeouts() {
      return timeouts;
    },
    setTimeouts: (change) => {
      timeouts = { ...timeouts, ...change };
    },
    services: () => [...held.values()].map(({ service }) => ({ ...service, stats: noStats })),
    service: (key) => {
      const found = at(key);
      return found === undefined ? undefined : { ...found.service, stats: noStats };
    },
    addService: (service) => {
      if (at(service) !== undefined) return 'Service already exists';
      log.push(`add ${serviceLine(service)}`);
      held.set(keyText(service), { service, destinations: [] });
      return null;
    },
    updateService: (service) => {
      const found = at(service);
      if (found === undefined) return 'No such service';
      log.push(`update ${serviceLine(service)}`);
      found.service = service;
      return null;
    },
    deleteService: (key) => {
      log.push(`delete ${keyText(key)}`);
      return held.delete(keyText(key)) ? null : 'No such service';
    },
    flush: () => held.clear(),
    destinations: (key) =>
      (at(key)?.destinations ?? []).map((real) => ({
        ...real,
        active: active.get(text(real)) ?? 0,
        inactive: 0,
        persistent: 0,
        stats: noStats,
      })),
    addDestination: (key, real) => {
      const found = at(key);
      if (found === undefined) return 'No such service';
      if (found.destinations.some(same(real))) return 'Destination already exists';
      log.push(`add ${keyText(key)} ${text(real)} ${real.weight}`);
      found.destinations.unshift(real);
      return null;
    },
    updateDestination: (key, real) => {
      const found = at(key);
      if (!found?.destinations.some(same(real))) return 'No such destination';
      log.push(`update ${keyText(key)} ${text(real)} ${real.weight}`);
      found.destinations = found.destinations.map((d) => (same(real)(d) ? real : d));
      return null;
    },
    deleteDestination: (key, real) => {
      const found = at(key);
      if (!found?.destinations.some(same(real))) return 'No such destination';
      log.push(`delete ${keyText(key)} ${text(real)}`);
      found.destinations = found.destinations.filter((d) => !same(real)(d));
      return null;
    },
    connections: () => [],
    lines: () =>
      [...held.values()].flatMap(({ service, destinations }) => [
        serviceLine(service),
        ...destinations.map((real) => `  ${text(real)} ${real.weight}`),
      ]),
  };
}
