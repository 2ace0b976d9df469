// Host names in configuration files, line by line: `key = value`, `key: value` with YAML's parents and lists, JSON, the
// directives of nginx, HAProxy, Varnish, Redis and Fluent Bit. No format is parsed in full: a line that is none of these is looked
// through for URLs, data source names and names of the cluster. Comments are left out.
import {
  bare,
  hostsWithPorts,
  meansHosts,
  type Target,
  targetsIn,
  targetsInFlow,
  targetsOf,
  withPort,
} from './host-values.ts';

/** A host in a file; line and column from 1. */
export interface FileTarget extends Target {
  readonly line: number;
  readonly column: number;
}

/** Names of files that are shown to people or browsers: their URLs are not dialled from here. */
const shown = /\.(html?|css|js|mjs|map|svg|md|txt|xsd|pem|crt|csr)$/i;
const comment = /^\s*(#|\/\/|;|--\s|\/\*|\*\s|<!--|")(?!.*"\s*:)/;
/** Programs: without quotes `config.host` is an expression. */
const program = /\.(py|rb|php|lua|ts|java|groovy|go|pl)$/i;
/** Names of formats, not of servers. */
const schemaLine = /xmlns|\$schema|schemaLocation|schemas\.|@see\b/;

/** Directives whose arguments are a host, or a host and a port. */
const directives: readonly RegExp[] = [
  /(?:^|[{;])\s*(?:fastcgi|uwsgi|scgi|grpc|memcached)_pass\s+([^\s;]+)\s*(?=;)/g,
  /(?:^|[{;])\s*proxy_pass\s+([^\s;:/$]+:\d+)\s*(?=;)/g,
  /(?:^|[{;])\s*server\s+([^\s;={}]+)(?:\s[^;{}]*)?(?=;)/g,
  /^\s*server\s+\S+\s+([^\s;=]+:\d+)(?:\s|$)/g,
  /^\s*(?:replicaof|slaveof)\s+(\S+)\s+(\d+)/g,
  /^\s*sentinel\s+monitor\s+\S+\s+(\S+)\s+(\d+)/g,
  /(?:^|[\s{;])\.host\s*=\s*"([^"\s]{1,253})"(?:[^}]{0,200}?\.port\s*=\s*"(\d{1,5})")?/g,
  /^\s*(?:Host|host|Upstream|upstream)\s+([^\s:={;]+)\s*$/g,
];

const pair = /^(\s*)(?:-\s+)?["']?([A-Za-z_][\w.-]*)["']?\s*[:=](.*)$/s;
const item = /^(\s*)-\s+["']?([^\s"'#,:]+(?::\d+)?)["']?\s*(?:#.*)?$/;

interface Parent {
  readonly indent: number;
  /** With those above it: "spring.redis". */
  readonly key: string;
}

/** The hosts that a file names. */
export function targetsInFile(name: string, text: string): readonly FileTarget[] {
  if (shown.test(name)) return [];
  const lines = text.split('\n');
  const groups = new Set(
    [...text.matchAll(/^[ \t]*upstream[ \t]+(\S+)\s*\{/gm)].map(([, own]) => own),
  );
  const parents: Parent[] = [];
  return lines.flatMap((line, i) => {
    if (comment.test(line)) return [];
    const found = targetsOn(line, parents, () => portNear(lines, i), program.test(name));
    const seen = new Set<string>();
    return found
      .filter(({ host }) => !groups.has(host))
      .filter(({ text: own }) => !seen.has(own) && seen.add(own))
      .map((target) => ({ ...target, line: i + 1, column: target.index + 1 }));
  });
}

function targetsOn(
  line: string,
  parents: Parent[],
  port: () => number | null,
  isQuotedOnly: boolean,
): readonly Target[] {
  const certain = schemaLine.test(line) ? [] : [...targetsIn(line), ...targetsInFlow(line)];
  const told = toldIn(line, port);
  const [, listIndent, one] = item.exec(line) ?? [];
  const [, indent = '', key, rest = ''] = pair.exec(line) ?? [];
  const value = rest.trim().replace(/[,;]$/, '').trimEnd();
  if (one !== undefined) {
    const owner = parentOf(parents, (listIndent ?? '').length + 1)?.key ?? '';
    const isHost = meansHosts(owner) && (/:\d/.test(one) || one.includes('.'));
    const own = isHost ? bare(one, null, line.indexOf(one), true) : [];
    return [...certain, ...told, ...own];
  }
  if (key === undefined) return [...certain, ...told];
  while ((parents.at(-1)?.indent ?? -1) >= indent.length) parents.pop();
  const above = parents.at(-1)?.key;
  const whole = above === undefined ? key : `${above}.${key}`;
  if (value === '') parents.push({ indent: indent.length, key: whole });
  const isExpression = isQuotedOnly && !/^["'[]/.test(value);
  if (told.length > 0 || isExpression) return [...certain, ...told];
  const start = line.indexOf(value, line.indexOf(key) + key.length);
  const values = valuesOf(value).flatMap(({ text, index }) =>
    inValue(whole, text, start + index, port),
  );
  return [...values, ...certain];
}

/** What the directives of a line are told. */
function toldIn(line: string, port: () => number | null): readonly Target[] {
  return directives.flatMap((directive) =>
    [...line.matchAll(directive)].flatMap((match) => {
      const [whole, host = '', digits] = match;
      const usual = digits === undefined ? port() : Number(digits);
      const behind = match.index + whole.search(/\w/) + 1;
      return bare(host, usual, line.indexOf(host, behind), true);
    }),
  );
}

/** What stands in a value: itself, or the parts of an inline list. */
function valuesOf(value: string): readonly { readonly text: string; readonly index: number }[] {
  // Maps are read as such (targetsInFlow).
  if (value.startsWith('{') || (value.startsWith('[') && value.includes('{'))) return [];
  if (value.startsWith('[')) {
    return [...value.matchAll(/[^\s,"'[\]]+/g)].map(({ 0: text, index }) => ({ text, index }));
  }
  const [, quote = ''] = /^(["']?)/.exec(value) ?? [];
  const text = value.slice(quote.length).replace(/["']$/, '');
  return [{ text: text.replace(/\s[#;].*$/, '').trimEnd(), index: quote.length }];
}

/** A bare word of a file is sure only with a port, beside it or of its own. */
function inValue(key: string, value: string, start: number, port: () => number | null) {
  const found =
    meansHosts(key) || /(?:^|\s)-D/.test(value)
      ? targetsOf({ key, value }, new Map())
      : hostsWithPorts(value).filter(() => !/image|tag|version/i.test(key));
  return found.map((target) => {
    const own = withPort(target, port());
    const sure = own.port !== null && (target.sure || meansHosts(key));
    return { ...own, sure, index: start + target.index };
  });
}

/** `port` on a line beside, as deep as this one. */
function portNear(lines: readonly string[], at: number): number | null {
  const depth = /^\s*/.exec(lines[at]?.replace(/^(\s*)- /, '$1  ') ?? '')?.[0].length;
  for (const i of [at + 1, at - 1, at + 2, at - 2, at + 3, at - 3]) {
    const line = lines[i] ?? '';
    const [, indent = '', digits] =
      /^(\s*(?:- )?)["']?[\w.-]*port(?:_value)?["']?(?:\s*[:=]\s*|\s+)["']?(\d{1,5})\b/i.exec(
        line,
      ) ?? [];
    if (digits !== undefined && indent.length === depth) return Number(digits);
  }
  return null;
}

function parentOf(parents: readonly Parent[], indent: number): Parent | undefined {
  return parents.findLast((parent) => parent.indent < indent);
}
