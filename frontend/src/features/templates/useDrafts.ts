import { useMemo } from 'react';
import { type Read, useRead } from '../../rows/useRead';
import { useRows } from '../../rows/useReadModels';
import { useWatch } from '../../rows/useWatch';
import { type Draft, draftOf } from './draftRow';
import type { Reading } from './useTemplates';

export interface Drafts extends Reading {
  readonly drafts: readonly Draft[];
}

/** Every template as it is drafted, live: for Admins, whom alone AppSync tells of them. */
export function useDrafts(): Drafts {
  useWatch('TemplateDraft');
  const { isPending, error, refetch } = useRead(['template-drafts'], readDrafts);
  const rows = useRows('TemplateDraft');
  const drafts = useMemo(
    () => [...rows.values()].filter(({ deleted }) => !deleted).map(({ row }) => draftOf(row)),
    [rows],
  );
  return { drafts, isReading: isPending, error, readAgain: () => void refetch() };
}

const readDrafts: Read<null> = async (api, store) => {
  // Those that cannot be shown are named among the templates, as far as they were published.
  store.seen('TemplateDraft', await api.templateDrafts());
  return null;
};
