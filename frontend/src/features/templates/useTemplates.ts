import { useMemo } from 'react';
import { visible } from '../../rows/rows';
import { type Read, useRead } from '../../rows/useRead';
import { useRows } from '../../rows/useReadModels';
import { useWatch } from '../../rows/useWatch';
import { type Template, templateOf } from './template';

export interface Reading {
  readonly isReading: boolean;
  /** Why the last reading failed. Rows may be there all the same. */
  readonly error: unknown;
  readonly readAgain: () => void;
}

export interface Templates extends Reading {
  /** Deprecated ones among them. */
  readonly templates: readonly Template[];
}

/** Everything that was ever published, live. */
export function useTemplates(): Templates {
  useWatch('Template');
  const { isPending, error, refetch } = useRead(['templates'], readTemplates);
  const rows = useRows('Template');
  const templates = useMemo(() => visible(rows).map(templateOf), [rows]);
  return { templates, isReading: isPending, error, readAgain: () => void refetch() };
}

const readTemplates: Read<null> = async (api, store) => {
  store.seen('Template', await api.templates());
  return null;
};

/** The template that a project or an address names: by its slug or by its id. */
export const named = (
  templates: readonly Template[],
  reference: string | null | undefined,
): Template | undefined => templates.find(({ id, slug }) => slug === reference || id === reference);
