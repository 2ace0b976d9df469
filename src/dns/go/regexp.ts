// Regular expressions of the Corefile: Go's RE2 (regexp package), as rewrite, template, errors and others compile
// them. JavaScript's own differ in what a group keeps in a loop, in case folding, in syntax and in running time, so
// Go's syntax is parsed (go-regexp/syntax.ts) and run as Go runs it (go-regexp/machine.ts). No replacement templates.
import { programOf, runProgram } from './regexp/machine.ts';
import { parseGoRegexp } from './regexp/syntax.ts';

export interface GoRegexp {
  readonly source: string;
  /** Name of each group from 0, the whole match, on; '' where it has none (SubexpNames). */
  readonly names: readonly string[];
  /** Text of each group from 0 on, '' where a group took no part; null: no match (FindStringSubmatch). */
  exec(text: string): readonly string[] | null;
  /** Whether the text holds a match anywhere (MatchString). */
  test(text: string): boolean;
}

/** A compiled expression, or the text of Go's error: "error parsing regexp: unexpected ): `a)`". */
export function compileGoRegexp(source: string): GoRegexp | string {
  const syntax = parseGoRegexp(source);
  if (typeof syntax === 'string') return syntax;
  const program = programOf(syntax.root);
  if (program === null) return `error parsing regexp: expression too large: \`${source}\``;
  const { names } = syntax;
  const exec = (text: string): readonly string[] | null => {
    const codes = Array.from(text, (char) => char.codePointAt(0) ?? 0);
    const slots = runProgram(program, codes);
    if (slots === null) return null;
    return names.map((_name, i) => {
      const from = slots[i * 2] ?? -1;
      const to = slots[i * 2 + 1] ?? -1;
      if (from < 0 || to < 0) return '';
      return codes.slice(from, to).reduce((out, code) => out + String.fromCodePoint(code), '');
    });
  };
  return { source, names, exec, test: (text) => exec(text) !== null };
}
