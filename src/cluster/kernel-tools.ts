// Answers what the tools of a node ask its kernel for, from the rules and sets that stand there.
import { type Addr, type Family, familyOf } from '../net/addr.ts';
import { type Cidr, contains } from '../net/cidr.ts';
import {
  listNames,
  listSets,
  referencesOf,
  saveSets,
  setsOf,
  testMember,
} from '../netfilter/ipset/print.ts';
import { listRules, listSpecifications } from '../netfilter/iptables-text/list.ts';
import type { Ipvs } from '../netfilter/ipvs/ipvs.ts';
import {
  listConnections,
  listServices,
  listStats,
  listTimeouts,
  saveServices,
} from '../netfilter/ipvs/print.ts';
import type { FlowEntry } from '../netfilter/netfilter.ts';
import { listPart, listParts, listRuleset, listTable, listTables } from '../netfilter/nft/print.ts';
import type { KernelAnswer, KernelRequest, WantedFlow } from '../programs/kernel-request.ts';
import { familiesOf, rulesOn } from './dialling.ts';
import { liveOn } from './print-rules.ts';
import type { State } from './state.ts';

type Request<K extends KernelRequest['kind']> = Extract<KernelRequest, { kind: K }>;

export function answerOn(state: State, node: string, request: KernelRequest): KernelAnswer {
  switch (request.kind) {
    case 'iptables': {
      const { form, family, verbose, numbered } = request;
      const rules = rulesOn(state, node, family);
      return textOf(
        form === 'list'
          ? listRules(rules, request, { verbose, numbered })
          : listSpecifications(rules, request),
      );
    }
    case 'ipset':
      return setsText(state, node, request);
    case 'ipset-test': {
      const set = setsOn(state, node).find(({ name }) => name === request.set);
      const { text, exit } = testMember(set, request.member);
      return { kind: 'text', text, exitCode: exit };
    }
    case 'nft':
      return tablesText(state, node, request);
    case 'nft-part':
      return partText(state, node, request);
    case 'nft-parts':
      return partsText(state, node, request);
    case 'ipvs':
    case 'conntrack':
      return answerOnMachine(state, `node/${node}`, familiesOf(state.parts.spec), request);
    case 'sockets':
      return { kind: 'sockets', sockets: state.parts.fabric.sockets(`node/${node}`) };
  }
}

/** What any machine's kernel says: a node's, or that of a host outside. */
export function answerOnMachine(
  state: State,
  machine: string,
  families: readonly Family[],
  request: KernelRequest,
): KernelAnswer {
  const { fabric } = state.parts;
  if (request.kind === 'ipvs') {
    const tables = families.map((family) => fabric.ipvs(machine, family));
    return ipvsText(tables, state.nowMs, request);
  }
  if (request.kind !== 'conntrack') return textOf(undefined);
  const shows = (entry: FlowEntry) => isWanted(request.wanted, entry);
  const lines = fabric.conntrack(machine, state.nowMs, shows);
  return textOf(lines.map((line) => `${line}\n`).join(''));
}

function ipvsText(
  tables: readonly Ipvs[],
  nowMs: number,
  { form, only }: Request<'ipvs'>,
): KernelAnswer {
  const [first] = tables;
  if (first === undefined) throw new Error('a cluster has an IP family');
  if (only !== null && tables.every((table) => table.service(only) === undefined)) {
    return textOf(undefined);
  }
  switch (form) {
    case 'services':
      return textOf(listServices(tables, nowMs, only ?? undefined));
    case 'stats':
      return textOf(listStats(tables, nowMs, only ?? undefined));
    case 'connections':
      return textOf(listConnections(tables, nowMs));
    case 'timeouts':
      return textOf(listTimeouts(first));
    case 'save':
      return textOf(saveServices(tables));
  }
}

function isWanted(wanted: WantedFlow, { proto, original, reply }: FlowEntry): boolean {
  const isIn = (range: Cidr | undefined, addr: Addr) =>
    range === undefined || contains(range, addr);
  const isAt = (port: number | undefined, own: number) => port === undefined || port === own;
  return (
    (wanted.proto === undefined || wanted.proto === proto) &&
    (wanted.family === undefined || wanted.family === familyOf(original.src)) &&
    isIn(wanted.src, original.src) &&
    isIn(wanted.dst, original.dst) &&
    isIn(wanted.replySrc, reply.src) &&
    isIn(wanted.replyDst, reply.dst) &&
    isAt(wanted.sport, original.sport) &&
    isAt(wanted.dport, original.dport) &&
    isAt(wanted.replySport, reply.sport) &&
    isAt(wanted.replyDport, reply.dport)
  );
}

/** Undefined: there is nothing of that name. */
function textOf(text: string | undefined): KernelAnswer {
  return text === undefined
    ? { kind: 'missing', what: 'name' }
    : { kind: 'text', text, exitCode: 0 };
}

function sourcesOn(state: State, node: string) {
  return familiesOf(state.parts.spec).map((family) => rulesOn(state, node, family));
}

function setsOn(state: State, node: string) {
  return setsOf(sourcesOn(state, node));
}

function setsText(state: State, node: string, { form, set }: Request<'ipset'>): KernelAnswer {
  const sources = sourcesOn(state, node);
  const sets = setsOf(sources).filter(({ name }) => set === null || name === set);
  if (set !== null && sets.length === 0) return textOf(undefined);
  switch (form) {
    case 'list':
      return textOf(listSets(sets, referencesOf(sources)));
    case 'save':
      return textOf(saveSets(sets));
    case 'names':
      return textOf(listNames(sets));
  }
}

function tablesText(state: State, node: string, { form, family }: Request<'nft'>): KernelAnswer {
  const texts = familiesOf(state.parts.spec)
    .filter((one) => family === null || one === family)
    .map((one) => {
      const rules = rulesOn(state, node, one);
      return form === 'tables' ? listTables(rules) : listRuleset(rules, liveOn(state, node, one));
    });
  return textOf(texts.join(''));
}

function partsText(
  state: State,
  node: string,
  { form, family, table }: Request<'nft-parts'>,
): KernelAnswer {
  const texts = familiesOf(state.parts.spec)
    .filter((one) => family === null || one === family)
    .map((one) => {
      const tables = tablesOn(state, node, one);
      const chosen = tables.filter(({ name }) => table === null || name === table);
      return chosen.length === 0 ? '' : listParts(chosen, form, liveOn(state, node, one));
    });
  const text = texts.join('');
  return table !== null && text === '' ? { kind: 'missing', what: 'table' } : textOf(text);
}

function partText(
  state: State,
  node: string,
  { form, family, table: wanted, name }: Request<'nft-part'>,
): KernelAnswer {
  const table = tablesOn(state, node, family).find((one) => one.name === wanted);
  if (table === undefined) return { kind: 'missing', what: 'table' };
  const live = liveOn(state, node, family);
  return textOf(
    form === 'table' ? listTable(table, live) : listPart(table, { kind: form, name }, live),
  );
}

function tablesOn(state: State, node: string, family: Family) {
  return rulesOn(state, node, family).nft;
}
