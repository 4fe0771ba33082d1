/** Values as templates see them: maps, lists and strings with the methods of Java's. */
import { JavaArray } from '@aws-amplify/amplify-appsync-simulator/lib/velocity/value-mapper/array.js';
import { JavaDecimal } from '@aws-amplify/amplify-appsync-simulator/lib/velocity/value-mapper/decimal.js';
import { JavaInteger } from '@aws-amplify/amplify-appsync-simulator/lib/velocity/value-mapper/integer.js';
import { JavaMap } from '@aws-amplify/amplify-appsync-simulator/lib/velocity/value-mapper/map.js';
import { JavaString } from '@aws-amplify/amplify-appsync-simulator/lib/velocity/value-mapper/string.js';

/**
 * The simulator's map loses its methods to data of the same name: a key `map` or `size` inside an
 * AWSJSON value breaks it. Here a method always wins, and runs on the map itself.
 */
class SafeMap extends JavaMap {
  override put(key: unknown, value: unknown): unknown {
    return super.put(String(key), value);
  }

  override toJSON(): Record<string, unknown> {
    return Object.fromEntries([...this.map].map(([key, value]) => [key, toPlain(value)]));
  }
}

function asProperties(map: SafeMap): SafeMap {
  return new Proxy(map, {
    get(target, property) {
      const own = Reflect.get(target, property) as unknown;
      if (typeof own === 'function') {
        return own.bind(target) as unknown;
      }
      return typeof property === 'string' && target.map.has(property)
        ? target.map.get(property)
        : undefined;
    },
    set(target, property, value) {
      // The engine hangs an `eval` function on whatever it calls.
      if (typeof value !== 'function' && typeof property === 'string') {
        target.map.set(property, value);
      }
      return true;
    },
  });
}

export function toJava(value: unknown): unknown {
  if (typeof value === 'string') {
    return new JavaString(value);
  }
  if (typeof value === 'number') {
    return Number.isInteger(value) ? new JavaInteger(value) : new JavaDecimal(value);
  }
  if (Array.isArray(value)) {
    return value instanceof JavaArray ? value : new JavaArray(value.map(toJava), toJava);
  }
  return isPlainObject(value) ? javaMap(value) : value;
}

function javaMap(fields: object): SafeMap {
  const map = new SafeMap({}, toJava);
  for (const [key, value] of Object.entries(fields)) {
    map.map.set(key, toJava(value));
  }
  return asProperties(map);
}

/** Gives a map that templates share these fields, and no others. */
export function fillMap(map: unknown, fields: object): void {
  const shared = map as SafeMap;
  shared.clear();
  for (const [key, value] of Object.entries(fields)) {
    shared.put(key, value);
  }
}

export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const prototype = Object.getPrototypeOf(value) as unknown;
  return prototype === Object.prototype || prototype === null;
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

/** Back to what JSON knows. */
export function toPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return Array.from(value, toPlain);
  }
  if (hasToJson(value)) {
    return value.toJSON();
  }
  return isPlainObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, toPlain(one)]))
    : value;
}
