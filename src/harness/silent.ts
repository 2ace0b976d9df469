// A Cucumber formatter that writes nothing: the runner reads the messages itself (progress.ts) and Cucumber insists on
// one formatter for the standard output.

export const type = 'formatter';

export function formatter(): void {
  // nothing to print
}
