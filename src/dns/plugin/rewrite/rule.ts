// The rules of `rewrite` as values, and what a matching rule leaves behind for the reply. No reading (setup.ts), no
// applying (request.ts, response.ts).
import type { GoRegexp } from '../../go/regexp.ts';
import type { EdnsOption } from '../../message/message.ts';

export type Mode = 'stop' | 'continue';

/** How a rule looks at a name; all compare the lower-case name. */
export type NameMatch =
  | { readonly by: 'exact' | 'prefix' | 'suffix' | 'substring'; readonly text: string }
  | { readonly by: 'regex'; readonly regexp: GoRegexp }
  /** What upstream panics with as soon as it looks. */
  | { readonly by: 'panic'; readonly text: string };

export type EdnsAction = 'set' | 'append' | 'replace' | 'unset';

/** What a local option is filled with. */
export type EdnsValue =
  | { readonly from: 'bytes'; readonly bytes: Uint8Array }
  /** "qname", "client_ip" ..., or a label of plugin/metadata with its slash. */
  | { readonly from: 'variable'; readonly name: string };

export type Rule = { readonly mode: Mode } & (
  | {
      readonly kind: 'name';
      readonly match: NameMatch;
      readonly to: string;
      /** The reply's names are mapped back from what this very question became. */
      readonly auto: boolean;
      readonly responses: readonly ResponseRule[];
    }
  | { readonly kind: 'type' | 'class'; readonly from: number; readonly to: number }
  | {
      readonly kind: 'reply';
      readonly match: NameMatch;
      readonly response: ResponseRule;
    }
  | CnameRule
  | {
      readonly kind: 'edns';
      readonly option: 'local' | 'nsid' | 'subnet';
      readonly action: EdnsAction;
      readonly code: number;
      readonly value: EdnsValue | null;
      /** Prefix lengths of `subnet`. */
      readonly bits: { readonly v4: number; readonly v6: number };
      readonly revert: boolean;
    }
);

export interface CnameRule {
  readonly kind: 'cname';
  readonly mode: Mode;
  readonly match: NameMatch;
  readonly to: string;
}

/** Gives a name's new spelling, or the same text. */
export type Rewriter = (name: string) => string;

export type ResponseRule =
  | { readonly kind: 'name' | 'value'; readonly rewriter: Rewriter }
  /** Seconds. */
  | { readonly kind: 'ttl'; readonly min: number; readonly max: number }
  | { readonly kind: 'rcode'; readonly from: number; readonly to: number }
  | { readonly kind: 'cname'; readonly rule: CnameRule }
  | { readonly kind: 'ednsRemove'; readonly code: number }
  | { readonly kind: 'ednsRestore'; readonly option: EdnsOption };

/** Whether a rule applies to the name. */
export function matches(match: NameMatch, name: string): boolean {
  switch (match.by) {
    case 'exact':
      return name === match.text;
    case 'prefix':
      return name.startsWith(match.text);
    case 'suffix':
      return name.endsWith(match.text);
    case 'substring':
      return name.includes(match.text);
    case 'regex':
      return match.regexp.test(name);
    case 'panic':
      return false;
  }
}

/** The new name, by the way it matched; undefined: it does not match. */
export function replaced(match: NameMatch, to: string, name: string): string | undefined {
  if (match.by === 'regex') {
    const groups = match.regexp.exec(name);
    return groups === null ? undefined : expanded(to, groups);
  }
  if (match.by === 'panic' || !matches(match, name)) return undefined;
  const { by, text } = match;
  if (by === 'exact') return to;
  if (by === 'prefix') return to + name.slice(text.length);
  if (by === 'suffix') return name.slice(0, name.length - text.length) + to;
  return replaceAll(name, text, to);
}

/** strings.ReplaceAll; of an empty text only the places between characters are left, as in Go. */
function replaceAll(name: string, text: string, to: string): string {
  return name.split(text).join(to);
}

/** `{0}`, `{1}` ... replaced by the groups' texts, one after the other. */
function expanded(to: string, groups: readonly string[]): string {
  return groups.reduce((out, group, i) => out.split(`{${i}}`).join(group), to);
}

/** A name through a regular expression; the name itself where that does not match. */
export function regexRewriter(regexp: GoRegexp, to: string): Rewriter {
  return (name) => {
    const groups = regexp.exec(name);
    return groups === null ? name : expanded(to, groups);
  };
}

/** One name to another, below it as well. */
export function remapRewriter(from: string, to: string): Rewriter {
  return (name) => {
    if (name === from) return to;
    return name.endsWith(`.${from}`) ? name.slice(0, name.length - from.length) + to : name;
  };
}

export function suffixRewriter(suffix: string, to: string): Rewriter {
  return (name) => (name.endsWith(suffix) ? name.slice(0, name.length - suffix.length) + to : name);
}
