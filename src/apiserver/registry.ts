// Which rules apply to which kind. Kinds without a row are stored as they are.
import type { KindRules } from '../api/kind-rules.ts';
import { namespaceRules } from '../api/namespace/rules.ts';
import { serviceRules } from '../api/service/rules.ts';
import type { AnyObject } from '../api/types.ts';

const empty: KindRules<AnyObject> = {};

/** Rules see the decoded object of their own kind; the table forgets which. */
function row<T>(rules: KindRules<T>): KindRules<AnyObject> {
  return rules as unknown as KindRules<AnyObject>;
}

const registry: ReadonlyMap<string, KindRules<AnyObject>> = new Map([
  ['Namespace', row(namespaceRules)],
  ['Service', row(serviceRules)],
]);

export function rulesOf(kind: string): KindRules<AnyObject> {
  return registry.get(kind) ?? empty;
}
