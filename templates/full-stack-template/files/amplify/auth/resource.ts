import { defineAuth } from '@aws-amplify/backend';

const sites = ['http://localhost:5173/'<% if siteUrl %>, <%= siteUrl | quoted %><% endif %>];

/** People sign in with their e-mail address, on pages that Cognito serves. */
export const auth = defineAuth({
  loginWith: {
    email: true,
    externalProviders: {
      callbackUrls: sites,
      logoutUrls: sites,
    },
  },
});
