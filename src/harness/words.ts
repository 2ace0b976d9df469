// A command line as words, the way a POSIX shell splits it: blanks, quotes anywhere in a word, backslashes. No
// variables, globs, pipes or redirections: they are what they are written as.

/** "a 'b c' d\"e\"" -> ["a", "b c", "de"]. A quote that is never closed ends with the line. */
export function words(line: string): readonly string[] {
  const found: string[] = [];
  const word = /(?:[^\s'"\\]+|'[^']*'?|"(?:\\[\s\S]|[^"\\])*"?|\\[\s\S]?)+/g;
  for (const [text] of line.matchAll(word)) {
    found.push(text.replace(/'([^']*)'?|"((?:\\[\s\S]|[^"\\])*)"?|\\([\s\S]?)/g, unquoted));
  }
  return found;
}

function unquoted(_all: string, single?: string, double?: string, escaped?: string): string {
  if (single !== undefined) return single;
  if (double !== undefined) return double.replace(/\\([$`"\\\n])/g, '$1');
  return escaped ?? '';
}
