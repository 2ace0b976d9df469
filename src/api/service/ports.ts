// Checks of spec.ports: each port by itself (A6.6), node ports of ClusterIP Services (A6.12) and duplicates
// (A6.13). Models validateServicePort and the loops of ValidateService.
import type { Cause } from '../error.ts';
import { duplicate, forbiddenField, goQuote, invalids, oneOf, required } from '../field/errors.ts';
import { dns1123Label, portName, portNumber, qualifiedName } from '../field/names.ts';
import type { RuleContext } from '../kind-rules.ts';
import type { IntOrString, Service, ServicePort } from '../types.ts';
import { isUnset } from '../values.ts';

export const protocols: readonly string[] = ['SCTP', 'TCP', 'UDP'];

/** ValidatePortNumOrName: 1..65535, or the name of a container port. */
export function portNumberOrName(field: string, value: IntOrString): Cause[] {
  if (typeof value === 'number') return invalids(field, value, portNumber(value));
  return invalids(field, value, portName(value));
}

function onePort(port: ServicePort, at: string, several: boolean, seen: Set<string>): Cause[] {
  const causes: Cause[] = [];
  if (isUnset(port.name)) {
    if (several) causes.push(required(`${at}.name`));
  } else {
    causes.push(...invalids(`${at}.name`, port.name, dns1123Label(port.name)));
    if (seen.has(port.name)) causes.push(duplicate(`${at}.name`, port.name));
    seen.add(port.name);
  }
  const number = port.port ?? 0;
  causes.push(...invalids(`${at}.port`, number, portNumber(number)));
  causes.push(...oneOf(`${at}.protocol`, port.protocol, protocols));
  causes.push(...portNumberOrName(`${at}.targetPort`, port.targetPort ?? 0));
  if (port.appProtocol !== undefined) {
    causes.push(
      ...invalids(`${at}.appProtocol`, port.appProtocol, qualifiedName(port.appProtocol)),
    );
  }
  return causes;
}

/** Rule 6. */
export function portsCauses({ spec }: Service): Cause[] {
  const ports = spec.ports ?? [];
  const seen = new Set<string>();
  return ports.flatMap((port, i) => onePort(port, `spec.ports[${i}]`, ports.length > 1, seen));
}

/** Rule 12. */
export function clusterIPTypeNodePorts({ spec }: Service): Cause[] {
  if (spec.type !== 'ClusterIP') return [];
  return (spec.ports ?? []).flatMap((port, i) =>
    isUnset(port.nodePort)
      ? []
      : [forbiddenField(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'")],
  );
}

/** Rule 13, node ports. */
export function duplicateNodePorts({ spec }: Service): Cause[] {
  const seen = new Set<string>();
  return (spec.ports ?? []).flatMap((port, i) => {
    if (isUnset(port.nodePort)) return [];
    const key = `${port.protocol} ${port.nodePort}`;
    if (seen.has(key)) return [duplicate(`spec.ports[${i}].nodePort`, port.nodePort)];
    seen.add(key);
    return [];
  });
}

/** The value a duplicate port is shown as: protocol and port only, in the version's syntax. */
function portShown({ protocol, port }: ServicePort, minor: number): string {
  const name = goQuote(protocol ?? '');
  return minor >= 34
    ? `{"Name":"","Protocol":${name},"AppProtocol":null,"Port":${port},"TargetPort":0,"NodePort":0}`
    : `core.ServicePort{Name:"", Protocol:${name}, AppProtocol:(*string)(nil), Port:${port}, TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}`;
}

/** Rule 13, ports. */
export function duplicatePorts({ spec }: Service, { minor }: RuleContext): Cause[] {
  const seen = new Set<string>();
  return (spec.ports ?? []).flatMap((port, i) => {
    const key = `${port.protocol} ${port.port}`;
    if (seen.has(key)) {
      const text = `Duplicate value: ${portShown(port, minor)}`;
      return [{ field: `spec.ports[${i}]`, text }];
    }
    seen.add(key);
    return [];
  });
}
