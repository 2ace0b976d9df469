// Source lines as they may be shown: passwords of URLs and data source names, and values whose key says that they are
// secret, become asterisks, as many as there were characters, so that a caret below still points at its column. A line is
// guessed at, not parsed: rather too much is hidden than too little.

const patterns: readonly RegExp[] = [
  // "://user:password@"; a port and a path are none.
  /(:\/\/[^\s:@/"']{0,100}:)(?!\d{1,5}\/)([^\s"'<>]{0,300})@/g,
  // "user:password@tcp(", "user:password@host".
  /((?<![^\s"'=])[\w.-]{1,100}:)([^\s"'/@]{1,300})@/g,
  /((?<![a-z])(?:bearer|basic)\s{1,20})([\w.~+/=-]{6,300})/gi,
  /((?:password|passwd|passphrase|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key)["']?\s{0,20}[:=]\s{0,20})("[^"]{0,300}"|'[^']{0,300}'|[^\s,;&}\]"']{1,300})/gi,
  /(--(?:password|token|secret)\s{1,20})(\S{1,300})/gi,
  // { name: DB_PASSWORD, value: x }
  /(name["']?\s{0,20}:\s{0,20}["']?[\w.-]{0,60}(?:password|passwd|pwd|secret|token|key)[\w.-]{0,60}["']?\s{0,20},\s{0,20}["']?value["']?\s{0,20}:\s{0,20})("[^"]{0,300}"|'[^']{0,300}'|[^\s,}]{1,300})/gi,
];

/** The line with asterisks for what is secret, as long as it was. */
export function masked(line: string): string {
  return patterns.reduce((text, pattern) => text.replace(pattern, hidden), line);
}

/** A variable is no secret; quotes stay. */
function hidden(whole: string, head: string, word: string): string {
  if (/^["']?\$[({]/.test(word)) return whole;
  const quote = /^["'].*["']$/.test(word) ? word.charAt(0) : '';
  const stars = '*'.repeat(word.length - 2 * quote.length);
  return `${head}${quote}${stars}${quote}${whole.slice(head.length + word.length)}`;
}
