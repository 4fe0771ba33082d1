import { createTheme } from '@aws-amplify/ui-react';

export const theme = createTheme({
  name: 'skafu',
  primaryColor: 'teal',
  tokens: {
    fonts: {
      default: {
        variable: { value: "'Inter Variable', system-ui, sans-serif" },
        static: { value: "'Inter Variable', system-ui, sans-serif" },
      },
    },
    radii: { small: { value: '0.5rem' }, medium: { value: '0.625rem' } },
    components: {
      button: { fontWeight: { value: '600' } },
      fieldmessages: { error: { fontSize: { value: '0.875rem' } } },
    },
  },
});
