// What real CoreDNS releases answered about the picture, asked of ours: whole messages, without the binaries.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Asker, ours } from './coredns/ask.ts';
import { comparable } from './coredns/differences.ts';
import { picture } from './coredns/picture.ts';
import { variants } from './coredns/variants.ts';
import { readVectors, withoutQuestion } from './coredns/vectors.ts';

const vectors = readVectors();
const groups = [...new Set(vectors.map(({ version, variant }) => `${version} ${variant}`))];

describe('recorded answers of CoreDNS', () => {
  it('are several hundred', () => {
    assert.ok(vectors.length >= 500, `${vectors.length}`);
  });
  for (const group of groups) {
    it(group, () => {
      const askers = new Map<string, Asker>();
      const differing = vectors
        .filter(({ version, variant }) => `${version} ${variant}` === group)
        .flatMap(({ version, variant, ask, lines }) => {
          const found = variants.find(({ name }) => name === variant);
          assert.ok(found !== undefined, variant);
          const asker = askers.get(group) ?? ours(picture, found, version);
          askers.set(group, asker);
          const got = withoutQuestion(asker(ask));
          if (comparable(got) === comparable(lines)) return [];
          return [{ ask: `${ask.name} ${ask.type}`, want: lines, got }];
        });
      assert.deepEqual(differing, []);
    });
  }
});
