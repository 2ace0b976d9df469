// The house rules for features and steps: short scenarios with a Then, literal step expressions, and which cases of
// the documents are covered by which nouns. Reads Gherkin line by line; Cucumber itself reports syntax errors.

export interface ScenarioText {
  readonly name: string;
  readonly line: number;
  /** Own tags and the feature's. */
  readonly tags: readonly string[];
  readonly steps: readonly { readonly keyword: string; readonly text: string }[];
}

/** The scenarios of a feature file. */
export function scenariosOf(text: string): readonly ScenarioText[] {
  const scenarios: {
    name: string;
    line: number;
    tags: string[];
    steps: ScenarioText['steps'][number][];
  }[] = [];
  let tags: string[] = [];
  let featureTags: string[] = [];
  let inDocString = false;
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (/^("""|```)/.test(line)) inDocString = !inDocString;
    else if (inDocString) continue;
    else if (line.startsWith('@')) tags.push(...line.split(/\s+/));
    else if (line.startsWith('Feature:')) [featureTags, tags] = [tags, []];
    else if (/^(Background|Examples|Rule):/.test(line)) tags = [];
    else if (/^(Scenario|Scenario Outline|Example):/.test(line)) {
      const name = line.slice(line.indexOf(':') + 1).trim();
      scenarios.push({ name, line: i + 1, tags: [...featureTags, ...tags], steps: [] });
      tags = [];
    } else {
      const step = /^(Given|When|Then|And|But|\*) (.*)$/.exec(line);
      if (step) scenarios.at(-1)?.steps.push({ keyword: step[1] ?? '', text: step[2] ?? '' });
    }
  }
  return scenarios;
}

/** No scenario without Then, none above 12 steps. */
export function featureRules(path: string, text: string): readonly string[] {
  return scenariosOf(text).flatMap(({ name, line, steps }) => [
    ...(steps.some(({ keyword }) => keyword === 'Then')
      ? []
      : [`${path}:${line}: scenario "${name}" has no Then`]),
    ...(steps.length > 12 ? [`${path}:${line}: scenario "${name}" has ${steps.length} steps`] : []),
  ]);
}

const definition = /^\s*(?:Given|When|Then)(?:<[^(]*>)?\(\s*(?:'((?:\\.|[^'\\])*)'|(\S))/gm;

/** The literal expressions of a steps file; findings for those that an editor cannot read. */
export function expressionsOf(
  path: string,
  text: string,
): { readonly expressions: readonly string[]; readonly findings: readonly string[] } {
  const expressions: string[] = [];
  const findings: string[] = [];
  for (const match of text.matchAll(definition)) {
    if (match[1] !== undefined) expressions.push(match[1].replace(/\\(['"\\])/g, '$1'));
    else findings.push(`${path}: a step expression must be a literal '...', got ${match[2]}...`);
  }
  if (/\bdefineStep\b/.test(text)) findings.push(`${path}: defineStep is not found by editors`);
  return { expressions, findings };
}

/** How an expression matches a step's text: parameters match anything, (s) is optional, a/b are alternatives. */
export function expressionPattern(expression: string): RegExp {
  const source = expression
    .replace(/[.*+?^$|[\]]/g, '\\$&')
    .replace(/\\?\{[^}]*\}/g, '\u0000')
    .replace(/\(([^)]*)\)/g, '(?:$1)?')
    .replace(
      /(^|(?<= ))([^\s/]+(?:\/[^\s/]+)+)(?= |$)/g,
      (all) => `(?:${all.replaceAll('/', '|')})`,
    )
    .replaceAll('\u0000', '.+');
  return new RegExp(`^${source}:?$`);
}

/** The noun (steps file) that defines a step; the most literal expression wins. */
export function nounOf(
  step: string,
  vocabulary: readonly { readonly noun: string; readonly expression: string }[],
): string | null {
  const literal = (expression: string) => expression.replace(/\{[^}]*\}/g, '').length;
  const found = vocabulary
    .filter(({ expression }) => expressionPattern(expression).test(step))
    .sort((a, b) => literal(b.expression) - literal(a.expression));
  return found[0]?.noun ?? null;
}

/** What a case lacks: two scenarios tagged @case-NN that together use three nouns. */
export function caseFindings(
  number: number,
  scenarios: readonly ScenarioText[],
  vocabulary: readonly { readonly noun: string; readonly expression: string }[],
): readonly string[] {
  const tag = new RegExp(`^@case-0*${number}$`);
  const tagged = scenarios.filter(({ tags }) => tags.some((written) => tag.test(written)));
  if (tagged.length < 2) return [`case ${number}: ${tagged.length} scenarios, at least 2`];
  const steps = tagged.flatMap((scenario) => scenario.steps);
  const nouns = new Set(
    steps.map(({ text }) => nounOf(text, vocabulary)).filter((n) => n !== null),
  );
  const listed = [...nouns].join(', ');
  return nouns.size < 3 ? [`case ${number}: only the nouns ${listed}; at least 3`] : [];
}

/** The numbers of a Markdown table's first column: "| 40, 41 | ..." */
export function listedCases(text: string): readonly number[] {
  const rows = text.matchAll(/^\| *(\d[\d, ]*?) *\|/gm);
  return [...rows].flatMap(([, numbers = '']) => numbers.split(',').map(Number));
}
