// ServiceCIDR and IPAddress (networking.k8s.io/v1 since 1.33): the ranges of Services and the addresses given out.
// Models pkg/apis/networking/validation/validation.go. Which objects there are is src/apiserver's work.
import { familyOf } from '../../net/addr.ts';
import type { Cause } from '../error.ts';
import { IMMUTABLE, invalid, invalids, required } from '../field/errors.ts';
import { parseLegacyCIDR, strictCIDR, strictIP } from '../field/ips.ts';
import { dns1123Subdomain, pathSegment } from '../field/names.ts';
import type { KindRules } from '../kind-rules.ts';
import { immutable, metadataCauses, metadataUpdateCauses } from '../metadata/validation.ts';
import type { ObjectMeta } from '../types.ts';
import { isUnset } from '../values.ts';

export interface ServiceCIDR {
  readonly metadata: ObjectMeta;
  readonly spec?: { readonly cidrs?: readonly string[] };
}

export interface IPAddress {
  readonly metadata: ObjectMeta;
  readonly spec?: {
    readonly parentRef?: {
      readonly group?: string;
      readonly resource?: string;
      readonly namespace?: string;
      readonly name?: string;
    };
  };
}

const AT = 'spec.cidrs';

function rangesCauses(cidrs: readonly string[]): Cause[] {
  if (cidrs.length === 0) return [required(AT, 'at least one CIDR required')];
  if (cidrs.length > 2) return [invalid(AT, { CIDRs: cidrs }, 'may only hold up to 2 values')];
  const causes = cidrs.flatMap((text, i) => strictCIDR(`${AT}[${i}]`, text));
  const families = cidrs
    .map((text) => parseLegacyCIDR(text)?.low)
    .map((low) => (low === undefined ? low : familyOf(low)));
  if (cidrs.length === 2 && families[0] === families[1] && families[0] !== undefined) {
    const detail =
      'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
    causes.push(invalid(AT, cidrs, detail));
  }
  return causes;
}

/** One range may get a second one; nothing else changes. */
function changeCauses(now: readonly string[], old: readonly string[]): Cause[] {
  const changed = (i: number) =>
    now[i] === old[i] ? [] : [invalid(`${AT}[${i}]`, now[i], IMMUTABLE)];
  if (now.length === old.length) return now.flatMap((_, i) => changed(i));
  if (old.length === 1 && now.length === 2) return [...changed(0), ...rangesCauses(now)];
  return [invalid(AT, now, IMMUTABLE)];
}

export const serviceCIDRRules: KindRules<ServiceCIDR> = {
  prepareForCreate: (cidr) => ({ ...cidr, status: {} }),
  validate: ({ metadata, spec }) => [
    ...metadataCauses(metadata, false, dns1123Subdomain),
    ...rangesCauses(spec?.cidrs ?? []),
  ],
  validateUpdate: ({ metadata, spec }, old) => [
    ...metadataUpdateCauses(metadata, old.metadata),
    ...changeCauses(spec?.cidrs ?? [], old.spec?.cidrs ?? []),
  ],
};

/** The messages of an address as a name. */
function addressName(name: string): string[] {
  return strictIP('', name).map(({ text }) => text.slice(text.indexOf(': ', 15) + 2));
}

function parentCauses({ spec }: IPAddress): Cause[] {
  const parent = spec?.parentRef;
  const at = 'spec.parentRef';
  if (parent === undefined) return [required(at)];
  const { group = '', resource = '', name = '', namespace = '' } = parent;
  const causes = group === '' ? [] : invalids(`${at}.group`, group, dns1123Subdomain(group));
  for (const [field, value] of Object.entries({ resource, name })) {
    if (isUnset(value)) causes.push(required(`${at}.${field}`));
    else causes.push(...invalids(`${at}.${field}`, value, pathSegment(value)));
  }
  return [...causes, ...invalids(`${at}.namespace`, namespace, pathSegment(namespace))];
}

export const ipAddressRules: KindRules<IPAddress> = {
  validate: (address) => [
    ...metadataCauses(address.metadata, false, addressName),
    ...parentCauses(address),
  ],
  validateUpdate: (address, old) => [
    ...metadataUpdateCauses(address.metadata, old.metadata),
    ...immutable('spec.parentRef', address.spec?.parentRef, old.spec?.parentRef),
  ],
};
