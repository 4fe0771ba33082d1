/** What an analysis looks at, under the names that the API has for it. */
export const KINDS: Readonly<Record<string, string>> = {
  ARCHITECTURE: 'Architecture',
  SECURITY: 'Security',
  COST: 'Cost',
};
