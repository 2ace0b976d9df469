// What -o jsonpath prints, and the relaxed expressions of --sort-by, custom columns and `wait --for=jsonpath`.
// Models client-go util/jsonpath PrintResults, cli-runtime printers/jsonpath.go and kubectl get/customcolumn.go.
import { goJson } from '../../../api/go-json.ts';
import { CommandError, prefixed } from '../errors.ts';
import { toJson } from '../print-yaml.ts';
import { parseTemplate, type Template } from './parse.ts';
import { findResults, goText } from './walk.ts';

/** The template of -o jsonpath. Throws CommandError. */
export function parseJsonPath(text: string): Template {
  try {
    return parseTemplate(text);
  } catch (error) {
    throw prefixed(error, `error parsing jsonpath ${text}, `);
  }
}

export interface PrintOptions {
  /** -o jsonpath-as-json. */
  readonly asJson: boolean;
  readonly allowMissingKeys: boolean;
}

export function printJsonPath(template: Template, value: unknown, options: PrintOptions): string {
  try {
    return findResults(template, value, options)
      .map((results) => printed(results, options.asJson))
      .join('');
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(
      `error executing jsonpath ${goQuoted(template.text)}: Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template.text}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(value)}\n\n\n`,
    );
  }
}

function printed(results: readonly unknown[], asJson: boolean): string {
  if (asJson) return `${toJson(results)}\n`;
  return results.map(text).join(' ');
}

function text(value: unknown): string {
  return typeof value === 'object' && value !== null ? goJson(value) : goText(value);
}

/** %q for what templates hold. */
function goQuoted(value: string): string {
  return JSON.stringify(value);
}

/** %#v of a decoded JSON value. */
function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (typeof value === 'object') {
    const record = value as Readonly<Record<string, unknown>>;
    const keys = Object.keys(record)
      .filter((key) => record[key] !== undefined)
      .sort();
    const fields = keys.map((key) => `${goQuoted(key)}:${goSyntax(record[key])}`);
    return `map[string]interface {}{${fields.join(', ')}}`;
  }
  return typeof value === 'string' ? goQuoted(value) : goText(value);
}

/** "x.y", ".x.y", "{x.y}", "{.x.y}" -> the template of "{.x.y}". Throws CommandError. */
export function relaxedPath(given: string): Template {
  if (given === '') return parseTemplate('');
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(given);
  const inside = match?.[1] ?? match?.[2];
  if (inside === undefined) {
    throw new CommandError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    );
  }
  return parseTemplate(`{.${inside}}`);
}

/** The values at a relaxed path; missing keys give none. */
export function valuesAt(template: Template, value: unknown): readonly unknown[] {
  return findResults(template, value, { allowMissingKeys: true }).flat();
}
