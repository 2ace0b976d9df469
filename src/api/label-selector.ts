// Label selectors as `-l` and the API's labelSelector take them: the whole grammar, with the parser's own errors.
// Models apimachinery/pkg/labels/selector.go. Selectors inside objects (matchLabels) are not read here.
import { invalid } from './field/errors.ts';
import { labelValue, qualifiedName } from './field/names.ts';
import type { LabelSelector } from './types.ts';
import { fieldOf } from './values.ts';

export type Requirement =
  | { readonly kind: 'in' | 'not-in'; readonly key: string; readonly values: readonly string[] }
  | { readonly kind: 'exists' | 'not-exists'; readonly key: string }
  | { readonly kind: 'greater' | 'less'; readonly key: string; readonly than: string };

type Token =
  | 'end'
  | 'identifier'
  | ')'
  | ','
  | '!'
  | '=='
  | '='
  | '>'
  | 'in'
  | '<'
  | '!='
  | 'notin'
  | '(';

interface Item {
  readonly token: Token | 'error';
  readonly text: string;
}

const symbols: readonly Token[] = [')', ',', '!', '==', '=', '>', '<', '!=', '('];
const operators = ['in', 'notin', '=', '==', '!=', 'gt', 'lt'];

/** A parser's complaint, thrown inside this file only. */
class Complaint extends Error {}

function scan(text: string): readonly Item[] {
  const items: Item[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const blank = /^[ \t\r\n]+/.exec(rest);
    if (blank !== null) {
      at += blank[0].length;
      continue;
    }
    const word = /^[^=!(),<> \t\r\n]+/.exec(rest)?.[0];
    const item: Item =
      word === undefined
        ? symbolAt(rest)
        : { token: word === 'in' || word === 'notin' ? word : 'identifier', text: word };
    items.push(item);
    at += item.text.length;
  }
  items.push({ token: 'end', text: '' });
  return items;
}

function symbolAt(rest: string): Item {
  const two = symbols.find((symbol) => symbol === rest.slice(0, 2));
  const one = symbols.find((symbol) => symbol === rest[0]);
  const token = two ?? one ?? 'error';
  return { token, text: token === 'error' ? (rest[0] ?? '') : token };
}

class Parser {
  readonly #items: readonly Item[];
  #at = 0;

  constructor(text: string) {
    this.#items = scan(text);
  }

  /** `in` and `notin` are words, except where an operator must stand. */
  look(operator = false): Item {
    const item = this.#items[Math.min(this.#at, this.#items.length - 1)] as Item;
    const word = item.token === 'in' || item.token === 'notin';
    return word && !operator ? { token: 'identifier', text: item.text } : item;
  }

  take(operator = false): Item {
    const item = this.look(operator);
    this.#at++;
    return item;
  }

  all(): readonly Requirement[] {
    const found: Requirement[] = [];
    for (;;) {
      const { token, text } = this.look();
      if (token === 'end') return found;
      if (token !== 'identifier' && token !== '!') {
        throw new Complaint(`found '${text}', expected: !, identifier, or 'end of string'`);
      }
      try {
        found.push(this.#requirement());
      } catch (error) {
        if (!(error instanceof Complaint)) throw error;
        throw new Complaint(`unable to parse requirement: ${error.message}`);
      }
      const next = this.take();
      if (next.token === 'end') return found;
      if (next.token !== ',') {
        throw new Complaint(`found '${next.text}', expected: ',' or 'end of string'`);
      }
      const after = this.look();
      if (after.token !== 'identifier' && after.token !== '!') {
        throw new Complaint(`found '${after.text}', expected: identifier after ','`);
      }
    }
  }

  #requirement(): Requirement {
    let item = this.take();
    const negated = item.token === '!';
    if (negated) item = this.take();
    if (item.token !== 'identifier') {
      throw new Complaint(`found '${item.text}', expected: identifier`);
    }
    const key = item.text;
    const problems = qualifiedName(key);
    if (problems.length > 0) throw new Complaint(complaintAbout('<nil>', key, problems));
    if (negated) return { kind: 'not-exists', key };
    const { token } = this.look();
    if (token === 'end' || token === ',') return { kind: 'exists', key };
    const operator = this.take(true);
    switch (operator.token) {
      case 'in':
        return { kind: 'in', key, values: checked(key, this.#values()) };
      case 'notin':
        return { kind: 'not-in', key, values: checked(key, this.#values()) };
      case '=':
      case '==':
        return { kind: 'in', key, values: checked(key, [this.#value()]) };
      case '!=':
        return { kind: 'not-in', key, values: checked(key, [this.#value()]) };
      case '>':
      case '<': {
        const than = this.#value();
        const kind = operator.token === '>' ? 'greater' : 'less';
        return { kind, key, than: integer(key, than) };
      }
      default:
        throw new Complaint(`found '${operator.text}', expected: ${operators.join(', ')}`);
    }
  }

  #value(): string {
    const { token } = this.look();
    if (token === 'end' || token === ',') return '';
    const item = this.take();
    if (item.token === 'identifier') return item.text;
    throw new Complaint(`found '${item.text}', expected: identifier`);
  }

  #values(): readonly string[] {
    const open = this.take();
    if (open.token !== '(') throw new Complaint(`found '${open.text}' expected: '('`);
    const first = this.look();
    if (first.token === ')') {
      this.take();
      return [''];
    }
    if (first.token !== 'identifier' && first.token !== ',') {
      throw new Complaint(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values = this.#list();
    if (this.take().token !== ')') throw new Complaint(`found '${first.text}', expected: ')'`);
    return [...values].sort();
  }

  #list(): ReadonlySet<string> {
    const values = new Set<string>();
    for (;;) {
      const item = this.take();
      if (item.token === 'identifier') {
        values.add(item.text);
        const next = this.look();
        if (next.token === ')') return values;
        if (next.token !== ',') {
          throw new Complaint(`found '${next.text}', expected: ',' or ')'`);
        }
      } else if (item.token === ',') {
        if (values.size === 0) values.add('');
        const next = this.look();
        if (next.token === ')') {
          values.add('');
          return values;
        }
        if (next.token === ',') {
          this.take();
          values.add('');
        }
      } else throw new Complaint(`found '${item.text}', expected: ',', or identifier`);
    }
  }
}

function complaintAbout(path: string, value: string, problems: readonly string[]): string {
  const { text } = invalid(path, value, problems.join('; '));
  return `${path}: ${text}`;
}

function checked(key: string, values: readonly string[]): readonly string[] {
  const complaints = values.flatMap((value, i) => {
    const problems = labelValue(value);
    return problems.length === 0 ? [] : [complaintAbout(`values[${i}][${key}]`, value, problems)];
  });
  throwAll(complaints);
  return values;
}

function integer(key: string, value: string): string {
  const complaints: string[] = [];
  if (!/^[+-]?\d+$/.test(value)) {
    const why = "for 'Gt', 'Lt' operators, the value must be an integer";
    complaints.push(complaintAbout('values[0]', value, [why]));
  }
  const problems = labelValue(value);
  if (problems.length > 0) complaints.push(complaintAbout(`values[0][${key}]`, value, problems));
  throwAll(complaints);
  return value;
}

/** As an aggregate of errors prints itself. */
function throwAll(complaints: readonly string[]): void {
  if (complaints.length === 0) return;
  throw new Complaint(complaints.length === 1 ? complaints[0] : `[${complaints.join(', ')}]`);
}

/** "app=web,tier!=db,env in (a,b),!old" -> requirements sorted by key; the parser's complaint when it cannot be read. */
export function parseSelector(text: string): readonly Requirement[] | string {
  try {
    const all = [...new Parser(text).all()];
    return all.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
  } catch (error) {
    if (error instanceof Complaint) return error.message;
    throw error;
  }
}

export function selects(
  requirements: readonly Requirement[],
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  return requirements.every((requirement) => {
    const value = labels === undefined ? undefined : fieldOf(labels, requirement.key);
    switch (requirement.kind) {
      case 'in':
        return value !== undefined && requirement.values.includes(value);
      case 'not-in':
        return value === undefined || !requirement.values.includes(value);
      case 'exists':
        return value !== undefined;
      case 'not-exists':
        return value === undefined;
      default: {
        if (value === undefined || !/^[+-]?\d+$/.test(value)) return false;
        const left = BigInt(value.replace(/^\+/, ''));
        const right = BigInt(requirement.than.replace(/^\+/, ''));
        return requirement.kind === 'greater' ? left > right : left < right;
      }
    }
  });
}

/** metav1.FormatLabelSelector of a selector inside an object; a plain map of labels counts as matchLabels. */
export function formatSelector(selector: LabelSelector | Readonly<Record<string, string>>): string {
  const { matchLabels, matchExpressions } = selector as LabelSelector;
  const isMap = matchLabels === undefined && matchExpressions === undefined;
  const labels = isMap ? (selector as Readonly<Record<string, string>>) : (matchLabels ?? {});
  const parts = Object.keys(labels).map((key) => ({ key, text: `${key}=${labels[key]}` }));
  for (const { key, operator, values = [] } of isMap ? [] : (matchExpressions ?? [])) {
    const list = `(${[...values].sort().join(',')})`;
    const texts: Readonly<Record<string, string>> = {
      In: `${key} in ${list}`,
      NotIn: `${key} notin ${list}`,
      Exists: key,
      DoesNotExist: `!${key}`,
    };
    parts.push({ key, text: texts[operator] ?? key });
  }
  return parts
    .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ text }) => text)
    .join(',');
}
