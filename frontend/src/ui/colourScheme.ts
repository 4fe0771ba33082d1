/** What the person has chosen for the page; `system` follows the computer. */
export type Scheme = 'system' | 'light' | 'dark';

/** public/theme.js reads the same key before the first paint. */
const KEY = 'skafu-theme';

export const SCHEMES: readonly Scheme[] = ['system', 'light', 'dark'];

export function chosenScheme(storage: Pick<Storage, 'getItem'> = localStorage): Scheme {
  const kept = storage.getItem(KEY);
  return SCHEMES.find((scheme) => scheme === kept) ?? 'system';
}

export function chooseScheme(scheme: Scheme): void {
  localStorage.setItem(KEY, scheme);
  if (scheme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = scheme;
}
