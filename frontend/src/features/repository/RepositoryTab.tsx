import { Button } from '@aws-amplify/ui-react';
import { FolderGit2, Package, Unlink } from 'lucide-react';
import { useState } from 'react';
import type { Project } from '../../api/readModels';
import { EmptyState } from '../../ui/EmptyState';
import { FileTree } from '../../ui/FileTree';
import { LinkButton } from '../../ui/LinkButton';
import { Panel } from '../../ui/Panel';
import { isOfAnalysis } from '../commands/pending';
import { useProjectPage } from '../project/useProjectPage';
import { isProvisioned } from '../projects/state';
import { Counted } from '../templates/ParametersTable';
import { CopyButton } from '../templates/CopyButton';
import { named, useTemplates } from '../templates/useTemplates';
import { ArchivePanel } from './ArchivePanel';
import { isArchive, PROVIDERS } from './repository';
import { UnlinkDialog } from './UnlinkDialog';

/** Where the code of a project is. */
export function RepositoryTab() {
  const { project } = useProjectPage();
  if (!project.repositoryUrl) return <NoRepository project={project} />;
  return isArchive(project) ? (
    <>
      <ArchivePanel project={project} />
      <ArchiveFiles project={project} />
    </>
  ) : (
    <LinkedRepository project={project} />
  );
}

interface ProjectProps {
  readonly project: Project;
}

function NoRepository({ project }: ProjectProps) {
  const isUnderWay = isProvisioned(project);
  return (
    <EmptyState
      icon={<Package />}
      title="No repository yet"
      text={
        isUnderWay
          ? 'It is created while the project is being set up.'
          : 'A project that is set up from a template has its code here. Code that is kept elsewhere is linked through the API, with link-repository.'
      }
    >
      {isUnderWay && (
        <LinkButton to={`/projects/${project.id}/provisioning`}>See how far it is</LinkButton>
      )}
    </EmptyState>
  );
}

/** The files as the template made them: those of its revision, as long as that is the newest. */
function ArchiveFiles({ project }: ProjectProps) {
  const { templates } = useTemplates();
  const template = named(templates, project.templateId);
  if (!template || template.revision !== project.templateRevision) return null;
  return (
    <Panel
      title={<Counted title="Files" count={template.paths.length} />}
      aside={<span className="soft sm">as the template made them</span>}
    >
      <FileTree
        label="Files of the archive"
        paths={template.paths}
        selected={undefined}
        onSelect={() => undefined}
      />
    </Panel>
  );
}

function LinkedRepository({ project }: ProjectProps) {
  const [isUnlinking, setUnlinking] = useState(false);
  const { onOpen, pending } = useProjectPage();
  const mayUnlink = onOpen !== undefined && pending.every(isOfAnalysis);
  const url = project.repositoryUrl ?? '';
  const provider = PROVIDERS[project.repositoryProvider ?? ''] ?? 'a repository';
  return (
    <section className="panel" aria-label="Repository">
      <div className="body row wide">
        <span className="tile" aria-hidden="true">
          <FolderGit2 />
        </span>
        <div className="archive-name">
          <h2>Linked with {provider}</h2>
          {/* What people wrote is text: nobody should be led away by a click. */}
          <p className="soft sm">
            <code className="lines">{url}</code> <CopyButton text={url} what="the address" />
          </p>
        </div>
        {mayUnlink && (
          <Button onClick={() => setUnlinking(true)}>
            <Unlink /> Unlink…
          </Button>
        )}
      </div>
      {isUnlinking && <UnlinkDialog project={project} onClose={() => setUnlinking(false)} />}
    </section>
  );
}
