// Runs a parsed regular expression the way Go does (regexp/syntax/compile.go, regexp/exec.go): all threads in step,
// in order of priority, so that time grows with text times expression and never explodes. No bytes: code points.
import type { CharSet } from './char-set.ts';
import type { Assertion, Node } from './syntax.ts';

export type Instruction =
  | { readonly op: 'char'; readonly set: CharSet }
  | { readonly op: 'assert'; readonly what: Assertion }
  | { readonly op: 'save'; readonly slot: number }
  /** Tries `first`, then `second`. */
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { readonly op: 'match' };

/** Instructions a program may have; Go's own limit is far higher, and no Corefile comes near this one. */
const sizeMax = 200_000;

/** A program; null: too large. */
export function programOf(root: Node): readonly Instruction[] | null {
  const program: Instruction[] = [];
  try {
    program.push({ op: 'save', slot: 0 });
    emit(program, root);
    program.push({ op: 'save', slot: 1 }, { op: 'match' });
    return program;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function emit(out: Instruction[], node: Node): void {
  if (out.length > sizeMax) throw new RangeError('too large');
  switch (node.kind) {
    case 'set':
      out.push({ op: 'char', set: node.set });
      return;
    case 'assert':
      out.push({ op: 'assert', what: node.what });
      return;
    case 'concat':
      for (const part of node.parts) emit(out, part);
      return;
    case 'capture':
      out.push({ op: 'save', slot: node.index * 2 });
      emit(out, node.body);
      out.push({ op: 'save', slot: node.index * 2 + 1 });
      return;
    case 'alternate':
      emitAlternate(out, node.branches);
      return;
    case 'repeat':
      for (let i = 0; i < node.min - (node.max < 0 ? 1 : 0); i++) emit(out, node.body);
      if (node.max < 0) emitLoop(out, node.body, node.min === 0, node.greedy);
      else emitOptional(out, node.body, node.max - node.min, node.greedy);
  }
}

function emitAlternate(out: Instruction[], branches: readonly Node[]): void {
  const ends: { op: 'jump'; to: number }[] = [];
  for (const [i, branch] of branches.entries()) {
    if (i === branches.length - 1) {
      emit(out, branch);
      break;
    }
    const split: Instruction = { op: 'split', first: out.length + 1, second: 0 };
    out.push(split);
    emit(out, branch);
    const end: { op: 'jump'; to: number } = { op: 'jump', to: 0 };
    ends.push(end);
    out.push(end);
    split.second = out.length;
  }
  for (const end of ends) end.to = out.length;
}

/** x+ or, when `none` is allowed, x*; an x* whose x may be empty is (x+)?, or its priorities would be wrong. */
function emitLoop(out: Instruction[], body: Node, none: boolean, greedy: boolean): void {
  if (none && !isNullable(body)) {
    const loop = pushSplit(out);
    const start = out.length;
    emit(out, body);
    out.push({ op: 'jump', to: start - 1 });
    aim(loop, greedy, start, out.length);
    return;
  }
  const skip = none ? pushSplit(out) : null;
  const start = out.length;
  emit(out, body);
  const again = pushSplit(out);
  aim(again, greedy, start, out.length);
  if (skip !== null) aim(skip, greedy, start, out.length);
}

/** Whether it can match without taking a character. */
function isNullable(node: Node): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'assert':
      return true;
    case 'concat':
      return node.parts.every(isNullable);
    case 'alternate':
      return node.branches.some(isNullable);
    case 'capture':
      return isNullable(node.body);
    case 'repeat':
      return node.min === 0 || isNullable(node.body);
  }
}

/** (x(x(x)?)?)? */
function emitOptional(out: Instruction[], body: Node, count: number, greedy: boolean): void {
  const splits: { readonly split: Split; readonly start: number }[] = [];
  for (let i = 0; i < count; i++) {
    const split = pushSplit(out);
    splits.push({ split, start: out.length });
    emit(out, body);
  }
  for (const { split, start } of splits) aim(split, greedy, start, out.length);
}

type Split = Extract<Instruction, { op: 'split' }>;

function pushSplit(out: Instruction[]): Split {
  const split: Split = { op: 'split', first: 0, second: 0 };
  out.push(split);
  return split;
}

function aim(split: Split, greedy: boolean, into: number, past: number): void {
  split.first = greedy ? into : past;
  split.second = greedy ? past : into;
}

interface Thread {
  readonly at: number;
  readonly slots: readonly number[];
}

/** Slots of the leftmost match, begin and end of each group in code points, -1 where a group took no part; null: none. */
export function runProgram(
  program: readonly Instruction[],
  text: readonly number[],
): readonly number[] | null {
  let current: Thread[] = [];
  let best: readonly number[] | null = null;
  for (let position = 0; position <= text.length; position++) {
    // Positions are visited once per instruction: the thread that comes first keeps the place.
    if (best === null) add(program, current, seenBy(current), { at: 0, slots: [] }, position, text);
    if (current.length === 0 && best !== null) break;
    const next: Thread[] = [];
    const seen = new Set<number>();
    for (const thread of current) {
      const instruction = program[thread.at] as Instruction;
      if (instruction.op === 'match') {
        best = thread.slots;
        break;
      }
      if (instruction.op !== 'char') continue;
      const code = text[position];
      if (code === undefined || !instruction.set.has(code)) continue;
      add(program, next, seen, { at: thread.at + 1, slots: thread.slots }, position + 1, text);
    }
    current = next;
  }
  return best;
}

function seenBy(threads: readonly Thread[]): Set<number> {
  return new Set(threads.map((thread) => thread.at));
}

/** Follows everything that takes no character, by priority. */
function add(
  program: readonly Instruction[],
  threads: Thread[],
  seen: Set<number>,
  first: Thread,
  position: number,
  text: readonly number[],
): void {
  const stack: Thread[] = [first];
  for (let thread = stack.pop(); thread !== undefined; thread = stack.pop()) {
    const { at, slots } = thread;
    if (seen.has(at)) continue;
    seen.add(at);
    const instruction = program[at] as Instruction;
    if (instruction.op === 'jump') stack.push({ at: instruction.to, slots });
    else if (instruction.op === 'split') {
      stack.push({ at: instruction.second, slots }, { at: instruction.first, slots });
    } else if (instruction.op === 'save') {
      const saved = [...slots];
      while (saved.length <= instruction.slot) saved.push(-1);
      saved[instruction.slot] = position;
      stack.push({ at: at + 1, slots: saved });
    } else if (instruction.op === 'assert') {
      if (holds(instruction.what, position, text)) stack.push({ at: at + 1, slots });
    } else threads.push(thread);
  }
}

function holds(what: Assertion, position: number, text: readonly number[]): boolean {
  const before = text[position - 1];
  const after = text[position];
  switch (what) {
    case 'begin':
      return position === 0;
    case 'end':
      return position === text.length;
    case 'bol':
      return before === undefined || before === 10;
    case 'eol':
      return after === undefined || after === 10;
    case 'word':
      return isWord(before) !== isWord(after);
    case 'notWord':
      return isWord(before) === isWord(after);
  }
}

/** ASCII letters, digits and the underscore. */
function isWord(code: number | undefined): boolean {
  return code !== undefined && code < 0x80 && /\w/.test(String.fromCharCode(code));
}
