// Runs features with the embedded Cucumber: checks them first, shows progress, writes the reports into place when the
// run has ended. Nothing is left behind when the features cannot run at all.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Writable } from 'node:stream';
import {
  type IRunConfiguration,
  loadSources,
  loadSupport,
  runCucumber,
} from '@cucumber/cucumber/api';
import type { Pens } from '../analysis/pens.ts';
import { InputError } from '../api/input-error.ts';
import { type Backend, checkBackend } from './backend.ts';
import { FeatureErrors, loaded } from './checks.ts';
import { mistakeName } from './mistakes.ts';
import { Progress, type Terminal } from './progress.ts';
import { checkImports, definitionsIn, stepsModule } from './support.ts';
import { Vocabulary } from './vocabulary.ts';
import type { ProxyMode } from './world.ts';

export interface RunOptions {
  /** Files, folders, FILE:LINE; empty: features/. */
  readonly features: readonly string[];
  readonly tags: string;
  readonly names: readonly string[];
  readonly seed: number;
  readonly order: string;
  readonly failFast: boolean;
  readonly dryRun: boolean;
  readonly retry: number;
  readonly parallel: number;
  /** "1/4", or empty. */
  readonly shard: string;
  /** Cucumber's formatters, "NAME" or "NAME:FILE". */
  readonly formats: readonly string[];
  /** Modules with the user's own steps. */
  readonly imports: readonly string[];
  /** Folder of the reports; null: none. */
  readonly report: string | null;
  readonly quiet: boolean;
  /** Null: each cluster in its own. */
  readonly proxyMode: ProxyMode | null;
  readonly backend: Backend;
  /** Every scenario under so many schedules, or for so many milliseconds; null: those with the tag @explore. */
  readonly explore: number | null;
  readonly exploreForMs: number | null;
  /** The one schedule to run under; null: the usual order. */
  readonly schedule: string | null;
  readonly pens: Pens;
}

export interface RunStreams {
  readonly stdout: Terminal;
  readonly stderr: Terminal;
}

/** The exit status: 0 all passed, 1 a scenario failed, 2 a scenario met unusable input. Features that cannot run at all
 * throw FeatureErrors or InputError. */
export async function runFeatures(options: RunOptions, streams: RunStreams): Promise<0 | 1 | 2> {
  const started = performance.now();
  const paths = featurePaths(options.features);
  checkImports(options.imports);
  await checkBackend(options.backend);
  const partial = options.report === null ? null : partialFolder(options.report);
  const own = !options.formats.some((format) => !format.includes(':'));
  const progress = new Progress(own && !options.quiet ? streams.stdout : null, options.pens);
  try {
    const configuration = configurationOf(options, paths, partial);
    const support = await loadSupport(configuration);
    loaded.vocabulary = vocabularyOf(support);
    const { success } = await runCucumber(
      { ...configuration, support },
      { stdout: sink(streams.stdout), stderr: sink(null) },
      (envelope) => progress.see(envelope),
    );
    refuseParseErrors(progress);
    if (progress.planned === 0) await refuseEmpty(configuration, paths, options);
    const unusable = progress.failures.some(({ message }) => message.startsWith(mistakeName));
    if (partial !== null && options.report !== null) moveInto(partial, options.report);
    for (const file of formatFiles(options)) renameSync(unfinished(file), file);
    if (own) {
      const seconds = (performance.now() - started) / 1000;
      streams.stdout.write(`${progress.summary(seconds)}\n`);
      if (unusable) streams.stderr.write('unusable input: a step could not do what it says\n');
      if (options.report !== null) {
        const page = relative(process.cwd(), join(resolve(options.report), 'index.html'));
        streams.stdout.write(`report: ${page}\n`);
      }
    }
    return unusable ? 2 : success ? 0 : 1;
  } catch (error) {
    throw located(error);
  } finally {
    for (const file of formatFiles(options)) rmSync(unfinished(file), { force: true });
    if (partial !== null && options.report !== null) clear(partial, options.report);
  }
}

/** The mistakes with the source lines they point to; Cucumber wraps what a plugin throws. */
function located(error: unknown): unknown {
  const inner =
    error instanceof Error && error.cause instanceof FeatureErrors ? error.cause : error;
  if (!(inner instanceof FeatureErrors)) return usageError(error) ?? inner;
  return new FeatureErrors(inner.errors.map(withSourceLine));
}

/** What Cucumber says about a formatter or a tag expression that a user named, as a usage error. */
function usageError(error: unknown): InputError | null {
  if (!(error instanceof Error)) return null;
  if (error.message.startsWith('Failed to import formatter')) {
    return new InputError('usage', error.message, { hint: 'progress, summary, html, junit ...' });
  }
  const cause = error.cause instanceof Error ? error.cause.message : '';
  return cause.startsWith('Tag expression') ? new InputError('usage', `--tags: ${cause}`) : null;
}

function withSourceLine(error: InputError): InputError {
  const { code, message, position, hint } = error;
  if (position === null || !existsSync(position.file)) return error;
  const lines = readFileSync(position.file, 'utf8').split('\n');
  const sourceLine = lines[position.line - 1] ?? null;
  return new InputError(code, message, { position, hint, sourceLine });
}

/** Removes the unfinished reports, and their folder when nothing else is in it. */
function clear(partial: string, report: string): void {
  rmSync(partial, { recursive: true, force: true });
  if (readdirSync(report).length === 0) rmdirSync(report);
}

/** Paths that exist; without any, features/. */
function featurePaths(features: readonly string[]): readonly string[] {
  const paths = features.length === 0 ? ['features'] : features;
  for (const path of paths) {
    const file = path.replace(/(?::\d+)+$/, '');
    if (!/[*?{]/.test(file) && !existsSync(file)) {
      throw new InputError('file-unreadable', `there is no feature file or folder "${file}"`, {
        hint: `svcspec run [FEATURES...] takes feature files, folders and FILE:LINE; ${beginning('FOLDER')}`,
      });
    }
  }
  return paths;
}

/** Support files named one by one must exist; a pattern may match nothing. */
function partialFolder(report: string): string {
  const missing: string[] = [];
  for (let at = resolve(report); !existsSync(at); at = dirname(at)) missing.unshift(at);
  try {
    // One by one: a recursive mkdir never returns where the parent takes no folders (/proc).
    for (const folder of missing) mkdirSync(folder);
    return mkdtempSync(join(report, '.partial-'));
  } catch (error) {
    const hint = error instanceof Error ? error.message : '';
    throw new InputError('usage', `cannot write reports to "${report}"`, { hint });
  }
}

/** Where a formatter writes until the run has ended. */
function unfinished(file: string): string {
  return `${file}.partial`;
}

/** The files of --format NAME:FILE. */
function formatFiles({ formats }: RunOptions): readonly string[] {
  return formats.flatMap((format) => format.split(/:(.*)/s)[1] ?? []);
}

function moveInto(partial: string, report: string): void {
  for (const name of readdirSync(partial)) renameSync(join(partial, name), join(report, name));
}

function configurationOf(
  options: RunOptions,
  paths: readonly string[],
  partial: string | null,
): IRunConfiguration {
  const here = (module: string): string => new URL(module, import.meta.url).href;
  const files: Record<string, string> = {};
  if (partial !== null) {
    files[join(partial, 'index.html')] = 'html';
    files[join(partial, 'junit.xml')] = 'junit';
    files[join(partial, 'messages.ndjson')] = 'message';
  }
  let stdout = here('./silent.js');
  for (const format of options.formats) {
    const [name = '', file] = format.split(/:(.*)/s);
    if (file === undefined) stdout = name;
    else files[unfinished(file)] = name;
  }
  return {
    sources: {
      defaultDialect: 'en',
      paths: [...paths],
      names: [...options.names],
      tagExpression: options.tags,
      order: options.order as 'defined',
      ...(options.shard === '' ? {} : { shard: options.shard }),
    },
    support: {
      importPaths: [stepsModule, ...options.imports],
      requireModules: [],
      requirePaths: [],
      loaders: [],
    },
    runtime: {
      dryRun: options.dryRun,
      failFast: options.failFast,
      filterStacktraces: true,
      parallel: options.parallel,
      retry: options.retry,
      retryTagFilter: '',
      strict: true,
      worldParameters: {
        seed: options.seed,
        imports: options.imports,
        ...(options.backend === 'sim' ? {} : { backend: options.backend }),
        ...(options.proxyMode === null ? {} : { proxyMode: options.proxyMode }),
        ...(options.explore === null ? {} : { explore: options.explore }),
        ...(options.exploreForMs === null ? {} : { exploreForMs: options.exploreForMs }),
        ...(options.schedule === null ? {} : { schedule: options.schedule }),
      },
    },
    formats: { stdout, files, publish: false, options: {} },
    plugins: { specifiers: [here('./checks.js')], options: {} },
  };
}

function vocabularyOf(support: object): Vocabulary {
  return new Vocabulary(
    definitionsIn(support).map((definition) => {
      const matches = (text: string) => definition.matchesStepName(text);
      return { pattern: String(definition.pattern), matches };
    }),
  );
}

function refuseParseErrors(progress: Progress): void {
  if (progress.parseErrors.length > 0) {
    throw new FeatureErrors(
      progress.parseErrors.map(({ uri, message, line, column }) => {
        const position = { file: uri, line, column };
        return new InputError('feature', message.replace(/^\(\d+:\d+\): /, ''), { position });
      }),
    );
  }
}

/** Nothing matches; a shard may be empty when the plan that was cut into shards is not. */
async function refuseEmpty(
  { sources }: IRunConfiguration,
  paths: readonly string[],
  options: RunOptions,
): Promise<void> {
  if (options.shard !== '' && (await loadSources(sources)).plan.length > 0) return;
  const filters = [
    ...(options.tags === '' ? [] : [`--tags "${options.tags}"`]),
    ...options.names.map((name) => `--name "${name}"`),
  ];
  const chosen = filters.length === 0 ? '' : ` that ${filters.join(' and ')} chooses`;
  const manifests = paths.find(holdsManifests);
  throw new InputError('feature', `no scenario in ${paths.join(', ')}${chosen}`, {
    hint:
      manifests === undefined
        ? 'a run without scenarios proves nothing'
        : `${manifests} holds manifests: ${beginning(manifests.replace(/\/+$/, ''))}`,
  });
}

/** How a feature names manifests. */
function beginning(path: string): string {
  return `a feature names manifests in its Background: Given the cluster "${path}"`;
}

/** A manifest, or a folder with some and without a feature file. */
function holdsManifests(path: string): boolean {
  const isManifest = (name: string) => /\.(?:ya?ml|json)$/.test(name);
  if (!existsSync(path) || !statSync(path).isDirectory()) return isManifest(path);
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return names.some(isManifest) && !names.some((name) => name.endsWith('.feature'));
}

/** A stream that Cucumber's formatters write to. */
function sink(terminal: Terminal | null): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      terminal?.write(String(chunk));
      done();
    },
  });
}
