// The user's files as texts: files, directories, standard input, with sizes refused before anything is parsed.
// The only file of the project that reads what the user names. Models: cli-runtime pkg/resource/visitor.go.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { nearest } from '../api/decode-hint.ts';
import { InputError } from '../api/input-error.ts';
import { byCodeUnit } from '../sim/table.ts';

/** Refused above this size unless --max-input says otherwise. */
export const inputBytesUsual = 32 * 1024 * 1024;

export interface InputText {
  /** As the user named it, "STDIN" for standard input. */
  readonly file: string;
  readonly text: string;
}

export interface ReadOptions {
  /** Files, directories, or "-" for standard input, in the order given. */
  readonly filenames: readonly string[];
  /** Directories with all their subdirectories, as kubectl's -R. */
  readonly recursive?: boolean;
  /** Bytes of all inputs together. */
  readonly maxInputBytes?: number;
  readonly stdin?: () => Promise<Uint8Array | string> | Uint8Array | string;
}

/** The texts in order; a directory gives its *.yaml, *.yml and *.json sorted by name. Throws InputError usage,
 * file-unreadable, file-too-large. */
export async function readInputs(options: ReadOptions): Promise<readonly InputText[]> {
  if (!options.filenames.includes('-')) return readInputFiles(options);
  if (options.filenames.filter((name) => name === '-').length > 1) {
    throw new InputError('usage', 'standard input ("-") can be read only once');
  }
  const given = await options.stdin?.();
  if (given === undefined) throw new InputError('usage', 'there is no standard input to read');
  const bytes = typeof given === 'string' ? Buffer.from(given) : given;
  const texts: InputText[] = [];
  let left = options.maxInputBytes ?? inputBytesUsual;
  for (const filename of options.filenames) {
    const read =
      filename === '-'
        ? [standardInput(bytes, left)]
        : readInputFiles({ ...options, filenames: [filename], maxInputBytes: left });
    for (const { text } of read) left -= Buffer.byteLength(text);
    texts.push(...read);
  }
  return texts;
}

/** readInputs without standard input, at once: for the library and for scenarios. */
export function readInputFiles(options: ReadOptions): readonly InputText[] {
  const limit = options.maxInputBytes ?? inputBytesUsual;
  let left = limit;
  const texts: InputText[] = [];
  for (const filename of options.filenames) {
    for (const file of filesOf(filename, options.recursive ?? false)) {
      const { size } = statOf(file);
      if (size > left) throw tooLarge(file, size, limit);
      left -= size;
      texts.push({ file, text: decode(readBytes(file), file) });
    }
  }
  return texts;
}

function standardInput(bytes: Uint8Array, left: number): InputText {
  if (bytes.byteLength > left) throw tooLarge('STDIN', bytes.byteLength, left);
  return { file: 'STDIN', text: decode(bytes, 'STDIN') };
}

function tooLarge(file: string, size: number, limit: number): InputError {
  const message = `"${file}" makes the input larger than ${limit} bytes (it has ${size})`;
  return new InputError('file-too-large', message, { hint: 'raise the limit with --max-input' });
}

/** The files a name stands for. */
function filesOf(filename: string, recursive: boolean): readonly string[] {
  if (filename === '') throw new InputError('usage', 'an empty file name');
  if (!statOf(filename).isDirectory()) return [filename];
  const files = manifestsIn(filename, recursive);
  if (files.length > 0) return files;
  const hint = recursive ? '' : 'subdirectories are read with -R';
  const message = `the directory "${filename}" has no manifests (*.yaml, *.yml, *.json)`;
  throw new InputError('file-unreadable', message, { hint });
}

function manifestsIn(folder: string, recursive: boolean): readonly string[] {
  const entries = orUnreadable(folder, () => readdirSync(folder, { withFileTypes: true }));
  return [...entries]
    .sort((a, b) => byCodeUnit(a.name, b.name))
    .flatMap((entry) => {
      const { name } = entry;
      const path = join(folder, name);
      // Go's filepath.Walk does not follow symbolic links, so they are no folders here either.
      if (entry.isDirectory()) return recursive ? manifestsIn(path, true) : [];
      return /\.(yaml|yml|json)$/.test(name) ? [path] : [];
    });
}

function statOf(file: string) {
  return orUnreadable(file, () => statSync(file));
}

function readBytes(file: string): Uint8Array {
  return orUnreadable(file, () => readFileSync(file));
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'is a directory',
  ELOOP: 'too many symbolic links',
};

function orUnreadable<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const code = String((error as { code?: unknown }).code ?? error);
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    const message = isMissing
      ? `the path "${file}" does not exist`
      : `the path "${file}" cannot be read: ${reasons[code] ?? code}`;
    throw new InputError('file-unreadable', message, { hint: isMissing ? hintBeside(file) : '' });
  }
}

/** `did you mean "scenarios/nginx-demo"?`, by the names in the nearest folder that exists. */
function hintBeside(file: string): string {
  const folder = dirname(file);
  if (folder === file) return '';
  if (!existsSync(folder)) return hintBeside(folder);
  if (!statSync(folder).isDirectory()) return `"${folder}" is no folder`;
  const near = nearest(basename(file), readdirSync(folder)).map((name) => join(folder, name));
  if (near.length > 0) return `did you mean ${near.map((path) => `"${path}"`).join(' or ')}?`;
  return folder === '.' ? '' : `there is a folder "${folder}", but no "${basename(file)}" in it`;
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notText(bytes, file);
  }
}

/** Where the first byte stands that is no UTF-8, and what the file may be instead. */
function notText(bytes: Uint8Array, file: string): InputError {
  const message = `"${file}" is not UTF-8 text`;
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    const hint = 'this is UTF-16, as PowerShell writes with ">": save it as UTF-8';
    return new InputError('yaml-syntax', message, { hint });
  }
  const hint = 'manifests are UTF-8 text in YAML or JSON';
  if (bytes.includes(0)) return new InputError('nul-byte', message, { hint });
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  // A file may hold U+FFFD itself: only what has other bytes is wrong.
  const encoded = Buffer.from(text);
  let wrong = encoded.findIndex((byte, i) => byte !== bytes[i]);
  while (((encoded[wrong] ?? 0) & 0xc0) === 0x80) wrong--;
  const before = Buffer.from(encoded.subarray(0, wrong)).toString();
  const line = before.split('\n').length;
  const position = { file, line, column: before.length - before.lastIndexOf('\n') };
  const sourceLine = text.split('\n')[line - 1]?.replace(/\r$/, '') ?? null;
  return new InputError('yaml-syntax', message, { position, sourceLine, hint });
}
