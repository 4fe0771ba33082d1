/** What a person has changed since they saw it, on top of what others have made of the rest. */
export function keepMine<Draft extends object>(seen: Draft, newest: Draft, mine: Draft): Draft {
  const changed = Object.entries(mine).filter(
    ([field, value]) => !isSame(value, seen[field as keyof Draft]),
  );
  return { ...newest, ...Object.fromEntries(changed) };
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
