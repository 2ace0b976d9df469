// Durations as Go writes them ("5s", "1m30s", "500ms"), for those who print the error; a bare number is refused.
import { goDuration } from '../../api/go-duration.ts';

/** Milliseconds, or the error text of Go's time.ParseDuration. */
export function parseDuration(text: string): number | string {
  const { ms, error } = goDuration(text);
  return error ?? ms ?? 0;
}
