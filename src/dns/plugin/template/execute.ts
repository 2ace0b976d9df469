// Runs a parsed template over its data (Go text/template/exec.go). Errors come as Go words them:
// `template: answer:1:3: executing "answer" at <.Foo>: can't evaluate field Foo in type *template.templateData`.
import { FUNCTIONS, type Parameter } from './functions.ts';
import { plainText } from './printf.ts';
import {
  type Arg,
  argText,
  type ControlNode,
  commandText,
  type Node,
  type Pipe,
  type Template,
} from './tree.ts';
import {
  bool,
  int,
  invalid,
  isTrue,
  string,
  TemplateFault,
  typeOfValue,
  type Value,
} from './value.ts';

/** Rounds of all loops of one run together. */
const roundsMax = 100_000;

/** Text, or the error. */
export function executeTemplate(
  template: Template,
  data: Value,
): { readonly text: string } | { readonly error: string } {
  const run = new Run(template, data);
  try {
    run.list(template.root, data);
    return { text: run.out };
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    return { error: run.located(error.message) };
  }
}

type Flow = 'on' | 'break' | 'continue';

interface Place {
  readonly at: number;
  readonly text: string;
}

class Run {
  out = '';
  readonly #template: Template;
  readonly #variables: { readonly name: string; value: Value }[];
  #place: Place = { at: 0, text: '' };
  #rounds = 0;

  constructor(template: Template, data: Value) {
    this.#template = template;
    this.#variables = [{ name: '$', value: data }];
  }

  /** The message with the place where it happened. */
  located(message: string): string {
    const { name, text } = this.#template;
    const before = text.slice(0, this.#place.at);
    const line = before.split('\n').length;
    const column = before.length - (before.lastIndexOf('\n') + 1);
    const shown = this.#place.text;
    const context = shown.length > 20 ? `${shown.slice(0, 20)}...` : shown;
    return `template: ${name}:${line}:${column}: executing "${name}" at <${context}>: ${message}`;
  }

  list(nodes: readonly Node[], dot: Value): Flow {
    for (const node of nodes) {
      const flow = this.#node(node, dot);
      if (flow !== 'on') return flow;
    }
    return 'on';
  }

  #node(node: Node, dot: Value): Flow {
    switch (node.kind) {
      case 'text':
        this.out += node.text;
        return 'on';
      case 'action': {
        const value = this.#pipeline(node.pipe, dot);
        if (node.pipe.declares.length > 0) return 'on';
        this.#at({ at: node.pipe.at, text: argText(node.pipe) });
        this.out += value.kind === 'invalid' ? '<no value>' : plainText(value);
        return 'on';
      }
      case 'if':
      case 'with': {
        const mark = this.#variables.length;
        const value = this.#pipeline(node.pipe, dot);
        const inside = node.kind === 'with' ? value : dot;
        const flow = isTrue(value)
          ? this.list(node.list, inside)
          : this.list(node.otherwise ?? [], dot);
        this.#variables.length = mark;
        return flow;
      }
      case 'range':
        return this.#range(node, dot);
      default:
        return node.kind;
    }
  }

  #range(node: ControlNode, dot: Value): Flow {
    const start = this.#variables.length;
    const value = this.#pipeline(node.pipe, dot);
    const { declares, assigns } = node.pipe;
    const mark = this.#variables.length;
    const rounds = this.#roundsOf(value, declares.length);
    for (const [index, element] of rounds) {
      if (++this.#rounds > roundsMax) throw new TemplateFault('the loop has too many rounds');
      const [first = '', second = ''] = declares;
      if (assigns) {
        this.#assign(first, declares.length > 1 ? index : element);
        if (declares.length > 1) this.#assign(second, element);
      } else {
        const top = this.#variables[mark - 1];
        const below = this.#variables[mark - 2];
        if (declares.length > 0 && top !== undefined) top.value = element;
        if (declares.length > 1 && below !== undefined) below.value = index;
      }
      const flow = this.list(node.list, element);
      this.#variables.length = mark;
      if (flow === 'break') break;
    }
    this.#variables.length = start;
    return rounds.length === 0 ? this.list(node.otherwise ?? [], dot) : 'on';
  }

  #roundsOf(value: Value, variables: number): readonly (readonly [Value, Value])[] {
    switch (value.kind) {
      case 'invalid':
        return [];
      case 'list':
        return value.items.map((item, i) => [int(i), item]);
      case 'map':
        return [...value.entries.keys()]
          .sort()
          .map((key) => [string(key), string(value.entries.get(key) ?? '')]);
      case 'int':
      case 'uint': {
        if (variables > 1) {
          const text = plainText(value);
          throw new TemplateFault(`can't use ${text} to iterate over more than one variable`);
        }
        if (value.value > BigInt(roundsMax)) {
          throw new TemplateFault('the loop has too many rounds');
        }
        const count = Number(value.value < 0n ? 0n : value.value);
        return Array.from({ length: count }, (_, i) => [invalid, { ...value, value: BigInt(i) }]);
      }
      default:
        throw new TemplateFault(`range can't iterate over ${plainText(value)}`);
    }
  }

  #assign(name: string, value: Value): void {
    for (let i = this.#variables.length - 1; i >= 0; i--) {
      const variable = this.#variables[i];
      if (variable?.name !== name) continue;
      variable.value = value;
      return;
    }
    throw new TemplateFault(`undefined variable: ${name}`);
  }

  #at(place: Place): void {
    this.#place = place;
  }

  #atArg(arg: Arg): void {
    this.#at({ at: arg.at, text: argText(arg) });
  }

  #pipeline(pipe: Pipe, dot: Value): Value {
    this.#atArg(pipe);
    let value: Value | null = null;
    for (const command of pipe.commands) value = this.#command(command, dot, value);
    const result = value ?? invalid;
    for (const name of pipe.declares) {
      if (pipe.assigns) this.#assign(name, result);
      else this.#variables.push({ name, value: result });
    }
    return result;
  }

  /** `final` is the value of the command before; null: there is none. */
  #command(args: readonly Arg[], dot: Value, final: Value | null): Value {
    const [first] = args;
    if (first === undefined) return invalid;
    this.#atArg(first);
    switch (first.kind) {
      case 'field':
        return this.#chain(dot, dot, first, first.names, args, final);
      case 'chain': {
        const start = this.#arg(first.node, dot, 'any');
        return this.#chain(dot, start, first, first.names, args, final);
      }
      case 'variable': {
        const [name = '', ...names] = first.names;
        const value = this.#variables.findLast((v) => v.name === name)?.value ?? invalid;
        if (names.length > 0) return this.#chain(dot, value, first, names, args, final);
        this.#noArguments(args, final);
        return value;
      }
      case 'identifier':
        return this.#call(first.name, args, dot, final);
      case 'nil':
        this.#noArguments(args, final);
        throw new TemplateFault('nil is not a command');
      default:
        this.#noArguments(args, final);
        return first.kind === 'pipe' ? this.#pipeline(first, dot) : this.#literal(first, dot);
    }
  }

  #noArguments(args: readonly Arg[], final: Value | null): void {
    const [first] = args;
    if (first !== undefined && (args.length > 1 || final !== null)) {
      const text = first.kind === 'pipe' ? argText(first) : argText(first);
      throw new TemplateFault(`can't give argument to non-function ${text}`);
    }
  }

  #literal(arg: Arg, dot: Value): Value {
    switch (arg.kind) {
      case 'bool':
        return bool(arg.value);
      case 'dot':
        return dot;
      case 'string':
        return string(arg.value);
      case 'number': {
        const isFloat =
          !arg.text.startsWith("'") && !/^0[xX]/.test(arg.text) && /[.eEpP]/.test(arg.text);
        if (!isFloat && arg.int !== null) return int(arg.int);
        return { kind: 'float', value: arg.float ?? 0 };
      }
      default:
        throw new TemplateFault(`can't evaluate command "${argText(arg)}"`);
    }
  }

  #chain(
    dot: Value,
    start: Value,
    node: Arg,
    names: readonly string[],
    args: readonly Arg[],
    final: Value | null,
  ): Value {
    let value = start;
    for (const name of names.slice(0, -1)) value = this.#field(dot, name, node, [], null, value);
    return this.#field(dot, names.at(-1) ?? '', node, args, final, value);
  }

  #field(
    dot: Value,
    name: string,
    node: Arg,
    args: readonly Arg[],
    final: Value | null,
    receiver: Value,
  ): Value {
    if (receiver.kind === 'invalid') return invalid;
    const method = receiver.kind === 'object' ? own(receiver.methods, name) : undefined;
    if (method !== undefined) {
      const values = this.#arguments(name, method.parameters, undefined, args.slice(1), dot, final);
      this.#atArg(node);
      return method.call(values.map((v) => (v.kind === 'string' ? v.value : '')));
    }
    const hasArguments = args.length > 1 || final !== null;
    if (receiver.kind === 'map') {
      if (hasArguments) throw new TemplateFault(`${name} is not a method but has arguments`);
      const value = receiver.entries.get(name);
      return value === undefined ? invalid : string(value);
    }
    const field = receiver.kind === 'object' ? own(receiver.fields, name) : undefined;
    if (field !== undefined) {
      if (hasArguments) {
        throw new TemplateFault(`${name} has arguments but cannot be invoked as function`);
      }
      return field;
    }
    const type = typeOfValue(receiver);
    if (receiver.kind === 'object' && receiver.unmodelled) {
      throw new TemplateFault(`field or method ${name} of ${type} is not modelled`);
    }
    throw new TemplateFault(`can't evaluate field ${name} in type ${type}`);
  }

  #call(name: string, args: readonly Arg[], dot: Value, final: Value | null): Value {
    const fn = own(FUNCTIONS, name);
    if (fn === undefined) throw new TemplateFault(`"${name}" is not a defined function`);
    const rest = args.slice(1);
    const place = { at: args[0]?.at ?? 0, text: commandText(args) };
    if (name === 'and' || name === 'or') {
      if (rest.length + (final === null ? 0 : 1) < 1) {
        throw new TemplateFault(`wrong number of args for ${name}: want at least 1 got 0`);
      }
      let value: Value = invalid;
      for (const arg of rest) {
        value = this.#arg(arg, dot, 'any');
        if (isTrue(value) === (name === 'or')) return value;
      }
      return final ?? value;
    }
    const values = this.#arguments(name, fn.parameters, fn.rest, rest, dot, final);
    try {
      return fn.call(values);
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error;
      this.#at(place);
      throw new TemplateFault(`error calling ${name}: ${error.message}`);
    }
  }

  #arguments(
    name: string,
    parameters: readonly Parameter[],
    rest: Parameter | undefined,
    args: readonly Arg[],
    dot: Value,
    final: Value | null,
  ): readonly Value[] {
    const count = args.length + (final === null ? 0 : 1);
    const want = parameters.length;
    if (rest !== undefined && count < want) {
      throw new TemplateFault(
        `wrong number of args for ${name}: want at least ${want} got ${args.length}`,
      );
    }
    if (rest === undefined && count !== want) {
      throw new TemplateFault(`wrong number of args for ${name}: want ${want} got ${count}`);
    }
    const values = args.map((arg, i) => this.#arg(arg, dot, parameters[i] ?? rest ?? 'any'));
    if (final === null) return values;
    return [...values, this.#typed(final, parameters[args.length] ?? rest ?? 'any')];
  }

  #typed(value: Value, type: Parameter): Value {
    if (type === 'any') return value;
    if (value.kind === 'invalid') throw new TemplateFault(`invalid value; expected ${type}`);
    if (typeOfValue(value) !== type) {
      throw new TemplateFault(`wrong type for value; expected ${type}; got ${typeOfValue(value)}`);
    }
    return value;
  }

  #arg(arg: Arg, dot: Value, type: Parameter): Value {
    this.#atArg(arg);
    switch (arg.kind) {
      case 'dot':
        return this.#typed(dot, type);
      case 'nil':
        if (type !== 'any') throw new TemplateFault(`cannot assign nil to ${type}`);
        return invalid;
      case 'field':
      case 'variable':
      case 'chain':
      case 'identifier':
        return this.#typed(this.#command([arg], dot, null), type);
      case 'pipe':
        return this.#typed(this.#pipeline(arg, dot), type);
      default:
        break;
    }
    if (type === 'string' && arg.kind !== 'string') {
      throw new TemplateFault(`expected string; found ${argText(arg)}`);
    }
    if (type === 'int') {
      const whole =
        arg.kind === 'number'
          ? (arg.int ?? (Number.isInteger(arg.float) ? arg.float : null))
          : null;
      if (whole === null) throw new TemplateFault(`expected integer; found ${argText(arg)}`);
      return int(whole);
    }
    return this.#literal(arg, dot);
  }
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
