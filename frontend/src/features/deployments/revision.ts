/** Of a commit's hash its first seven digits, as people know it; anything else as it is. */
export const shortRevision = (revision: string): string =>
  /^[0-9a-f]{8,}$/i.test(revision) ? revision.slice(0, 7) : revision;
