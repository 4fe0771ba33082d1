/** A resolver in JavaScript runs in a realm of its own, whose objects are no plain objects of this one. */

/** The value with what JSON knows of it, made of this realm's objects. */
export function own<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}
