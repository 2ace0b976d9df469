// Reads the `acl` directive (CoreDNS plugin/acl/setup.go).
import type { Cidr } from '../../../net/cidr.ts';
import { cidr, parseCidr } from '../../../net/cidr.ts';
import type { Dispenser } from '../../corefile/dispenser.ts';
import { originsOf } from '../../fallthrough.ts';
import { typeOfWord } from '../../go/names.ts';
import { lower } from '../../message/name.ts';
import type { Setup } from '../../plugin.ts';
import { AclHandler, type Action, type Policy, type Rule } from './handler.ts';

const actions: readonly Action[] = ['allow', 'block', 'filter', 'drop'];
const everyone = [cidr('0.0.0.0/0'), cidr('::/0')];

export const setup: Setup = (d, block) => {
  const rules: Rule[] = [];
  while (d.next()) {
    const zones = originsOf(d.remainingArgs(), block.zones);
    const policies: Policy[] = [];
    while (d.nextBlock()) policies.push(parsePolicy(d));
    rules.push({ zones, policies });
  }
  return [new AclHandler(rules)];
};

function parsePolicy(d: Dispenser): Policy {
  const action = actions.find((name) => name === lower(d.val()));
  if (action === undefined) {
    const got = JSON.stringify(d.val());
    throw d.err(`unexpected token ${got}; expect 'allow', 'block', 'filter' or 'drop'`);
  }
  let types: Policy['types'] | undefined;
  let nets: Policy['nets'] | undefined;
  const args = d.remainingArgs();
  for (let at = 0; at < args.length; ) {
    const word = args[at] ?? '';
    if (!isSection(word)) {
      throw d.err(`unexpected token ${JSON.stringify(word)}; expect 'type | net'`);
    }
    const after = args.slice(at + 1);
    const end = after.findIndex(isSection);
    const given = end < 0 ? after : after.slice(0, end);
    at += given.length + 1;
    const section = lower(word);
    if (given.length === 0) {
      throw d.err(`no token specified in ${JSON.stringify(section)} section`);
    }
    if (section === 'type') types = union(types, typesOf(given, d));
    else nets = netsOf(given, nets ?? [], d);
  }
  return { action, types: types ?? null, nets: nets ?? everyone };
}

function isSection(token: string): boolean {
  return lower(token) === 'type' || lower(token) === 'net';
}

/** null: every type. */
function union(
  a: readonly number[] | null | undefined,
  b: readonly number[] | null,
): readonly number[] | null {
  return a === null || b === null ? null : [...(a ?? []), ...b];
}

function typesOf(words: readonly string[], d: Dispenser): readonly number[] | null {
  const types: number[] = [];
  for (const word of words) {
    if (word === '*') return null;
    const type = typeOfWord(word);
    if (type === undefined) {
      throw d.err(`unexpected token ${JSON.stringify(word)}; expect legal QTYPE`);
    }
    types.push(type);
  }
  return types;
}

function netsOf(words: readonly string[], before: readonly Cidr[], d: Dispenser): readonly Cidr[] {
  const nets: Cidr[] = [...before];
  for (const word of words) {
    // What stands behind "*" is not even read.
    if (word === '*') return everyone;
    const text = word.includes('/') ? word : `${word}/${word.includes(':') ? 128 : 32}`;
    const range = parseCidr(text);
    if (range === undefined) throw d.err(`illegal CIDR notation ${JSON.stringify(text)}`);
    nets.push(range);
  }
  return nets;
}
