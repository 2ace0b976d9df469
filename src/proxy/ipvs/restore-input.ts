// What kube-proxy feeds to iptables-restore and to ipset on one sync, in its own order and words.
import { formatEndpoint } from '../../net/addr.ts';
import { type Proto, SCTP, UDP } from '../../net/packet.ts';
import { append } from '../rule-words.ts';
import { filterChains, natChains } from './constant.table.ts';
import { isStorable } from './entry.ts';
import type { IpvsLayer } from './layer.ts';
import { setName, setTable } from './sets.table.ts';
import { frontEndsOf } from './sync.ts';

/** The nat table, then the filter table: one call of iptables-restore --noflush. */
export function restoreInput(layer: IpvsLayer): string {
  const rules = layer.ownRules().map(({ chain, rule }) => {
    const [table, name] = chain.split(' ') as ['nat' | 'filter', string];
    // "-s ::1/128" of the rule for localhost is written as it stands in the source.
    return { table, line: append(name, rule, name === 'KUBE-SERVICES') };
  });
  const linesOf = (table: 'nat' | 'filter') =>
    rules.filter((rule) => rule.table === table).map(({ line }) => line);
  const lines = [
    '*nat',
    ...natChains.map(chainLine),
    ...linesOf('nat'),
    'COMMIT',
    '*filter',
    ...filterChains.map(chainLine),
    ...linesOf('filter'),
    'COMMIT',
  ];
  return `${lines.join('\n')}\n`;
}

/** The commands of a first sync, for `ipset restore`: kube-proxy runs ipset once for each. */
export function ipsetInput(layer: IpvsLayer): string {
  const { family } = layer;
  const inet = family === 4 ? 'inet' : 'inet6';
  const lines: string[] = [];
  for (const { name, type } of setTable) {
    const options =
      type === 'bitmap:port' ? 'range 0-65535' : `family ${inet} hashsize 1024 maxelem 65536`;
    lines.push(`create ${setName(name, family)} ${type} ${options} -exist`);
  }
  for (const { name } of setTable) {
    for (const { entry, text } of layer.members(name)) {
      // The tool refuses it, and kube-proxy goes on.
      if (isStorable(entry)) lines.push(`add ${setName(name, family)} ${text} -exist`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** What would make the same virtual servers: kube-proxy itself speaks netlink. */
export function ipvsadmInput(layer: IpvsLayer, scheduler: string): string {
  const lines: string[] = [];
  for (const frontEnd of frontEndsOf(layer)) {
    const { address, port, proto, persistentSeconds, endpoints } = frontEnd;
    const at = `${protocolOption(proto)} ${formatEndpoint(address, port)}`;
    const persistence = persistentSeconds === null ? '' : ` -p ${persistentSeconds}`;
    const flags = scheduler === 'mh' ? ' -b mh-port' : '';
    lines.push(`-A ${at} -s ${scheduler}${persistence}${flags}`);
    for (const { text } of endpoints) lines.push(`-a ${at} -r ${text} -m -w 1`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

function protocolOption(proto: Proto): string {
  return proto === SCTP ? '--sctp-service' : proto === UDP ? '-u' : '-t';
}

function chainLine(name: string): string {
  return `:${name} - [0:0]`;
}
