import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FEATURE_WORDS } from '../../../src/features/newProject/features';

const TEMPLATES = join(import.meta.dirname, '../../../../templates');

/** Neither the API nor a row says which features the files of a template know of. */
test('the features on offer are those that the built-in templates know of', () => {
  const files = readdirSync(TEMPLATES, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'));
  const asked = texts.flatMap((text) =>
    [...text.matchAll(/"([a-z]+)" in features/g)].map(([, feature]) => feature),
  );
  expect(Object.keys(FEATURE_WORDS).sort()).toEqual([...new Set(asked)].sort());
});
