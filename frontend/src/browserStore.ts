/** The part of a browser's storage that the page uses. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * A storage that may be full, or blocked by the browser's settings, which even its name then tells by an
 * error. Nothing is kept there in that case, and the page goes on.
 */
function safely(open: () => Storage): Store & { readonly names: () => readonly string[] } {
  const attempt = <Result>(act: (storage: Storage) => Result): Result | null => {
    try {
      return act(open());
    } catch {
      return null;
    }
  };
  return {
    getItem: (key) => attempt((storage) => storage.getItem(key)),
    setItem: (key, value) => void attempt((storage) => storage.setItem(key, value)),
    names: () => attempt((storage) => Object.keys(storage)) ?? [],
    removeItem: (key) => void attempt((storage) => storage.removeItem(key)),
  };
}

/** Kept for the browser, over all tabs. */
export const browserStore = safely(() => localStorage);

/** Kept for a tab, over reloads and Back. */
export const tabStore = safely(() => sessionStorage);
