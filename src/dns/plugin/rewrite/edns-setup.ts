// Reads `rewrite edns0 ...` (the constructors in CoreDNS plugin/rewrite/edns0.go).

import type { Dispenser } from '../../corefile/dispenser.ts';
import { utf8 } from '../../go/bytes.ts';
import { parseUint } from '../../go/number.ts';
import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';
import { lower } from '../../message/name.ts';
import type { EdnsAction, EdnsValue, Mode, Rule } from './rule.ts';

const variables = [
  'qname',
  'qtype',
  'client_ip',
  'client_port',
  'protocol',
  'server_ip',
  'server_port',
];
const NSID = 3;
const SUBNET = 8;

/** A rule, or CoreDNS's text of what is wrong with it. */
export function ednsRule(
  mode: Mode,
  given: readonly string[],
  d: Dispenser,
  version: CoreDnsVersion,
): Rule | string {
  if (given.length < 2) return 'too few arguments for an EDNS0 rule';
  const option = lower(given[0] ?? '');
  const action = lower(given[1] ?? '');
  const base = { kind: 'edns', mode, value: null, bits: { v4: 0, v6: 0 }, revert: false } as const;
  if (action === 'unset' && atLeast(version, '1.12.3')) {
    return unsetRule(base, option, given);
  }
  if (action !== 'append' && action !== 'replace' && action !== 'set') {
    return `invalid action: ${JSON.stringify(action)}`;
  }
  const revert = given.at(-1) === 'revert';
  const args = revert ? given.slice(0, -1) : given;
  if (option === 'nsid') {
    if (args.length !== 2) return 'EDNS0 NSID rules can accept no more than one arg';
    return { ...base, option, action, code: NSID, revert };
  }
  if (option !== 'local' && option !== 'subnet') {
    return `invalid rule type ${JSON.stringify(option)}`;
  }
  if (args.length !== 4) return `EDNS0 ${option} rules require three or four args`;
  const [first = '', second = ''] = args.slice(2);
  if (option === 'local') {
    return localRule({ ...base, option, action, revert }, first, second, d);
  }
  const bits = { v4: 0, v6: 0 };
  for (const [text, family, most] of [
    [first, 'v4', 32],
    [second, 'v6', 128],
  ] as const) {
    const value = parseUint(text, 16, 0);
    if (typeof value === 'string') return value;
    if (value > most) return `invalid IP${family} bit mask length ${value}`;
    bits[family] = value;
  }
  return { ...base, option, action, code: SUBNET, bits, revert };
}

type Base = Omit<Extract<Rule, { kind: 'edns' }>, 'option' | 'action' | 'code'>;

function unsetRule(base: Base, option: string, args: readonly string[]): Rule | string {
  const action: EdnsAction = 'unset';
  if (option === 'local') {
    if (args.length !== 3) return 'local unset action requires exactly two arguments';
    const code = parseUint(args[2] ?? '', 16, 0);
    return typeof code === 'string' ? code : { ...base, option, action, code };
  }
  if (option !== 'nsid' && option !== 'subnet') {
    return `invalid rule type ${JSON.stringify(option)}`;
  }
  if (args.length !== 2) return `${option} unset action requires exactly one argument`;
  return { ...base, option, action, code: option === 'nsid' ? NSID : SUBNET };
}

type LocalBase = Omit<Extract<Rule, { kind: 'edns' }>, 'code'>;

function localRule(base: LocalBase, codeText: string, data: string, d: Dispenser): Rule | string {
  const code = parseUint(codeText, 16, 0);
  if (typeof code === 'string') return code;
  const variable = /^\{(.*)\}$/s.exec(data)?.[1];
  if (variable !== undefined) {
    if (variables.includes(variable)) {
      return { ...base, code, value: { from: 'variable', name: variable } };
    }
    if (!/^[^/]+\//.test(variable)) {
      return `unsupported variable name ${JSON.stringify(data)}`;
    }
    throw d.notModelled(
      `metadata variable ${data} is not modelled`,
      `use one of ${variables.join(', ')}`,
    );
  }
  const bytes = data.startsWith('0x') ? hexBytes(data.slice(2)) : utf8(data);
  if (typeof bytes === 'string') return bytes;
  const value: EdnsValue = { from: 'bytes', bytes };
  return { ...base, code, value };
}

/** encoding/hex.DecodeString */
function hexBytes(text: string): Uint8Array | string {
  for (const c of text.slice(0, text.length - (text.length % 2))) {
    if (!/[0-9a-fA-F]/.test(c)) return invalidHex(c);
  }
  if (text.length % 2 === 1) {
    const last = text.at(-1) ?? '';
    return /[0-9a-fA-F]/.test(last) ? 'encoding/hex: odd length hex string' : invalidHex(last);
  }
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function invalidHex(c: string): string {
  const code = (c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `encoding/hex: invalid byte: U+${code} '${c}'`;
}
