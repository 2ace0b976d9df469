// The pins of a Cluster document: what a real cluster drew at random, read and checked one by one. Whether pins
// contradict each other or the ranges is cluster-conflicts.ts's question.
import type { Pin } from '../api/cluster-spec.ts';
import { address, type FieldReader, list, object, required, text } from './field-reader.ts';

/** Kinds that can be pinned: "Kind/namespace/name". */
const pinnable = ['Service', 'Pod', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'];

/** spec.pins of the Cluster document. */
export function readPins(reader: FieldReader, pins: readonly unknown[]): readonly Pin[] {
  return pins.map((entry, i) => readPin(reader, entry, `spec.pins[${i}]`));
}

function readPin(reader: FieldReader, entry: unknown, path: string): Pin {
  const pin = object(entry);
  const name = required(reader, pin['object'], `${path}.object`);
  const [kind, ...rest] = name.split('/');
  if (!pinnable.includes(kind ?? '') || rest.length !== 2 || rest.includes('')) {
    const message = `${path}.object: "${name}" does not name an object that can be pinned`;
    const hint = `Kind/namespace/name, Kind one of ${pinnable.join(', ')}`;
    reader.fail('cluster-document', `${path}.object`, message, hint);
  }
  const ip = (key: string) => address(reader, pin[key], `${path}.${key}`);
  return {
    object: name,
    clusterIP: ip('clusterIP'),
    nodePorts: object(pin['nodePorts']) as Record<string, number>,
    loadBalancerIP: ip('loadBalancerIP'),
    ip: ip('ip'),
    node: text(pin['node']),
    hash: text(pin['hash']),
    pods: list(pin['pods']).map((item, i) => {
      const at = `${path}.pods[${i}]`;
      const pod = object(item);
      return {
        suffix: required(reader, pod['suffix'], `${at}.suffix`),
        ip: address(reader, pod['ip'], `${at}.ip`),
        node: text(pod['node']),
      };
    }),
    position: reader.source.at(path),
  };
}
