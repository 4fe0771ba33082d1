/**
 * What the built-in templates know of, as a test compares; a project may name any other. It stands here
 * because nothing else says it: to the API a feature is any word, and of a template the rows hold the
 * features that it begins with, not those that its files ask for.
 */
export const FEATURE_WORDS: Readonly<Record<string, string>> = {
  auth: 'Sign-in',
  database: 'Database',
  monitoring: 'Monitoring',
};

/** The features to choose from: the common ones, then those that the template suggests besides. */
export const knownFeatures = (suggested: readonly string[]): readonly string[] => [
  ...new Set([...Object.keys(FEATURE_WORDS), ...suggested]),
];
