// Every style of YAML scalar: the column of each word of the value in the document.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseManifests } from '../manifest/parse.ts';
import { placesIn } from './text-position.ts';

const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n';
const styles: readonly { readonly name: string; readonly yaml: string }[] = [
  { name: 'literal', yaml: '  Corefile: |\n    .:53 {\n\n        errors\n    }\n' },
  {
    name: 'literal, stripped, comment behind',
    yaml: '  Corefile: |- # x\n    .:53 {\n      errors\n    }\n',
  },
  { name: 'literal with an indentation', yaml: '  Corefile: |1\n   .:53 {\n     errors\n   }\n' },
  { name: 'folded', yaml: '  Corefile: >\n    .:53 {\n\n    errors\n\n    }\n' },
  { name: 'double quotes', yaml: '  Corefile: ".:53 {\\n  errors\\n}\\n"\n' },
  {
    name: 'double quotes over lines',
    yaml: '  Corefile: ".:53 {\\n\n    \\x65rrors\\n\\\n    }"\n',
  },
  { name: 'single quotes', yaml: "  Corefile: '.:53 {\n\n    errors\n\n    }'\n" },
  { name: 'plain', yaml: '  Corefile: .:53\n    {\n\n    errors\n\n    }\n' },
  { name: 'JSON', yaml: '  {"Corefile": ".:53 {\\n\\terrors\\n}"}\n' },
];
for (const { name, yaml } of styles) {
  test(`a word of a value is found where it was written: ${name}`, () => {
    const document = head + yaml;
    const [manifest] = parseManifests(document, 'a.yaml').documents;
    const text =
      (manifest?.object['data'] as Record<string, string> | undefined)?.['Corefile'] ?? '';
    const lines = text.split('\n');
    const line = lines.findIndex((one) => one.includes('errors')) + 1;
    const column = (lines[line - 1] ?? '').indexOf('errors') + 1;
    assert.ok(line > 0);
    const place = placesIn(manifest?.source ?? null, 'data.Corefile', text)(line, column);
    const written = place?.sourceLine?.slice((place.position.column ?? 0) - 1);
    assert.match(written ?? '', /^(errors|\\x65rrors)/);
    assert.equal(document.split('\n')[(place?.position.line ?? 0) - 1], place?.sourceLine);
  });
}

test('where the document holds something else, the place is that of the value', () => {
  const [manifest] = parseManifests(`${head}  Corefile: |\n    a\n`, 'a.yaml').documents;
  const place = placesIn(manifest?.source ?? null, 'data.Corefile', 'b\n')(1, 1);
  assert.deepEqual(place?.position, { file: 'a.yaml', line: 5, column: 13 });
});
