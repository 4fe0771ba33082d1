import { defineAuth } from '@aws-amplify/backend';

/** Sign-in by e-mail; `Admin` reads all and may command any, `Developer` reads all. */
export const auth = defineAuth({
  loginWith: { email: true },
  groups: ['Admin', 'Developer'],
});
