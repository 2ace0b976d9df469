// svcspec.config.yaml in the working directory: options of `svcspec run` that a project always wants. What stands on the
// command line counts more.
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { hintFor } from '../api/decode-hint.ts';
import { InputError } from '../api/input-error.ts';
import { inputErrorAt, parseValues } from '../manifest/parse.ts';
import type { ManifestSource } from '../manifest/positions.ts';
import { type Setting, settings } from './configuration.table.ts';

export const configurationFile = 'svcspec.config.yaml';

export type Configuration = Readonly<Record<string, unknown>>;

/** What the file sets; empty without one. Throws InputError at the first mistake. */
export function readConfiguration(path: string | undefined): Configuration {
  const file = path ?? configurationFile;
  if (path === undefined && !existsSync(file)) return {};
  const documents = parseValues(textOf(file), file);
  const [document, second] = documents;
  if (document === undefined || document.value === null) return {};
  const { value, source } = document;
  if (second !== undefined) throw wrong(second.source, '', `${file} has a second document`);
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw wrong(source, '', `${file}: wanted keys and values`, 'for example retry: 1');
  }
  for (const [key, given] of Object.entries(value)) {
    const setting = Object.hasOwn(settings, key) ? settings[key] : undefined;
    if (setting === undefined) {
      const hint = hintFor(key, Object.keys(settings));
      const message = `unknown key "${key}" in ${file}`;
      throw inputErrorAt(source, 'unknown-field', key, message, { hint, mark: 'key' });
    }
    const wanted = wantedOf(setting, given);
    if (wanted !== null) throw wrong(source, key, `${key}: wanted ${wanted}`);
  }
  return value as Configuration;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new InputError('file-unreadable', `cannot read "${file}": ${code}`);
  }
}

function wrong(source: ManifestSource, path: string, message: string, hint = ''): InputError {
  return inputErrorAt(source, 'wrong-type', path, message, { hint });
}

/** What is wanted instead of this value; null: it will do. */
function wantedOf(setting: Setting, value: unknown): string | null {
  switch (setting.is) {
    case 'text':
      return typeof value === 'string' ? null : 'a text';
    case 'text or false':
      return typeof value === 'string' || value === false ? null : 'a text or false';
    case 'texts':
      return Array.isArray(value) && value.every((one) => typeof one === 'string')
        ? null
        : 'a list of texts';
    case 'flag':
      return typeof value === 'boolean' ? null : 'true or false';
    default: {
      const { low, high } = setting;
      const holds = Number.isInteger(value) && Number(value) >= low && Number(value) <= high;
      return holds ? null : `a whole number from ${low} to ${high}`;
    }
  }
}

/** The options of a command, with the file's values in place of those that nobody gave. */
export function configured<T extends object>(command: Command, options: T, file: Configuration): T {
  const given = Object.entries(file).filter(
    ([key]) => (command.getOptionValueSource(key) ?? 'default') === 'default',
  );
  return { ...options, ...Object.fromEntries(given) };
}
