// Environment variables in tokens: `{%NAME%}` first, then `{$NAME}`, each again and again until none is left (coredns/
// caddy caddyfile/parse.go replaceEnvVars). Unset ones are empty.

export type Variables = Readonly<Record<string, string>>;

const references = [
  { start: '{%', end: '%}' },
  { start: '{$', end: '}' },
] as const;

/** A value that contains its own name is replaced for ever upstream; more rounds than this are taken for that. */
const roundsMax = 1000;
const lengthMax = 1_000_000;

/** The token with its variables replaced; null when that has no end. */
export function replaceEnvironment(text: string, variables: Variables): string | null {
  let out = text;
  for (const { start, end } of references) {
    for (let round = 0; ; round++) {
      const from = out.indexOf(start);
      const to = from < 0 ? -1 : out.indexOf(end, from);
      // An empty name ends the search, also for what stands behind it.
      if (to <= from + start.length) break;
      if (round > roundsMax || out.length > lengthMax) return null;
      const name = out.slice(from + start.length, to);
      const value = Object.hasOwn(variables, name) ? (variables[name] ?? '') : '';
      out = out.replaceAll(out.slice(from, to + end.length), () => value);
    }
  }
  return out;
}
