// A manifest as read: the object and where each of its values was written. Made by src/manifest, kept beside the
// object (never in it) by the API server, read by src/analysis for blame and coverage.
import type { Position } from './input-error.ts';
import type { AnyObject } from './types.ts';

/** Where values were written. Paths are JSON paths: "spec.ports[0].port"; "" is the object itself. */
export interface Source {
  readonly file: string;
  /** Position of the longest written prefix of `path`; null when nothing of it was written here. */
  at(path: string): Position | null;
  /** The text of a line, counted from 1; empty when there is none. */
  line(n: number): string;
}

/** One object out of a manifest. */
export interface Manifest {
  readonly object: AnyObject;
  readonly source: Source;
}
