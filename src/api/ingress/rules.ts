// Ingress and IngressClass (A11): hosts, paths, backends, classes. Models pkg/apis/networking/validation/validation.go.
// Nothing acts on them here.
import type { Cause } from '../error.ts';
import { invalid, invalids, required, unsupported } from '../field/errors.ts';
import { parseLegacyIP } from '../field/ips.ts';
import {
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  portName,
  portNumber,
} from '../field/names.ts';
import type { KindRules } from '../kind-rules.ts';
import { immutable, metadataCauses, metadataUpdateCauses } from '../metadata/validation.ts';
import type {
  HTTPIngressPath,
  Ingress,
  IngressBackend,
  IngressClass,
  IngressSpec,
  TypedLocalObjectReference,
} from '../types.ts';
import { isUnset } from '../values.ts';

const pathTypes: readonly string[] = ['Exact', 'ImplementationSpecific', 'Prefix'];
const sequences = ['//', '/./', '/../', '%2f', '%2F'];
const suffixes = ['/..', '/.'];
const WILDCARD =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
/** Since then a backend's name may begin with a digit, as a Service's. */
const RELAXED_NAMES_SINCE = 36;

function hostName(host: string): string[] {
  if (!host.includes('*')) return dns1123Subdomain(host);
  const rest = host.slice(2);
  return host.startsWith('*.') && dns1123Subdomain(rest).length === 0 ? [] : [WILDCARD];
}

function resourceCauses({ kind, name, apiGroup }: TypedLocalObjectReference, at: string): Cause[] {
  const causes: Cause[] = [];
  if (!isUnset(apiGroup)) {
    causes.push(...invalids(`${at}.apiGroup`, apiGroup, dns1123Subdomain(apiGroup)));
  }
  if (isUnset(kind)) causes.push(required(`${at}.kind`));
  if (isUnset(name)) causes.push(required(`${at}.name`));
  return causes;
}

function backendCauses({ resource, service }: IngressBackend, at: string, minor: number): Cause[] {
  if (resource !== undefined && service !== undefined) {
    return [invalid(at, '', 'cannot set both resource and service backends')];
  }
  if (resource !== undefined) return resourceCauses(resource, `${at}.resource`);
  if (service === undefined) return [invalid(at, '', 'resource or service backend is required')];
  const { name, port: { name: text, number } = {} } = service;
  const field = `${at}.service.name`;
  const check = minor >= RELAXED_NAMES_SINCE ? dns1123Label : dns1035Label;
  const causes = isUnset(name) ? [required(field)] : invalids(field, name, check(name));
  if (!isUnset(text) && !isUnset(number)) {
    causes.push(invalid(at, '', 'cannot set both port name & port number'));
  } else if (!isUnset(text)) {
    causes.push(...invalids(`${at}.service.port.name`, text, portName(text)));
  } else if (!isUnset(number)) {
    causes.push(...invalids(`${at}.service.port.number`, number, portNumber(number)));
  } else causes.push(required(at, 'port name or number is required'));
  return causes;
}

function pathCauses(entry: HTTPIngressPath, at: string, minor: number): Cause[] {
  const { path = '', pathType } = entry;
  if (pathType === undefined) return [required(`${at}.pathType`, 'pathType must be specified')];
  const causes: Cause[] = [];
  const say = (detail: string) => causes.push(invalid(`${at}.path`, path, detail));
  if (!pathTypes.includes(pathType)) {
    causes.push(unsupported(`${at}.pathType`, pathType, pathTypes));
  } else if (pathType === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/')) say('must be an absolute path');
  } else {
    if (!path.startsWith('/')) say('must be an absolute path');
    for (const part of sequences) if (path.includes(part)) say(`must not contain '${part}'`);
    for (const end of suffixes) if (path.endsWith(end)) say(`cannot end with '${end}'`);
  }
  return [...causes, ...backendCauses(entry.backend, `${at}.backend`, minor)];
}

function rulesCauses({ rules = [] }: IngressSpec, minor: number): Cause[] {
  return rules.flatMap(({ host = '', http }, i) => {
    const at = `spec.rules[${i}]`;
    const causes: Cause[] = [];
    if (host !== '') {
      if (parseLegacyIP(host) !== undefined) {
        causes.push(invalid(`${at}.host`, host, 'must be a DNS name, not an IP address'));
      }
      causes.push(...invalids(`${at}.host`, host, hostName(host)));
    }
    if (http === undefined) return causes;
    const { paths = [] } = http;
    if (paths.length === 0) causes.push(required(`${at}.http.paths`));
    for (const [j, path] of paths.entries()) {
      causes.push(...pathCauses(path, `${at}.http.paths[${j}]`, minor));
    }
    return causes;
  });
}

function specCauses(spec: IngressSpec, minor: number): Cause[] {
  const { defaultBackend, rules = [], tls = [], ingressClassName } = spec;
  const causes: Cause[] = [];
  if (rules.length === 0 && defaultBackend === undefined) {
    const detail = 'either `defaultBackend` or `rules` must be specified';
    causes.push(invalid('spec', undefined, detail));
  }
  if (defaultBackend !== undefined) {
    causes.push(...backendCauses(defaultBackend, 'spec.defaultBackend', minor));
  }
  causes.push(...rulesCauses(spec, minor));
  for (const [i, { hosts = [] }] of tls.entries()) {
    for (const [j, host] of hosts.entries()) {
      causes.push(...invalids(`spec.tls[${i}].hosts[${j}]`, host, hostName(host)));
    }
  }
  if (ingressClassName !== undefined) {
    const messages = dns1123Subdomain(ingressClassName);
    causes.push(...invalids('spec.ingressClassName', ingressClassName, messages));
  }
  return causes;
}

export const ingressRules: KindRules<Ingress> = {
  prepareForCreate: (ingress) => ({ ...ingress, status: { loadBalancer: {} } }),
  validate: ({ metadata, spec = {} }, { minor }) => [
    ...metadataCauses(metadata, true, dns1123Subdomain),
    ...specCauses(spec, minor),
  ],
  validateUpdate: ({ metadata, spec = {} }, old, { minor }) => [
    ...metadataUpdateCauses(metadata, old.metadata),
    ...specCauses(spec, minor),
  ],
};

function controllerCauses({ spec }: IngressClass): Cause[] {
  const at = 'spec.controller';
  const controller = spec?.controller ?? '';
  if (controller === '') return [required(at)];
  if (controller.length > 250) {
    return [{ field: at, text: 'Too long: may not be more than 250 bytes' }];
  }
  const slash = controller.indexOf('/');
  if (slash < 0 || slash === controller.length - 1) {
    const detail = 'must be a domain-prefixed path (such as "acme.io/foo")';
    return [invalid(at, controller, detail)];
  }
  const domain = controller.slice(0, slash);
  return invalids(at, domain, dns1123Subdomain(domain));
}

export const ingressClassRules: KindRules<IngressClass> = {
  validate: (ingressClass) => [
    ...metadataCauses(ingressClass.metadata, false, dns1123Subdomain),
    ...controllerCauses(ingressClass),
  ],
  validateUpdate: (ingressClass, old) => [
    ...metadataUpdateCauses(ingressClass.metadata, old.metadata),
    ...immutable('spec.controller', ingressClass.spec?.controller, old.spec?.controller),
    ...controllerCauses(ingressClass),
  ],
};
