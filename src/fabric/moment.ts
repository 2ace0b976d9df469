// What one dial is told about the moment it happens in: the time, the chance, and the programs that may answer.
import type { ServerProgram } from '../node/program.ts';
import type { Socket } from '../node/socket.ts';
import type { Choices } from '../sim/choices.ts';

export interface Moment {
  readonly choices: Choices;
  /** Virtual milliseconds at which the client starts. */
  readonly nowMs: number;
  /** The program behind a socket, by its id; `socket.data` is what it needs to know. */
  readonly programs: (id: string, socket: Socket, machine: string) => ServerProgram;
  /** The first packet runs beside the one that the same socket sent before: on no machine it sees what became of that. */
  readonly atOnce?: boolean;
  /** How many programs wait for this dial: a proxy that proxies to itself ends at a bound. Default 0. */
  readonly depth?: number;
  /** What those programs ask for, the first one first. */
  readonly asked?: readonly string[];
}
