// Answers what the tools of a node ask its kernel for, from the rules and sets that stand there.
import type { Family } from '../net/addr.ts';
import {
  listNames,
  listSets,
  referencesOf,
  saveSets,
  setsOf,
  testMember,
} from '../netfilter/ipset/print.ts';
import { listRules, listSpecifications } from '../netfilter/iptables-text/list.ts';
import { listPart, listRuleset, listTable, listTables } from '../netfilter/nft/print.ts';
import type { KernelAnswer, KernelRequest } from '../programs/kernel-request.ts';
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
  }
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
