// Reads one checked document field by field: each getter turns text into a value or throws InputError at its place.
// The shapes (which field is a list, a string) were checked before by src/api/decode.ts.
import { hintFor } from '../api/decode-hint.ts';
import type { InputCode } from '../api/input-error.ts';
import type { Manifest } from '../api/manifest.ts';
import { type Addr, familyOf, parseAddr } from '../net/addr.ts';
import { type Cidr, parseCidr } from '../net/cidr.ts';
import { inputErrorAt } from './parse.ts';
import type { ManifestSource } from './positions.ts';

export type Values = Readonly<Record<string, unknown>>;

export interface FieldReader {
  readonly source: ManifestSource;
  fail(code: InputCode, path: string, message: string, hint?: string): never;
}

export function fieldReader(manifest: Manifest): FieldReader {
  const source = withKeys(manifest);
  return {
    source,
    fail(code, path, message, hint = '') {
      throw inputErrorAt(source, code, path, message, { hint });
    },
  };
}

/** Manifests made by other means than parseManifests have no key positions: their values' stand in. */
export function withKeys({ source }: Manifest): ManifestSource {
  const { keyAt } = source as Partial<ManifestSource>;
  return keyAt === undefined
    ? { file: source.file, at: source.at, line: source.line, keyAt: source.at }
    : (source as ManifestSource);
}

export function object(value: unknown): Values {
  return (value ?? {}) as Values;
}

export function list(value: unknown): readonly unknown[] {
  return (value ?? []) as readonly unknown[];
}

export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function required(reader: FieldReader, value: unknown, path: string): string {
  if (typeof value === 'string' && value !== '') return value;
  return reader.fail('missing-field', path, `${path} is required`);
}

/** An IP address; null when nothing is written. */
export function address(reader: FieldReader, value: unknown, path: string): Addr | null {
  if (value === undefined || value === null) return null;
  const parsed = parseAddr(String(value));
  if (parsed !== undefined) return parsed;
  const hint = 'for example 10.96.0.10 or fd00::10';
  return reader.fail('invalid-value', path, `${path}: "${value}" is not an IP address`, hint);
}

/** A range of addresses; null when nothing is written. */
export function range(reader: FieldReader, value: unknown, path: string): Cidr | null {
  if (value === undefined || value === null) return null;
  const parsed = parseCidr(String(value));
  if (parsed !== undefined) return parsed;
  const hint = 'for example 10.244.0.0/16';
  return reader.fail('invalid-value', path, `${path}: "${value}" is not a CIDR`, hint);
}

/** A range, or as in kubeadm two with a comma between, one of each family: primary first. Empty: not written. */
export function ranges(reader: FieldReader, value: unknown, path: string): readonly Cidr[] {
  if (value === undefined || value === null) return [];
  const list = String(value)
    .split(',')
    .flatMap((part) => range(reader, part.trim(), path) ?? []);
  const families = list.map(({ low }) => familyOf(low));
  if (list.length === 1 || (list.length === 2 && families[0] !== families[1])) return list;
  const message = `${path}: "${value}" is neither one range nor one of each family`;
  return reader.fail('invalid-value', path, message, 'for example 10.244.0.0/16,fd00:10:244::/56');
}

/** One of a closed list of words. */
export function word<T extends string>(
  reader: FieldReader,
  value: unknown,
  path: string,
  words: readonly T[],
): T | null {
  if (value === undefined || value === null) return null;
  const found = words.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  const hint = hintFor(String(value), words);
  return reader.fail('invalid-value', path, `${path}: "${value}" is not known`, hint);
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Go's duration text in milliseconds: "1m30s", "250ms", "0s"; null when nothing is written. */
export function durationMs(reader: FieldReader, value: unknown, path: string): number | null {
  if (value === undefined || value === null) return null;
  const written = String(value);
  if (written === '0') return 0;
  if (/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(written)) {
    const parts = written.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g);
    return [...parts].reduce((sum, [, n, unit]) => sum + Number(n) * (unitsMs[unit ?? ''] ?? 0), 0);
  }
  const hint = 'for example 250ms, 1.5s, 1m30s';
  return reader.fail('invalid-value', path, `${path}: "${written}" is not a duration`, hint);
}

export function checkPort(reader: FieldReader, port: number, path: string): void {
  if (port >= 1 && port <= 65535) return;
  reader.fail('invalid-value', path, `${path}: ${port} is not a port`, 'ports are 1 to 65535');
}
