// Reads spec.hosts of a Cluster document: machines outside the cluster, what listens there, and what makes one a director in
// front of it: kernel settings, rules of iptables, a keepalived.conf.
import type { HostRules, HostSpec } from '../api/cluster-spec.ts';
import { hostSysctlRanges } from '../api/node-sysctls.table.ts';
import { cidr } from '../net/cidr.ts';
import { parseProto } from '../net/packet.ts';
import { readSysctls } from './cluster-sysctls.ts';
import {
  address,
  checkPort,
  type FieldReader,
  list,
  object,
  range,
  required,
  text,
  type Values,
} from './field-reader.ts';
import { positionInText } from './inner-text.ts';
import { readKeepalived } from './keepalived/conf.ts';

/** Throws InputError missing-field, invalid-value, unknown-field, not-modelled. */
export function readHosts(reader: FieldReader, written: unknown): readonly HostSpec[] {
  return list(written).map((host, i) => readHost(reader, object(host), `spec.hosts[${i}]`));
}

function readHost(reader: FieldReader, host: Values, path: string): HostSpec {
  const written = required(reader, host['ip'], `${path}.ip`);
  const ip = address(reader, written, `${path}.ip`) ?? 0;
  const [rules, conf] = [text(host['iptables']), text(host['keepalived'])];
  return {
    name: required(reader, host['name'], `${path}.name`),
    ip,
    listen: list(host['listen']).map((entry, i) =>
      readListen(reader, String(entry), `${path}.listen[${i}]`),
    ),
    routes: list(host['routes']).map((entry, i) => {
      const at = `${path}.routes[${i}]`;
      const route = object(entry);
      const to = required(reader, route['to'], `${at}.to`);
      const via = required(reader, route['via'], `${at}.via`);
      return { to: range(reader, to, `${at}.to`) ?? cidr(to), via };
    }),
    ...(host['sysctls'] == null
      ? {}
      : {
          sysctls: readSysctls(
            reader,
            object(host['sysctls']),
            `${path}.sysctls`,
            hostSysctlRanges,
          ),
        }),
    ...(rules === null ? {} : { iptables: hostRules(reader, rules, `${path}.iptables`) }),
    ...(conf === null
      ? {}
      : { keepalived: readKeepalived(conf, ip, reader.source, `${path}.keepalived`) }),
  };
}

function hostRules({ source }: FieldReader, rules: string, path: string): HostRules {
  const lines = rules.split('\n').map((_, i) => {
    const position = positionInText(source, path, rules, i + 1, 1);
    return { position, text: position === null ? '' : source.line(position.line) };
  });
  return { text: rules, lines };
}

function readListen(reader: FieldReader, written: string, path: string) {
  const match = /^(\d{1,5})(?:\/(TCP|UDP|SCTP))?$/.exec(written);
  if (match === null) {
    const message = `${path}: "${written}" is not a port`;
    return reader.fail('invalid-value', path, message, 'for example 9376/TCP or 53/UDP');
  }
  const port = Number(match[1]);
  checkPort(reader, port, path);
  return { port, proto: parseProto(match[2] ?? 'TCP') ?? 6 };
}
