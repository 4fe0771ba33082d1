import type { By } from '../analytics/ChartPanel';
import { type Minute, minuteInWords } from './minutes';

export const BY_MINUTE: By<Minute> = {
  name: 'Minute',
  note: 'Minutes are of UTC.',
  key: ({ minute }) => minute,
  word: ({ minute }) => minuteInWords(minute),
};
