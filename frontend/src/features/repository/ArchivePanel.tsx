import { Button } from '@aws-amplify/ui-react';
import { Download, Link as LinkIcon, PackageCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Project } from '../../api/readModels';
import { CopyId } from '../../ui/CopyId';
import { FailureAlert } from '../commands/FailureAlert';
import { CopyButton } from '../templates/CopyButton';
import { filesIn, kilobytes } from '../templates/editorDraft';
import { fileNameOf, isArchive } from './repository';
import { explainDownload, useDownload } from './useDownload';

interface ArchivePanelProps {
  readonly project: Project;
  /** What a new project has been waiting for: with the commands to go on with. */
  readonly isFirst?: boolean;
}

/** The archive with the project's code, and the way to it. */
export function ArchivePanel({ project, isFirst = false }: ArchivePanelProps) {
  const [{ isAsking, failure, archive }, download] = useDownload(project.id);
  if (!isArchive(project)) return null;
  const name = archive?.fileName ?? fileNameOf(project);
  return (
    <section className="panel archive" aria-label="Archive">
      <div className="body row wide">
        <span className="tile" aria-hidden="true">
          <PackageCheck />
        </span>
        <div className="archive-name">
          <h2>{name}</h2>
          <p className="soft sm">
            <ArchiveFacts project={project} />
          </p>
        </div>
        <Button
          variation="primary"
          {...(isFirst && { size: 'large' })}
          isLoading={isAsking}
          loadingText="Asking for the link…"
          onClick={download}
        >
          <Download /> Download
        </Button>
      </div>
      {failure && (
        <div className="body">
          <FailureAlert
            failure={failure}
            explanation={explainDownload(failure)}
            onRetry={download}
          />
        </div>
      )}
      {isFirst && <Commands name={name} />}
      <footer>
        <span className="with">
          <LinkIcon /> The link is made when you click, for you alone, and works for one minute.
        </span>
      </footer>
    </section>
  );
}

function ArchiveFacts({ project }: { project: Project }): ReactNode {
  const { repositoryFiles: files, repositoryBytes: bytes, repositorySha256: sha256 } = project;
  const known = [files && filesIn(files), bytes && kilobytes(bytes)].filter(Boolean).join(', ');
  return (
    <>
      {known}
      {sha256 && (
        <>
          {known && ' · '}SHA-256 <CopyId id={sha256} of="the archive, SHA-256" />
        </>
      )}
    </>
  );
}

function Commands({ name }: { name: string }) {
  const folder = name.replace(/\.zip$/, '');
  const commands = [`unzip ${name} -d ${folder}`, `cd ${folder}`, 'make test'].join('\n');
  return (
    <div className="body archive-commands">
      <p className="label">Then, in a terminal</p>
      <div className="shell">
        <pre tabIndex={0} aria-label="Commands">
          {commands}
        </pre>
        <CopyButton text={commands} what="the commands" />
      </div>
    </div>
  );
}
