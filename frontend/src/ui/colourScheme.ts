import { browserStore } from '../browserStore';

/** What the person has chosen for the page; `system` follows the computer. */
export type Scheme = 'system' | 'light' | 'dark';

/** public/theme.js reads the same key before the first paint. */
const KEY = 'skafu-theme';

const SCHEMES: readonly Scheme[] = ['system', 'light', 'dark'];

export function chosenScheme(): Scheme {
  const kept = browserStore.getItem(KEY);
  return SCHEMES.find((scheme) => scheme === kept) ?? 'system';
}

export function chooseScheme(scheme: Scheme): void {
  if (scheme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = scheme;
  browserStore.setItem(KEY, scheme);
}
