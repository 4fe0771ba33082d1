import type { Step } from './run';

interface Words {
  /** The act before it begins, while it runs, and its result. */
  readonly before: string;
  readonly now: string;
  readonly done: string;
  readonly failed: string;
  readonly undoing: string;
  /** What it does, while it runs. */
  readonly doing: string;
  /** What undoing it does. */
  readonly taking: string;
  /** The headline of an attempt that failed there. */
  readonly cause: string;
  readonly place: string;
}

export const WORDS: Readonly<Record<Step, Words>> = {
  TEMPLATE: {
    before: 'Choose the template',
    now: 'Choosing the template',
    done: 'Template chosen',
    failed: 'Template not chosen',
    undoing: 'Releasing the template',
    doing: 'Pinning the revision that is published now.',
    taking: 'The project will have no template again.',
    cause: 'The template could not be chosen',
    place: 'Template',
  },
  ANALYSIS: {
    before: 'Analyse',
    now: 'Analysing',
    done: 'Analysis done',
    failed: 'Analysis not done',
    undoing: 'Undoing the analysis',
    doing: 'Looking at risks, missing features and cost. There is nothing to do for you.',
    taking: 'Cancelling it, in case it goes on.',
    cause: 'The analysis could not be made',
    place: 'Analysis',
  },
  REPOSITORY: {
    before: 'Create the repository',
    now: 'Creating the repository',
    done: 'Repository created',
    failed: 'Repository not created',
    undoing: 'Removing the repository',
    doing: 'Writing the files of the template into an archive.',
    taking: 'Deleting the archive and the link to it.',
    cause: 'The repository could not be created',
    place: 'Repository',
  },
  CONFIGURATION: {
    before: 'Configure the services',
    now: 'Configuring the services',
    done: 'Services configured',
    failed: 'Services not configured',
    undoing: 'Removing the services',
    doing: 'Adding the services of the template, with its settings.',
    taking: 'Removing the services that were added, and the settings.',
    cause: 'The services could not be configured',
    place: 'Configuration',
  },
  COMPLETION: {
    before: 'Ready to download',
    now: 'Finishing',
    done: 'Ready to download',
    failed: 'Not finished',
    undoing: 'Undoing the completion',
    doing: 'Recording that all is done.',
    taking: '',
    cause: 'The completion could not be recorded',
    place: 'Completion',
  },
};
