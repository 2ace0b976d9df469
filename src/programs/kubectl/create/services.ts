// `kubectl create service clusterip|nodeport|loadbalancer|externalname`. Models create_service.go of kubectl/pkg/cmd/create.
import { dns1123Subdomain, portName, portNumber } from '../../../api/field/names.ts';
import { CommandError } from '../errors.ts';
import type { Flag } from '../flags.ts';
import type { Generator, Given } from './generator.ts';

const tcpFlag: Flag = { name: 'tcp', type: 'strings' };

function serviceGenerator(
  word: string,
  type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName',
  flags: readonly Flag[],
): Generator {
  return {
    words: ['service', word],
    flags: [tcpFlag, ...flags],
    ...(type === 'ExternalName' ? { required: ['external-name'] } : {}),
    failure: `failed to create ${type} service: `,
    make: (given) => service(given, type, flags),
  };
}

function service(given: Given, type: string, flags: readonly Flag[]) {
  const { call, name, metadata } = given;
  const text = (flag: string): string =>
    flags.some((one) => one.name === flag) ? call.flags.text(flag) : '';
  const [clusterIP, externalName] = [text('clusterip'), text('external-name')];
  const tcp = call.flags.list('tcp');
  if (clusterIP !== 'None' && tcp.length === 0 && type !== 'ExternalName') {
    throw new CommandError('at least one tcp port specifier must be provided');
  }
  if (type === 'ExternalName' && dns1123Subdomain(externalName).length > 0) {
    throw new CommandError(`invalid service external name ${externalName}`);
  }
  const nodePort = type === 'NodePort' ? call.flags.int('node-port') : 0;
  const ports = tcp.map((one) => ({ ...portOf(one), ...(nodePort === 0 ? {} : { nodePort }) }));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata({ labels: { app: name } }),
    spec: {
      ...(ports.length === 0 ? {} : { ports }),
      selector: { app: name },
      type,
      ...(externalName === '' ? {} : { externalName }),
      ...(clusterIP === '' ? {} : { clusterIP }),
    },
    status: { loadBalancer: {} },
  };
}

function portOf(text: string): object {
  const [first = '', target] = text.split(':');
  const port = parsePort(first);
  return {
    name: text.replaceAll(':', '-'),
    port,
    protocol: 'TCP',
    targetPort: target === undefined ? port : targetOf(target),
  };
}

/** utilsnet.ParsePort, 0 allowed. */
function parsePort(text: string): number {
  const fails = (why: string): CommandError =>
    new CommandError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`);
  if (!/^\d+$/.test(text)) throw fails('invalid syntax');
  if (Number(text) > 65_535) throw fails('value out of range');
  return Number(text);
}

function targetOf(text: string): number | string {
  const isNumber = /^[+-]?\d+$/.test(text);
  const problems = isNumber ? portNumber(Number(text)) : portName(text);
  if (problems.length > 0) throw new CommandError(problems.join(','));
  return isNumber ? Number(text) : text;
}

export const services: readonly Generator[] = [
  serviceGenerator('clusterip', 'ClusterIP', [{ name: 'clusterip', type: 'string' }]),
  serviceGenerator('nodeport', 'NodePort', [{ name: 'node-port', type: 'int' }]),
  serviceGenerator('loadbalancer', 'LoadBalancer', []),
  serviceGenerator('externalname', 'ExternalName', [{ name: 'external-name', type: 'string' }]),
];
