// `svcspec rules`: what is written on a node, as the real tool prints it.
import { InputError } from '../../api/input-error.ts';
import type { RulesFormat } from '../../cluster/cluster.ts';
import { openCluster } from '../open.ts';
import { type CommonOptions, type Io, oneOf } from '../options.ts';

export interface RulesCommandOptions extends CommonOptions {
  readonly node?: string;
  readonly format: string;
  readonly owner?: string;
  readonly input: boolean;
  readonly lastSync: boolean;
}

const formats: readonly RulesFormat[] = [
  'iptables-save',
  'ip6tables-save',
  'ipset-save',
  'ipvsadm',
  'ipvsadm-save',
  'nft',
];

export async function rules(options: RulesCommandOptions, io: Io): Promise<number> {
  const format = oneOf('format', options.format, formats);
  const cluster = await openCluster(options, io);
  const node = options.node ?? only(cluster.nodeNames);
  if (!cluster.nodeNames.includes(node)) {
    throw new InputError('unknown-object', `there is no node "${node}"`, {
      hint: `nodes: ${cluster.nodeNames.join(', ')}`,
    });
  }
  const { owner, input, lastSync } = options;
  const from = owner === undefined ? {} : { owner };
  const text = cluster.rules(node, { format, input, lastSync, ...from });
  io.out(text.endsWith('\n') ? text : `${text}\n`);
  return 0;
}

function only(nodes: readonly string[]): string {
  const [first] = nodes;
  if (first === undefined || nodes.length > 1) {
    throw new InputError('usage', '--node NAME is needed', { hint: `nodes: ${nodes.join(', ')}` });
  }
  return first;
}
