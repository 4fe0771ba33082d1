import { useCallback } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { useProjectOfHistory } from '../project/useProjectPage';

export const versionPath = (id: string, version: number): string =>
  `/projects/${id}/history/${version}`;

/** Leads to a version, with the filters as they are. */
export function useGoTo(): (version: number) => void {
  const project = useProjectOfHistory();
  const [address] = useSearchParams();
  const navigate = useNavigate();
  const search = address.toString();
  return useCallback(
    (version) =>
      void navigate(
        { pathname: versionPath(project.id, version), search },
        { replace: true, preventScrollReset: true, state: { keepsFocus: true } },
      ),
    [navigate, project.id, search],
  );
}
