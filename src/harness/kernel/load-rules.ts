// Gives namespaces the rules that they should hold, where they hold others. Loading mostly waits for the kernel (RCU grace
// periods), so all namespaces load at once; tool by tool, because two of them disturb each other in one namespace.
import { type Agent, saidBy, type Tool } from './agent.ts';
import type { RuleText } from './rules.ts';

/** A namespace, and what it holds by the tool's words. */
export interface Holder {
  readonly number: number;
  readonly rules: Map<string, RuleText>;
}

export interface Load<Space extends Holder> {
  readonly space: Space;
  readonly rules: RuleText;
}

/** Loads what differs, and gives that back. Throws Error with the tool's words. */
export function loadRules<Space extends Holder>(
  agent: Pick<Agent, 'runAll'>,
  loads: readonly Load<Space>[],
): readonly Load<Space>[] {
  const due = loads.filter(isDue);
  // In the order that each space takes them in, whichever of them are due: rules may name sets.
  for (const name of new Set(loads.map(nameOf))) {
    const some = due.filter((load) => nameOf(load) === name);
    const tools = some.map(({ space, rules }): Tool => {
      const undo = space.rules.get(name)?.undo ?? '';
      return { space: space.number, argv: rules.tool, input: undo + rules.text };
    });
    for (const ran of agent.runAll(tools)) saidBy([name], ran);
    for (const { space, rules } of some) space.rules.set(name, rules);
  }
  return due;
}

function nameOf({ rules }: Load<Holder>): string {
  return rules.tool.join(' ');
}

function isDue(load: Load<Holder>): boolean {
  return (load.space.rules.get(nameOf(load))?.text ?? '') !== load.rules.text;
}
