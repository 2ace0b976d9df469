// A parsed template as values, and how Go prints parts of it in messages (text/template/parse/node.go).

export type Arg =
  | { readonly kind: 'bool'; readonly at: number; readonly value: boolean }
  | { readonly kind: 'nil' | 'dot'; readonly at: number }
  | {
      readonly kind: 'number';
      readonly at: number;
      readonly text: string;
      /** null: no integer, or no float. */
      readonly int: bigint | null;
      readonly float: number | null;
    }
  | { readonly kind: 'string'; readonly at: number; readonly text: string; readonly value: string }
  | { readonly kind: 'field' | 'variable'; readonly at: number; readonly names: readonly string[] }
  | {
      readonly kind: 'chain';
      readonly at: number;
      readonly node: Arg;
      readonly names: readonly string[];
    }
  | { readonly kind: 'identifier'; readonly at: number; readonly name: string }
  | Pipe;

export interface Pipe {
  readonly kind: 'pipe';
  readonly at: number;
  readonly declares: readonly string[];
  /** `=` and not `:=`. */
  readonly assigns: boolean;
  readonly commands: readonly (readonly Arg[])[];
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipe: Pipe }
  | { readonly kind: 'break' | 'continue' }
  | ControlNode;

export interface ControlNode {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipe: Pipe;
  readonly list: readonly Node[];
  readonly otherwise: readonly Node[] | null;
}

export interface Template {
  readonly name: string;
  readonly text: string;
  readonly root: readonly Node[];
}

/** A part of a template as Go prints it in messages. */
export function argText(arg: Arg): string {
  switch (arg.kind) {
    case 'bool':
      return String(arg.value);
    case 'nil':
      return 'nil';
    case 'dot':
      return '.';
    case 'number':
    case 'string':
      return arg.text;
    case 'field':
      return arg.names.map((name) => `.${name}`).join('');
    case 'variable':
      return arg.names.join('.');
    case 'identifier':
      return arg.name;
    case 'chain': {
      const inner = argText(arg.node);
      const start = arg.node.kind === 'pipe' ? `(${inner})` : inner;
      return start + arg.names.map((name) => `.${name}`).join('');
    }
    case 'pipe':
      return pipeText(arg);
  }
}

function pipeText(pipe: Pipe): string {
  const head =
    pipe.declares.length === 0 ? '' : `${pipe.declares.join(', ')} ${pipe.assigns ? '=' : ':='} `;
  return head + pipe.commands.map(commandText).join(' | ');
}

export function commandText(args: readonly Arg[]): string {
  return args.map((arg) => (arg.kind === 'pipe' ? `(${pipeText(arg)})` : argText(arg))).join(' ');
}
