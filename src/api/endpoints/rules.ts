// The Endpoints kind: protocol defaults and checks of subsets (A11). Models ValidateEndpoints of
// pkg/apis/core/validation. The deprecation warning of 1.33 goes with every write from a manifest.
import type { Cause } from '../error.ts';
import { invalids, oneOf, required } from '../field/errors.ts';
import { nonSpecialIP, validIP } from '../field/ips.ts';
import { dns1123Label, dns1123Subdomain, portNumber, qualifiedName } from '../field/names.ts';
import type { KindRules, RuleContext } from '../kind-rules.ts';
import { metadataCauses, metadataUpdateCauses } from '../metadata/validation.ts';
import { protocols } from '../service/ports.ts';
import type { EndpointAddress, EndpointPort, EndpointSubset, Endpoints } from '../types.ts';
import { isUnset, sameValue } from '../values.ts';

function defaultEndpoints(endpoints: Endpoints): Endpoints {
  const subsets = endpoints.subsets ?? [];
  const complete = (port: EndpointPort) => !isUnset(port.protocol);
  if (subsets.every((subset) => (subset.ports ?? []).every(complete))) return endpoints;
  const fill = (port: EndpointPort) => (complete(port) ? port : { ...port, protocol: 'TCP' });
  return {
    ...endpoints,
    subsets: subsets.map((s) => (s.ports === undefined ? s : { ...s, ports: s.ports.map(fill) })),
  };
}

function addressCauses(
  { ip, hostname, nodeName }: EndpointAddress,
  at: string,
  minor: number,
): Cause[] {
  const causes = validIP(`${at}.ip`, ip ?? '', { minor });
  if (!isUnset(hostname)) {
    causes.push(...invalids(`${at}.hostname`, hostname, dns1123Label(hostname)));
  }
  if (nodeName !== undefined) {
    causes.push(...invalids(`${at}.nodeName`, nodeName, dns1123Subdomain(nodeName)));
  }
  return [...causes, ...nonSpecialIP(`${at}.ip`, ip ?? '')];
}

function portCauses(port: EndpointPort, at: string, several: boolean): Cause[] {
  const causes: Cause[] = [];
  if (isUnset(port.name)) {
    if (several) causes.push(required(`${at}.name`));
  } else causes.push(...invalids(`${at}.name`, port.name, dns1123Label(port.name)));
  causes.push(...invalids(`${at}.port`, port.port ?? 0, portNumber(port.port ?? 0)));
  causes.push(...oneOf(`${at}.protocol`, port.protocol, protocols));
  const { appProtocol } = port;
  if (appProtocol !== undefined) {
    causes.push(...invalids(`${at}.appProtocol`, appProtocol, qualifiedName(appProtocol)));
  }
  return causes;
}

function subsetCauses(subset: EndpointSubset, at: string, minor: number): Cause[] {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
  const causes: Cause[] = [];
  if (addresses.length + notReadyAddresses.length === 0) {
    causes.push(required(at, 'must specify `addresses` or `notReadyAddresses`'));
  }
  for (const [i, address] of addresses.entries()) {
    causes.push(...addressCauses(address, `${at}.addresses[${i}]`, minor));
  }
  for (const [i, address] of notReadyAddresses.entries()) {
    causes.push(...addressCauses(address, `${at}.notReadyAddresses[${i}]`, minor));
  }
  for (const [i, port] of ports.entries()) {
    causes.push(...portCauses(port, `${at}.ports[${i}]`, ports.length > 1));
  }
  return causes;
}

function subsetsCauses({ subsets = [] }: Endpoints, { minor }: RuleContext): Cause[] {
  return subsets.flatMap((subset, i) => subsetCauses(subset, `subsets[${i}]`, minor));
}

/** Kubernetes minor version. */
export const endpointsDeprecatedSince = 33;
/** api/core/v1 lifecycle. */
export const endpointsDeprecated =
  'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice';

export const endpointsRules: KindRules<Endpoints> = {
  defaults: defaultEndpoints,
  validate: (endpoints, context) => [
    ...metadataCauses(endpoints.metadata, true, dns1123Subdomain),
    ...subsetsCauses(endpoints, context),
  ],
  validateUpdate: (endpoints, old, context) => [
    ...metadataUpdateCauses(endpoints.metadata, old.metadata),
    ...(sameValue(endpoints.subsets, old.subsets) ? [] : subsetsCauses(endpoints, context)),
  ],
  warnings: (_endpoints, _old, { minor }) =>
    minor >= endpointsDeprecatedSince ? [endpointsDeprecated] : [],
};
