import { createTheme } from '@aws-amplify/ui-react';

export const theme = createTheme({
  name: 'skafu',
  primaryColor: 'teal',
  tokens: {
    colors: {
      teal: {
        10: { value: '#f0faf8' },
        20: { value: '#d9f1ed' },
        40: { value: '#9fdbd2' },
        60: { value: '#3fa598' },
        80: { value: '#0f766e' },
        90: { value: '#0b5f58' },
        100: { value: '#084a45' },
      },
    },
    fonts: {
      default: {
        variable: { value: "'Inter Variable', system-ui, sans-serif" },
        static: { value: "'Inter Variable', system-ui, sans-serif" },
      },
    },
    radii: { small: { value: '0.5rem' }, medium: { value: '0.625rem' } },
    components: {
      button: {
        fontWeight: { value: '600' },
        borderColor: { value: '#cbd3da' },
        backgroundColor: { value: '#fff' },
        _hover: {
          color: { value: '#14212b' },
          borderColor: { value: '#55646f' },
          backgroundColor: { value: '#fff' },
        },
      },
      fieldmessages: { error: { fontSize: { value: '0.875rem' } } },
    },
  },
});
