// What the API server asks of each kind: defaults on decoding, validation on create and update, warnings. One
// folder per kind implements it; src/apiserver/registry.ts lists them. Storage and allocation are not here.
import type { Cause } from './error.ts';

export interface RuleContext {
  /** Kubernetes minor version: 34 for "1.34". */
  readonly minor: number;
}

export interface KindRules<T> {
  /** Fills in defaults; the result shares what did not change. */
  defaults?(object: T, context: RuleContext): T;
  /** After defaulting; causes in the order upstream emits them. */
  validate?(object: T, context: RuleContext): readonly Cause[];
  /** Instead of `validate` on update, when there are rules about the change. */
  validateUpdate?(object: T, old: T, context: RuleContext): readonly Cause[];
  validateStatus?(object: T, old: T, context: RuleContext): readonly Cause[];
  /** The form in which a valid object is stored and shown. */
  canonicalize?(object: T): T;
  warnings?(object: T, old: T | undefined, context: RuleContext): readonly string[];
  statusWarnings?(object: T, context: RuleContext): readonly string[];
  /** What the strategy drops or adds on create, after defaulting. */
  prepareForCreate?(object: T, context: RuleContext): T;
  /** What the strategy drops or keeps when `object` replaces `old`. */
  prepareForUpdate?(object: T, old: T, context: RuleContext): T;
}
