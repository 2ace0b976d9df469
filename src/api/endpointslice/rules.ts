// The EndpointSlice kind: protocol defaults and checks of addresses, ports and hints (A11).
// Models pkg/apis/discovery/{v1/defaults.go,validation/validation.go}.
import type { Cause } from '../error.ts';
import { duplicate, invalid, invalids, oneOf, required, tooMany } from '../field/errors.ts';
import { nonSpecialIP, parseLegacyIP, strictIP, validIP } from '../field/ips.ts';
import { dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from '../field/names.ts';
import type { KindRules, RuleContext } from '../kind-rules.ts';
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

/** Upstream leaves the index out when only the family is wrong. */
function addressCauses(
  address: string,
  type: string,
  at: string,
  i: number,
  minor: number,
): Cause[] {
  const field = `${at}[${i}]`;
  if (type === 'FQDN') return fqdnCauses(field, address);
  const six = type === 'IPv6';
  if (minor < SINGLE_CHECK_SINCE) return oldAddressCauses(field, address, six);
  const causes = six ? strictIP(field, address) : validIP(field, address, { minor });
  if (causes.length > 0) return causes;
  const value = parseLegacyIP(address);
  if ((typeof value === 'bigint') !== six) {
    causes.push(invalid(at, address, `must be an ${six ? 'IPv6' : 'IPv4'} address`));
  }
  return [...causes, ...nonSpecialIP(field, address)];
}

/** Up to 1.32 the family was all that was asked. */
const SINGLE_CHECK_SINCE = 33;

function oldAddressCauses(field: string, address: string, six: boolean): Cause[] {
  const value = parseLegacyIP(address);
  if (value === undefined || (typeof value === 'bigint') !== six) {
    const detail = `must be a valid ${six ? 'IPv6' : 'IPv4'} address`;
    return [invalid(field, address, detail), ...nonSpecialIP(field, address)];
  }
  return nonSpecialIP(field, address);
}

function fqdnCauses(field: string, address: string): Cause[] {
  if (address === '') return [required(field)];
  const name = address.replace(/\.$/, '');
  const messages = dns1123Subdomain(name);
  if (messages.length > 0) return [invalid(field, name, messages.join(','))];
  if (name.includes('.')) return [];
  return [invalid(field, name, 'should be a domain with at least two segments separated by dots')];
}

function endpointCauses(endpoint: Endpoint, type: string, at: string, minor: number): Cause[] {
  const causes: Cause[] = [];
  const addresses = endpoint.addresses ?? [];
  if (addresses.length === 0) {
    causes.push(required(`${at}.addresses`, 'must contain at least 1 address'));
  } else if (addresses.length > ADDRESSES_MAX) {
    causes.push(tooMany(`${at}.addresses`, addresses.length, ADDRESSES_MAX));
  } else if (addressTypes.includes(type)) {
    for (const [i, address] of addresses.entries()) {
      causes.push(...addressCauses(address, type, `${at}.addresses`, i, minor));
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
      continue;
    }
    const seen = new Set<string>();
    for (const [i, { name }] of list.entries()) {
      const hint = `${at}.hints.${field}[${i}].name`;
      if (seen.has(name)) causes.push(duplicate(hint, name));
      seen.add(name);
      const check = field === 'forZones' ? labelValue : dns1123Subdomain;
      causes.push(...invalids(hint, name, check(name)));
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
    if (port.appProtocol !== undefined) {
      const messages = qualifiedName(port.appProtocol);
      causes.push(...invalids(`${at}.appProtocol`, port.appProtocol, messages));
    }
    return causes;
  });
}

function sliceCauses(slice: EndpointSlice, { minor }: RuleContext): Cause[] {
  const causes = oneOf('addressType', slice.addressType, addressTypes);
  const endpoints = slice.endpoints ?? [];
  if (endpoints.length > ENDPOINTS_MAX) {
    causes.push(tooMany('endpoints', endpoints.length, ENDPOINTS_MAX));
    return causes;
  }
  for (const [i, endpoint] of endpoints.entries()) {
    causes.push(...endpointCauses(endpoint, slice.addressType ?? '', `endpoints[${i}]`, minor));
  }
  causes.push(...portCauses(slice));
  return causes;
}

export const endpointSliceRules: KindRules<EndpointSlice> = {
  defaults: defaultSlice,
  validate: (slice, context) => [
    ...metadataCauses(slice.metadata, true, dns1123Subdomain),
    ...sliceCauses(slice, context),
  ],
  validateUpdate: (slice, old, context) => [
    ...metadataUpdateCauses(slice.metadata, old.metadata),
    ...sliceCauses(slice, context),
    ...immutable('addressType', slice.addressType, old.addressType),
  ],
  warnings: (slice) =>
    slice.addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : [],
};
