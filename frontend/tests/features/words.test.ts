import { expect, test } from 'vitest';
import { objection } from '../../src/features/projects/words';

test.each([
  'te',
  'te a',
  'Ö2',
  '京',
  'a 京',
  '2026',
  'one two three four five six seven eight nine te',
])('“%s” can be searched for', (text) => expect(objection(text)).toBeUndefined());

test.each([
  ['a', /Type one more/],
  ['a b', /Type one more/],
  ['ø', /Type one more/],
  ['--', /letters and digits/],
  ['  ', /letters and digits/],
  ['a b c d e f g h i jj kk', /At most 10 words/],
])('“%s” cannot be searched for yet', (text, why) => expect(objection(text)).toMatch(why));
