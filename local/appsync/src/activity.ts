/** Tells whoever follows the server of each request: a line of JSON in the file ACTIVITY. */
import { appendFileSync } from 'node:fs';

/** What is known of a GraphQL request beside its status. */
export interface About {
  /** Root fields that were answered. */
  fields: string[];
  /** Kind and message of each error. */
  errors: string[];
  /** A function sent it: the request or event that the function works on is told of instead. */
  byFunction: boolean;
}

export type Tell = (status: number, seconds: number, about: About) => void;

export const TELL_NOBODY: Tell = () => undefined;

export function tellIn(file: string | undefined): Tell {
  if (file === undefined) {
    return TELL_NOBODY;
  }
  return (status, seconds, { fields, errors, byFunction }) => {
    if (byFunction) {
      return;
    }
    const line = { kind: 'request', at: Date.now() / 1000, method: 'POST', path: '/graphql' };
    const rest = { status, seconds, function: 'AppSync', operation: fields.join(', '), errors };
    appendFileSync(file, `${JSON.stringify({ ...line, ...rest })}\n`);
  };
}
