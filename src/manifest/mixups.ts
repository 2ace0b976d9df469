// What a broken text often is instead of a manifest: a template that nobody rendered, or two manifests without "---"
// between them. Only adds to the help of an error that was found anyway; such texts may well be valid.
import { templateHint } from '../api/decode-hint.ts';
import { InputError } from '../api/input-error.ts';

/** The same error with the help that fits the text; other errors as they are. `doubled`: the top-level keys that one
 * document has twice. */
export function explained(error: unknown, text: string, doubled: readonly string[]): unknown {
  if (!(error instanceof InputError)) return error;
  const isTemplate = error.sourceLine?.includes('{{') === true || /^\s*\{\{[-\s]/m.test(text);
  const [key] = doubled;
  const hints = [
    ...(isTemplate ? [templateHint] : [error.hint]),
    ...(key === undefined
      ? []
      : [`${key} is written twice: is "---" missing between two manifests?`]),
  ].filter((hint) => hint !== '');
  const { code, message, position, sourceLine } = error;
  return new InputError(code, message, { position, sourceLine, hint: hints.join('; ') });
}
