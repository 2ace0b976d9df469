// The resource names kubectl's users type and the kind each stands for: plural, singular, kind, short name, with group
// ("deployments.apps") or version and group ("deployments.v1.apps"), and categories ("all").
// Models apimachinery pkg/api/meta/restmapper.go and client-go restmapper/{shortcut,category_expansion}.go.
import { type KindRow, qualifiedResource, splitApiVersion } from '../../api/scheme.ts';
import { CommandError } from './errors.ts';

export class Names {
  /** The core group's first, as kubectl prefers them. */
  readonly rows: readonly KindRow[];

  constructor(rows: readonly KindRow[]) {
    this.rows = [
      ...rows.filter(({ group }) => group === ''),
      ...rows.filter((row) => row.group !== ''),
    ];
  }

  /** "svc", "deployments.v1.apps", "Service" -> its row. Throws the error of an unknown resource type. */
  row(text: string): KindRow {
    const found = this.find(text);
    if (found !== undefined) return found;
    const resource = text.split('.')[0] ?? text;
    throw new CommandError(`the server doesn't have a resource type "${resource}"`);
  }

  find(text: string): KindRow | undefined {
    const [resource = '', ...rest] = text.split('.');
    const [version = '', ...group] = rest;
    if (rest.length > 1) {
      const exact = this.#find(resource, group.join('.'), version);
      if (exact !== undefined) return exact;
    }
    return this.#find(resource, rest.join('.'), '');
  }

  /** `version` "" is any; a group may be shortened to its beginning. */
  #find(text: string, group: string, version: string): KindRow | undefined {
    const lower = text.toLowerCase();
    const by = (matches: (row: KindRow) => boolean): KindRow | undefined => {
      const all = this.rows.filter(
        (row) => matches(row) && (version === '' || row.versions.includes(version)),
      );
      const exact = all.find((row) => group === '' || row.group === group);
      return exact ?? all.find((row) => group !== '' && row.group.startsWith(group));
    };
    return (
      by(({ resource, singular }) => resource === lower || singular === lower) ??
      by(({ shortNames }) => shortNames.includes(lower)) ??
      by(({ kind }) => kind === text)
    );
  }

  /** The row of an object's apiVersion and kind; undefined when the server has none. */
  ofObject(apiVersion: string, kind: string): KindRow | undefined {
    const { group, version } = splitApiVersion(apiVersion);
    return this.rows.find(
      (row) =>
        row.kind === kind &&
        (apiVersion === '' || (row.group === group && row.versions.includes(version))),
    );
  }

  /** A category's resources, in the order of discovery; the text itself when it is none. */
  expand(text: string): readonly string[] {
    const members = this.rows.filter(({ categories }) => categories.includes(text));
    return members.length === 0 ? [text] : members.map(qualifiedResource);
  }
}
