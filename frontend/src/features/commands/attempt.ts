/** One wish of the person at the page. Sent again unchanged it keeps its key, so that it is recorded once. */
export interface Attempt {
  readonly content: string;
  readonly key: string;
}

export function attemptFor(
  previous: Attempt | undefined,
  data: unknown,
  newKey: () => string,
): Attempt {
  const content = JSON.stringify(data);
  return previous?.content === content ? previous : { content, key: newKey() };
}
