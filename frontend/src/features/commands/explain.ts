import { CommandRefused, type Problem } from '../../api/problem';
import { sentence } from './sentence';
import type { CommandFailure } from './useCommand';

export interface Explanation {
  readonly title: string;
  readonly text: string;
}

/** What went wrong and what to do about it, in words for the person at the page. */
export function explain(failure: CommandFailure): Explanation {
  return failure instanceof CommandRefused
    ? explainRefusal(failure.problem, failure.retryAfterSeconds)
    : {
        title: 'No answer from the server',
        text:
          'It is not known whether this was recorded. Check your connection and send it again: ' +
          'the same content is recorded only once.',
      };
}

function explainRefusal(problem: Problem, wait: number | undefined): Explanation {
  const detail = sentence(problem.detail);
  switch (problem.status) {
    case 400:
      return problem.errors?.length
        ? {
            title: 'Not quite right yet',
            text: 'Please correct what is marked or listed here and send it again.',
          }
        : { title: 'This could not be read', text: detail };
    case 401:
      return { title: 'You are signed out', text: 'Your session has ended. Please sign in again.' };
    case 403:
      return {
        title: 'You may not do this',
        text: `${detail} Your role may read this, but not change it.`.trim(),
      };
    case 404:
      return {
        title: 'It is not there any more',
        text: 'What this form is about was removed meanwhile, or belongs to somebody else. Nothing was recorded.',
      };
    case 409:
      if (problem.type.endsWith('/service-name-taken'))
        return { title: 'This name is taken', text: 'Nothing was recorded.' };
      if (problem.type.endsWith('/merge-conflict'))
        return {
          title: 'Somebody changed the same meanwhile',
          text: 'Nothing was recorded. Look at the newest values, then decide again.',
        };
      return { title: ruleOf(problem), text: detail || 'This is not possible now.' };
    case 412:
      return {
        title: 'This has changed in the meantime',
        text: 'Somebody changed it after you opened this form. Nothing was recorded. Look at it again, then send it again.',
      };
    case 413:
      return { title: 'This is too large', text: detail };
    case 429:
      return { title: 'Too many requests', text: `Nothing was recorded. ${tryAgain(wait)}` };
    case 502:
    case 503:
    case 504:
      return {
        title: 'The service is not available right now',
        text: `${tryAgain(wait)} The same content is recorded only once.`,
      };
    default:
      return { title: ruleOf(problem), text: detail };
  }
}

/** `…/problems/service-name-taken` names the broken rule; the title is only the status in words. */
function ruleOf({ type, title }: Problem): string {
  const name = /^https:.*\/([a-z-]+)$/.exec(type)?.[1]?.replaceAll('-', ' ');
  return name ? name.charAt(0).toUpperCase() + name.slice(1) : title;
}

function tryAgain(wait: number | undefined): string {
  return wait ? `Please try again in ${wait} seconds.` : 'Please try again in a moment.';
}
