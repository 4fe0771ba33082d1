/** What templates commonly know of; a project may name any other. */
export const FEATURE_WORDS: Readonly<Record<string, string>> = {
  auth: 'Sign-in',
  database: 'Database',
  monitoring: 'Monitoring',
};

/** The features to choose from: the common ones, then those that the template suggests besides. */
export const knownFeatures = (suggested: readonly string[]): readonly string[] => [
  ...new Set([...Object.keys(FEATURE_WORDS), ...suggested]),
];
