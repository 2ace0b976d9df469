// The annotation in which kubectl keeps what was applied last. Models kubectl/pkg/util/apply.go.
import { goJson } from './go-json.ts';
import type { AnyObject } from './types.ts';

export const lastAppliedKey = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object with itself in the annotation, encoded without it. */
export function withLastApplied(object: AnyObject): AnyObject {
  const { [lastAppliedKey]: _, ...annotations } = object.metadata.annotations ?? {};
  const bare = { ...object, metadata: { ...object.metadata, annotations } };
  const text = `${goJson(bare)}\n`;
  return {
    ...bare,
    metadata: { ...bare.metadata, annotations: { ...annotations, [lastAppliedKey]: text } },
  };
}

/** --save-config: always; else only where the annotation is there already. */
export function annotated(object: AnyObject, always: boolean): AnyObject {
  const has = (object.metadata.annotations?.[lastAppliedKey] ?? '') !== '';
  return always || has ? withLastApplied(object) : object;
}
