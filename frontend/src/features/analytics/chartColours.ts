import { useEffect, useState } from 'react';

/** What a canvas is painted with: it knows no custom properties. */
export interface Colours {
  readonly good: string;
  readonly bad: string;
  readonly grid: string;
  readonly ink: string;
  readonly ground: string;
  readonly font: string;
}

const TOKENS = {
  good: '--chart-1',
  bad: '--chart-bad',
  grid: '--chart-grid',
  ink: '--ink-soft',
  ground: '--surface',
} as const;

/** The colours of the theme that is on, read from the tokens by an element that has them. */
export function readColours(): Colours {
  const probe = document.createElement('i');
  document.body.append(probe);
  const read = (token: string): string => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const colours = Object.fromEntries(
    Object.entries(TOKENS).map(([name, token]) => [name, read(token)]),
  ) as Record<keyof typeof TOKENS, string>;
  const font = `12px ${getComputedStyle(probe).fontFamily}`;
  probe.remove();
  return { ...colours, font };
}

/** Those colours, read anew when the person or the computer changes the theme. */
export function useChartColours(): Colours {
  const [colours, setColours] = useState(readColours);
  useEffect(() => {
    const read = (): void => setColours(readColours());
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const chosen = new MutationObserver(read);
    chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    dark.addEventListener('change', read);
    return () => {
      chosen.disconnect();
      dark.removeEventListener('change', read);
    };
  }, []);
  return colours;
}
