// `svcspec rules`: what is written on a node, as the real tool prints it.
import { InputError } from '../../api/input-error.ts';
import type { Cluster, RulesFormat } from '../../cluster/cluster.ts';
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
  if (!options.quiet && (owner ?? 'kube-proxy') === 'kube-proxy') sayWhere(cluster, format, io);
  io.out(text.endsWith('\n') ? text : `${text}\n`);
  return 0;
}

const saves = ['iptables-save', 'ip6tables-save'] as const;

/** The formats in which a mode's rules stand. */
const holding: Readonly<Record<Cluster['proxyMode'], readonly RulesFormat[]>> = {
  iptables: saves,
  ipvs: ['ipvsadm', 'ipvsadm-save', 'ipset-save', ...saves],
  nftables: ['nft'],
  userspace: saves,
};

/** A format that has nothing of kube-proxy's is no error: the others who write rules may have some there. */
function sayWhere({ proxyMode, families }: Cluster, format: RulesFormat, io: Io): void {
  const own = holding[proxyMode];
  if (!own.includes(format)) {
    io.err(`kube-proxy runs in ${proxyMode} mode: its rules are in --format ${own.join(', ')}\n`);
    return;
  }
  const [save4, save6] = saves;
  const other = format === save4 && !families.includes(4) ? save6 : null;
  const wanted = format === save6 && !families.includes(6) ? save4 : other;
  if (wanted === null) return;
  io.err(`the cluster has IPv${families.join('')} alone: its rules are in --format ${wanted}\n`);
}

function only(nodes: readonly string[]): string {
  const [first] = nodes;
  if (first === undefined || nodes.length > 1) {
    throw new InputError('usage', '--node NAME is needed', { hint: `nodes: ${nodes.join(', ')}` });
  }
  return first;
}
