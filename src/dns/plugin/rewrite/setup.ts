// Reads the `rewrite` directive (CoreDNS plugin/rewrite/setup.go, rewrite.go and the constructors of name.go, type.go,
// class.go, ttl.go, rcode.go, cname_target.go). Options of edns0 are read in edns-setup.ts.
import type { Dispenser } from '../../corefile/dispenser.ts';
import { classOfWord, rcodeOfWord, typeOfWord } from '../../go/names.ts';
import { parseUint } from '../../go/number.ts';
import { compileGoRegexp, type GoRegexp } from '../../go/regexp.ts';
import { atLeast } from '../../kubeadm/version.ts';
import { absolute, lower } from '../../message/name.ts';
import type { BlockContext, Setup } from '../../plugin.ts';
import { ednsRule } from './edns-setup.ts';
import { RewriteHandler } from './handler.ts';
import {
  type Mode,
  type NameMatch,
  type ResponseRule,
  type Rule,
  regexRewriter,
  suffixRewriter,
} from './rule.ts';

/** A rule, or CoreDNS's text of what is wrong with it. */
type Read = Rule | string;

/** Characters of an expression. */
const regexpMax = 10_000;
const limitedSince = '1.14.0';
/** Before, an expression was compiled for each CNAME of a reply, and a wrong one fell over there. */
const compiledSince = '1.13.2';

export const setup: Setup = (d, block) => {
  const rules: Rule[] = [];
  while (d.next()) {
    const args = [...d.remainingArgs()];
    if (args.length < 2) while (d.nextBlock()) args.push(d.val());
    const rule = readRule(args, d, block);
    if (typeof rule === 'string') throw d.raw(rule);
    rules.push(rule);
  }
  return [new RewriteHandler(rules, block)];
};

function readRule(args: readonly string[], d: Dispenser, block: BlockContext): Read {
  if (args.length === 0) return 'no rule type specified for rewrite';
  const first = lower(args[0] ?? '');
  const isMode = first === 'stop' || first === 'continue';
  if (isMode && args.length < 2) return `${first} rule must begin with a rule type`;
  const mode: Mode = first === 'continue' ? 'continue' : 'stop';
  const type = isMode ? lower(args[1] ?? '') : first;
  const rest = args.slice(isMode ? 2 : 1);
  const limited = atLeast(block.version, limitedSince);
  switch (type) {
    case 'answer':
      return 'response rewrites must begin with a name rule';
    case 'name':
      return nameRule(mode, rest, limited);
    case 'class':
    case 'type':
      if (rest.length !== 2) return `${type} rules must have exactly two arguments`;
      return numberRule(mode, type, rest);
    case 'edns0':
      return ednsRule(mode, rest, d, block.version);
    case 'ttl':
    case 'rcode':
      return replyRule(mode, type, rest, limited);
    case 'cname':
      return cnameRule(mode, rest, block);
    default:
      return `invalid rule type ${JSON.stringify(args[0])}`;
  }
}

function numberRule(mode: Mode, kind: 'class' | 'type', args: readonly string[]): Read {
  const numbers: number[] = [];
  for (const arg of args) {
    const word = arg.toUpperCase();
    const value = kind === 'class' ? classOfWord(word) : typeOfWord(word);
    if (value === undefined) return `invalid ${kind} ${JSON.stringify(word)}`;
    numbers.push(value);
  }
  return { kind, mode, from: numbers[0] ?? 0, to: numbers[1] ?? 0 };
}

/** plugin.Name.Normalize */
function normalize(name: string): string {
  return lower(absolute(name));
}

/** How often `{0}` ... `{100}` are used, each counted once. */
function groupsUsed(text: string): number {
  return Array.from({ length: 101 }, (_, i) => text.includes(`{${i}}`)).filter(Boolean).length;
}

/** isValidRegexPattern */
function checked(from: string, to: string, limited: boolean): GoRegexp | string {
  if (limited && from.length > regexpMax) {
    return `regex pattern too long: ${from.length} > ${regexpMax}`;
  }
  const regexp = compileGoRegexp(from);
  if (typeof regexp === 'string') return `invalid regex matching pattern: ${from}`;
  if (groupsUsed(to) > regexp.names.length - 1) {
    return `the rewrite regex pattern (${to}) uses more subexpressions than its corresponding matching regex pattern (${from})`;
  }
  return regexp;
}

function nameRule(mode: Mode, args: readonly string[], limited: boolean): Read {
  if (args.length < 2) return 'too few arguments for a name rule';
  const by = args.length === 2 ? 'exact' : lower(args[0] ?? '');
  const [from = '', to = ''] = args.length === 2 ? args : args.slice(1);
  const answers = args.length > 3 ? answerRules(by, args.slice(3), limited) : none;
  if (typeof answers === 'string') return answers;
  const { auto } = answers;
  const rule = (match: NameMatch, mapped: boolean, responses: readonly ResponseRule[]): Rule => {
    return { kind: 'name', mode, match, to: normalize(to), auto: mapped, responses };
  };
  if (by === 'regex') {
    const regexp = checked(from, to, limited);
    return typeof regexp === 'string' ? regexp : rule({ by, regexp }, auto, answers.rules);
  }
  const text = normalize(from);
  if (by === 'exact') {
    // Upstream checks the new name as a pattern, with what the old one uses of it.
    const wrong = checked(normalize(to), text, limited);
    return typeof wrong === 'string' ? wrong : rule({ by, text }, true, answers.rules);
  }
  if (by === 'suffix') {
    const rewriter = suffixRewriter(normalize(to), text);
    const back: readonly ResponseRule[] = auto
      ? [
          { kind: 'name', rewriter },
          { kind: 'value', rewriter },
        ]
      : [];
    return rule({ by, text }, false, [...back, ...answers.rules]);
  }
  if (by === 'prefix' || by === 'substring') return rule({ by, text }, auto, answers.rules);
  return `name rule supports only exact, prefix, suffix, substring, and regex name matching, received: ${by}`;
}

interface Answers {
  readonly auto: boolean;
  readonly rules: readonly ResponseRule[];
}
const none: Answers = { auto: false, rules: [] };

/** `answer auto`, `answer name RE TO`, `answer value RE TO`, one after the other. */
function answerRules(by: string, args: readonly string[], limited: boolean): Answers | string {
  if (args.length < 2) return `invalid arguments for ${by} rule`;
  const rules: ResponseRule[] = [];
  let auto = false;
  let last = '';
  for (let at = 0; at < args.length; ) {
    if (last === '' && args[at] !== 'answer') {
      return `exceeded the number of arguments for a non-answer rule argument for ${by} rule`;
    }
    if (args[at] === 'answer') at++;
    if (at >= args.length) return `type missing for answer rule for ${by} rule`;
    last = args[at++] ?? '';
    if (last === 'auto') {
      auto = true;
      continue;
    }
    if (last !== 'name' && last !== 'value') {
      return `invalid type ${JSON.stringify(last)} for answer rule for ${by} rule`;
    }
    const [from, to] = args.slice(at);
    if (from === undefined || to === undefined) {
      return `${last} answer rule for ${by} rule: 2 arguments required`;
    }
    const regexp = checked(from, to, limited);
    if (typeof regexp === 'string') return `${last} answer rule for ${by} rule: ${regexp}`;
    rules.push({ kind: last, rewriter: regexRewriter(regexp, normalize(to)) });
    at += 2;
  }
  if (auto && rules.some((rule) => rule.kind === 'name')) {
    return 'auto name answer rule cannot be combined with explicit name anwer rules';
  }
  return { auto, rules };
}

/** `ttl` and `rcode`: [MATCH] NAME and what the reply gets. */
function replyRule(
  mode: Mode,
  kind: 'ttl' | 'rcode',
  args: readonly string[],
  limited: boolean,
): Read {
  const values = kind === 'ttl' ? 1 : 2;
  if (args.length < values + 1) return `too few (${args.length}) arguments for a ${kind} rule`;
  const fits = args.length <= values + 2;
  const texts = fits ? args.slice(-values) : ['', ''];
  const response = kind === 'ttl' ? ttlResponse(texts[0] ?? '') : rcodeResponse(texts);
  if (typeof response === 'string') return response;
  if (!fits) return `many few arguments for a ${kind} rule`;
  const explicit = args.length === values + 2;
  const by = explicit ? lower(args[0] ?? '') : 'exact';
  const name = args[explicit ? 1 : 0] ?? '';
  if (by === 'exact' || by === 'prefix' || by === 'suffix' || by === 'substring') {
    return { kind: 'reply', mode, match: { by, text: normalize(name) }, response };
  }
  if (by !== 'regex') {
    return `${kind} rule supports only exact, prefix, suffix, substring, and regex name matching`;
  }
  if (limited && name.length > regexpMax) {
    return `regex pattern too long in a ${kind} rule: ${name.length} > ${regexpMax}`;
  }
  const regexp = compileGoRegexp(name);
  if (typeof regexp === 'string') return `invalid regex pattern in a ${kind} rule: ${name}`;
  return { kind: 'reply', mode, match: { by, regexp }, response };
}

/** `N`, `MIN-MAX`, `-MAX`, `MIN-`. */
function ttlResponse(text: string): ResponseRule | string {
  const parts = text.split('-');
  const invalid = `invalid TTL '${text}' for a ttl rule`;
  const [low = '', high = low] = parts;
  if (parts.length > 2 || (low === '' && high === '')) return invalid;
  const min = parts.length === 2 && low === '' ? 0 : parseUint(low, 32);
  const max = high === '' ? 2_147_483_647 : parseUint(high, 32);
  if (typeof min === 'string' || typeof max === 'string' || min > max) return invalid;
  return { kind: 'ttl', min, max };
}

function rcodeResponse([old = '', fresh = '']: readonly string[]): ResponseRule | string {
  const from = rcodeOf(old);
  if (from === undefined) return `invalid matching RCODE '${old}' for a rcode rule`;
  const to = rcodeOf(fresh);
  if (to === undefined) return `invalid replacement RCODE '${fresh}' for a rcode rule`;
  return { kind: 'rcode', from, to };
}

function rcodeOf(text: string): number | undefined {
  const value = parseUint(text, 32);
  return typeof value === 'number' && value <= 23 ? value : rcodeOfWord(text.toUpperCase());
}

function cnameRule(mode: Mode, args: readonly string[], block: BlockContext): Read {
  if (args.length !== 2 && args.length !== 3) {
    return `too few (${args.length}) arguments for a cname rule`;
  }
  const by = args.length === 3 ? lower(args[0] ?? '') : 'exact';
  let [from = '', to = ''] = args.slice(-2).map(lower);
  if (by === 'exact' && atLeast(block.version, '1.14.7'))
    [from, to] = [from, to].map(normalize) as [string, string];
  if (by === 'exact' || by === 'prefix' || by === 'suffix' || by === 'substring') {
    return { kind: 'cname', mode, match: { by, text: from }, to };
  }
  if (by !== 'regex') return `unknown cname rewrite type: ${by}`;
  const limited = atLeast(block.version, limitedSince);
  if (limited && from.length > regexpMax) {
    return `regex pattern too long in a cname rule: ${from.length} > ${regexpMax}`;
  }
  const regexp = compileGoRegexp(from);
  if (typeof regexp === 'string') {
    if (atLeast(block.version, compiledSince)) {
      return `invalid cname rewrite regex pattern: ${regexp}`;
    }
    const panic = `regexp: Compile(${goQuote(from)}): ${regexp}`;
    return { kind: 'cname', mode, match: { by: 'panic', text: panic }, to };
  }
  return { kind: 'cname', mode, match: { by, regexp }, to };
}

/** regexp.MustCompile's way of quoting. */
function goQuote(text: string): string {
  return text.includes('`') ? JSON.stringify(text) : `\`${text}\``;
}
