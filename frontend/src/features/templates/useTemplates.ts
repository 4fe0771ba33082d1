import { useMemo } from 'react';
import { visible } from '../../rows/rows';
import { type Read, useRead } from '../../rows/useRead';
import { type Unreadable, unreadableOf } from '../../rows/unreadable';
import { useRows } from '../../rows/useReadModels';
import { useWatch } from '../../rows/useWatch';
import { plainTemplate, type Template, templateOf } from './template';

export interface Reading {
  readonly isReading: boolean;
  /** Why the last reading failed. Rows may be there all the same. */
  readonly error: unknown;
  readonly readAgain: () => void;
}

export interface Templates extends Reading {
  /** Deprecated ones among them. */
  readonly templates: readonly Template[];
  readonly unreadable: readonly Unreadable[];
}

/** Everything that was ever published, live. */
export function useTemplates(): Templates {
  useWatch('Template');
  const { data, isPending, error, refetch } = useRead(['templates'], readTemplates);
  const rows = useRows('Template');
  const templates = useMemo(() => visible(rows).map(templateOf).map(plainTemplate), [rows]);
  return {
    templates,
    unreadable: data ?? [],
    isReading: isPending,
    error,
    readAgain: () => void refetch(),
  };
}

const readTemplates: Read<readonly Unreadable[]> = async (api, store) => {
  const templates = await api.templates();
  store.seen('Template', templates);
  return unreadableOf(templates);
};

/** The template that a project or an address names: by its slug or by its id. */
export const named = (
  templates: readonly Template[],
  reference: string | null | undefined,
): Template | undefined => templates.find(({ id, slug }) => slug === reference || id === reference);
