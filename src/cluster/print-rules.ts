// What a node's netfilter holds, as each tool prints it, and what its kube-proxy fed to the tool that reads it.
import { InputError } from '../api/input-error.ts';
import type { Family } from '../net/addr.ts';
import { saveSets, setsOf } from '../netfilter/ipset/print.ts';
import { saveText } from '../netfilter/iptables-text/print.ts';
import { listServices, saveServices } from '../netfilter/ipvs/print.ts';
import { type LiveElements, listRuleset } from '../netfilter/nft/print.ts';
import type { RuleSource } from '../netfilter/rule.ts';
import { composeRules } from '../netfilter/ruleset.ts';
import type { InputTool } from '../proxy/mode.ts';
import type { RulesFormat, RulesOptions } from './cluster.ts';
import { familiesOf, layersOn, proxyNodeOn, writtenOn } from './dialling.ts';
import type { State } from './state.ts';

const proxyOwner = 'kube-proxy';

/** Who writes rules on a node. */
const owners: readonly string[] = [proxyOwner, 'kubelet', 'cni', 'node-cache', 'network-policy'];

interface Format {
  /** Those it shows. */
  readonly families: readonly Family[];
  /** What kube-proxy feeds for it, and how that program is called. */
  readonly input: InputTool;
  readonly tool: string;
}

const formats: Readonly<Record<RulesFormat, Format>> = {
  'iptables-save': { families: [4], input: 'iptables-restore', tool: 'iptables-restore' },
  'ip6tables-save': { families: [6], input: 'iptables-restore', tool: 'ip6tables-restore' },
  'ipset-save': { families: [4, 6], input: 'ipset', tool: 'ipset' },
  ipvsadm: { families: [4, 6], input: 'ipvsadm', tool: 'ipvsadm' },
  'ipvsadm-save': { families: [4, 6], input: 'ipvsadm', tool: 'ipvsadm' },
  nft: { families: [4, 6], input: 'nft', tool: 'nft' },
};

export function printRules(state: State, node: string, options: RulesOptions): string {
  const { format, owner, input, lastSync } = options;
  checkNames(state, node, owner);
  if (input !== true && lastSync !== true) return heldText(state, node, format, owner);
  if (owner === undefined || owner === proxyOwner) {
    return inputText(state, node, format, lastSync === true);
  }
  throw new InputError('usage', `${owner} feeds nothing to ${formats[format].tool} here`, {
    hint: `what was fed is known of ${proxyOwner} alone: leave the owner out`,
  });
}

function checkNames(state: State, node: string, owner: string | undefined): void {
  const names = state.parts.api.list('Node').map((n) => n.metadata.name);
  if (!names.includes(node)) {
    throw new InputError('unknown-object', `there is no node "${node}"`, {
      hint: `nodes: ${names.join(', ')}`,
    });
  }
  if (owner !== undefined && !owners.includes(owner)) {
    throw new InputError('usage', `unknown owner "${owner}"`, { hint: owners.join(', ') });
  }
}

function inputText(state: State, node: string, format: RulesFormat, isLast: boolean): string {
  const { families, input, tool } = formats[format];
  const own = families.length === 1 ? families : familiesOf(state.parts.spec);
  const texts = own.map((family) => {
    if (!isLast) return writtenOn(state, node, family)?.input(input);
    const { proxies } = state.parts;
    const written = proxies.writtenNow(proxyNodeOn(state, node), family, state.nowMs);
    return (written?.lastInput ?? written?.input)?.(input);
  });
  if (texts.every((text) => text === undefined)) {
    const { name } = state.parts.proxies.modeOf(node);
    throw new InputError('usage', `kube-proxy in ${name} mode feeds nothing to ${tool}`, {
      hint: 'another --format, or another --mode',
    });
  }
  return texts.join('');
}

/** The rules on a node, of one owner if one is named. */
function sourceOn(
  state: State,
  node: string,
  family: Family,
  owner: string | undefined,
): RuleSource {
  const layers = layersOn(state, node, family);
  return composeRules(
    family,
    layers.filter((layer) => owner === undefined || layer.owner === owner),
  );
}

function heldText(
  state: State,
  node: string,
  format: RulesFormat,
  owner: string | undefined,
): string {
  switch (format) {
    case 'iptables-save':
    case 'ip6tables-save': {
      return saveText(sourceOn(state, node, format === 'iptables-save' ? 4 : 6, owner));
    }
    case 'nft':
      return tablesText(state, node, owner);
    case 'ipset-save':
      return saveSets(
        setsOf(familiesOf(state.parts.spec).map((family) => sourceOn(state, node, family, owner))),
      );
    case 'ipvsadm':
      return listServices(virtualServersOn(state, node, owner), state.nowMs);
    case 'ipvsadm-save':
      return saveServices(virtualServersOn(state, node, owner));
  }
}

/** Tables of nf_tables, family by family. What iptables keeps in tables of its own is not among them. */
function tablesText(state: State, node: string, owner: string | undefined): string {
  const texts = familiesOf(state.parts.spec).map((family) =>
    listRuleset(sourceOn(state, node, family, owner), liveOn(state, node, family)),
  );
  return texts.join('');
}

/** What rules have put into the sets of a node. */
export function liveOn(state: State, node: string, family: Family): LiveElements {
  const netfilter = state.parts.fabric.netfilter(`node/${node}`, family);
  return (table, set) => netfilter?.liveElements(table, set, state.nowMs) ?? [];
}

/** Nobody but kube-proxy makes virtual servers. */
function virtualServersOn(state: State, node: string, owner: string | undefined) {
  if (owner !== undefined && owner !== proxyOwner) return [];
  const { fabric, spec } = state.parts;
  return familiesOf(spec).map((family) => fabric.ipvs(`node/${node}`, family));
}
