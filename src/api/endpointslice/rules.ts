// The EndpointSlice kind: protocol defaults and checks of addresses, ports and hints (A11).
// Models pkg/apis/discovery/{v1/defaults.go,validation/validation.go}.
import { formatAddr, parseAddr } from '../../net/addr.ts';
import type { Cause } from '../error.ts';
import {
  duplicate,
  goQuote,
  invalid,
  invalids,
  oneOf,
  required,
  tooMany,
} from '../field/errors.ts';
import { nonSpecialIP } from '../field/ips.ts';
import { dns1123Label, dns1123Subdomain, portNumber, qualifiedName } from '../field/names.ts';
import type { KindRules } from '../kind-rules.ts';
import { immutable, metadataCauses, metadataUpdateCauses } from '../metadata/validation.ts';
import { protocols } from '../service/ports.ts';
import type { Endpoint, EndpointSlice } from '../types.ts';
import { isUnset } from '../values.ts';

const addressTypes: readonly string[] = ['FQDN', 'IPv4', 'IPv6'];
const ENDPOINTS_MAX = 1000;
const ADDRESSES_MAX = 100;
const PORTS_MAX = 20000;
const HINTS_MAX = 8;

function defaultSlice(slice: EndpointSlice): EndpointSlice {
  const { ports } = slice;
  if (ports === undefined || ports.every((p) => !isUnset(p.protocol) && p.name !== undefined)) {
    return slice;
  }
  return { ...slice, ports: ports.map((p) => ({ name: '', ...p, protocol: p.protocol ?? 'TCP' })) };
}

function addressCauses(address: string, type: string, at: string): Cause[] {
  if (type === 'FQDN') return invalids(at, address, dns1123Subdomain(address.replace(/\.$/, '')));
  const value = parseAddr(address);
  if (type === 'IPv4') {
    if (typeof value !== 'number') return [invalid(at, address, 'must be an IPv4 address')];
  } else if (typeof value !== 'bigint') {
    return [invalid(at, address, 'must be an IPv6 address')];
  } else if (formatAddr(value) !== address) {
    return [invalid(at, address, `must be in canonical form (${goQuote(formatAddr(value))})`)];
  }
  return nonSpecialIP(at, address);
}

function endpointCauses(endpoint: Endpoint, type: string, at: string): Cause[] {
  const causes: Cause[] = [];
  const addresses = endpoint.addresses ?? [];
  if (addresses.length === 0) {
    causes.push(required(`${at}.addresses`, 'must contain at least 1 address'));
  } else if (addresses.length > ADDRESSES_MAX) {
    causes.push(tooMany(`${at}.addresses`, addresses.length, ADDRESSES_MAX));
  } else if (addressTypes.includes(type)) {
    for (const [i, address] of addresses.entries()) {
      causes.push(...addressCauses(address, type, `${at}.addresses[${i}]`));
    }
  }
  const { nodeName, hostname, hints } = endpoint;
  if (nodeName !== undefined) {
    causes.push(...invalids(`${at}.nodeName`, nodeName, dns1123Subdomain(nodeName)));
  }
  if (!isUnset(hostname)) {
    causes.push(...invalids(`${at}.hostname`, hostname, dns1123Label(hostname)));
  }
  for (const field of ['forZones', 'forNodes'] as const) {
    const list = hints?.[field] ?? [];
    if (list.length > HINTS_MAX) {
      causes.push(tooMany(`${at}.hints.${field}`, list.length, HINTS_MAX));
    }
  }
  return causes;
}

function portCauses(slice: EndpointSlice): Cause[] {
  const ports = slice.ports ?? [];
  if (ports.length > PORTS_MAX) return [tooMany('ports', ports.length, PORTS_MAX)];
  const names = new Set<string>();
  return ports.flatMap((port, i) => {
    const at = `ports[${i}]`;
    const name = port.name ?? '';
    const causes = name === '' ? [] : invalids(`${at}.name`, name, dns1123Label(name));
    if (names.has(name)) causes.push(duplicate(`${at}.name`, name));
    names.add(name);
    causes.push(...oneOf(`${at}.protocol`, port.protocol, protocols));
    if (port.port !== undefined) {
      causes.push(...invalids(`${at}.port`, port.port, portNumber(port.port)));
    }
    if (port.appProtocol !== undefined) {
      const messages = qualifiedName(port.appProtocol);
      causes.push(...invalids(`${at}.appProtocol`, port.appProtocol, messages));
    }
    return causes;
  });
}

function sliceCauses(slice: EndpointSlice): Cause[] {
  const causes = oneOf('addressType', slice.addressType, addressTypes);
  const endpoints = slice.endpoints ?? [];
  if (endpoints.length > ENDPOINTS_MAX) {
    causes.push(tooMany('endpoints', endpoints.length, ENDPOINTS_MAX));
    return causes;
  }
  for (const [i, endpoint] of endpoints.entries()) {
    causes.push(...endpointCauses(endpoint, slice.addressType ?? '', `endpoints[${i}]`));
  }
  causes.push(...portCauses(slice));
  return causes;
}

export const endpointSliceRules: KindRules<EndpointSlice> = {
  defaults: defaultSlice,
  validate: (slice) => [
    ...metadataCauses(slice.metadata, true, dns1123Subdomain),
    ...sliceCauses(slice),
  ],
  validateUpdate: (slice, old) => [
    ...metadataUpdateCauses(slice.metadata, old.metadata),
    ...sliceCauses(slice),
    ...immutable('addressType', slice.addressType, old.addressType),
  ],
  warnings: (slice) =>
    slice.addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : [],
};
