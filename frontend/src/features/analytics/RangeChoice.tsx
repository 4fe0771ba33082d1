import { useSearchParams } from 'react-router';
import { Segments } from '../../ui/Segments';
import { type Range, RANGES, rangeOf, wordOf } from './ranges';

const OPTIONS = RANGES.map((range) => ({ value: wordOf(range), label: `${range} days` }));

/** The range in the address, and how to choose another one. */
export function useRange(): readonly [Range, (word: string) => void] {
  const [address, setAddress] = useSearchParams();
  const set = (word: string): void =>
    setAddress({ range: word }, { replace: true, preventScrollReset: true });
  return [rangeOf(address.get('range')), set];
}

export function RangeChoice() {
  const [range, setRange] = useRange();
  return <Segments label="Range" value={wordOf(range)} options={OPTIONS} onChange={setRange} />;
}
