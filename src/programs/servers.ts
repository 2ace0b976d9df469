// The servers that sockets name, by the id that stands in `Socket.program`. DNS servers are made by src/dns.
import type { ServerProgram } from '../node/program.ts';
import { type EchoData, echo } from './echo.ts';
import { http, type ReplyData } from './http.ts';

export type ServerId = 'http' | 'echo';

/** The program behind a socket; undefined when the id is none of these. `data` is what `listen` was given: ReplyData for
 * "http", EchoData for "echo". */
export function serverFor(id: string, data: unknown): ServerProgram | undefined {
  switch (id) {
    case 'http':
      return http(data as ReplyData);
    case 'echo':
      return echo(data as EchoData);
    default:
      return undefined;
  }
}
