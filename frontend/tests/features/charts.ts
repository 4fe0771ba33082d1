import { vi } from 'vitest';

interface Drawn {
  readonly data: readonly (readonly (number | null)[])[];
}

/** What charts have drawn. All files of tests share it, since they share the modules that draw. */
export const drawn: Drawn[] = [];

/** In the place of uPlot, which draws on a canvas: jsdom has none. */
export default class {
  static readonly paths = {};
  constructor(_: object, data: Drawn['data']) {
    drawn.push({ data });
  }
  destroy(): void {}
  setSize(): void {}
}

/** Begins a test of charts: what jsdom lacks besides, and nothing drawn. */
export function clearCharts(): void {
  drawn.length = 0;
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe(): void {}
      disconnect(): void {}
    },
  );
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
}
