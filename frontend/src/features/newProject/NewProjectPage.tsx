import { useState } from 'react';
import { Outlet, useLocation, useNavigate, useParams } from 'react-router';
import type { CreateProject } from '../../api/commands';
import { CommandRefused, type Problem } from '../../api/problem';
import { tabStore } from '../../browserStore';
import { Breadcrumb } from '../../ui/Breadcrumb';
import { PageTitle } from '../../ui/PageTitle';
import { useIsHere } from '../../ui/useIsHere';
import { useTitle } from '../../ui/useTitle';
import { useCommands } from '../commands/CommandsProvider';
import { type Faults, faultsOf } from '../commands/faults';
import { usePending } from '../commands/PendingProvider';
import { useCommand } from '../commands/useCommand';
import { ReadOnlyNote } from '../session/ReadOnlyNote';
import { mayCommand } from '../session/session';
import { useSession } from '../session/SessionProvider';
import { named, useTemplates } from '../templates/useTemplates';
import { chosenOf } from './chosen';
import type { NewProjectContext } from './context';
import { commandOf, forget, keep, type NewProject, restore, WITHOUT_TEMPLATE } from './draft';
import { fieldNames } from './fieldNames';
import { Wizard } from './Wizard';

/** Three pages around one draft, which the browser keeps until the project was created. */
export function NewProjectPage() {
  useTitle('New project');
  const session = useSession();
  const { slug } = useParams();
  const isReview = useLocation().pathname.endsWith('/review');
  return (
    <>
      <header>
        <Breadcrumb places={[{ to: '/projects', label: 'Projects' }]} here="New project" />
        <PageTitle>New project</PageTitle>
        {mayCommand(session) && <Wizard at={slug === undefined ? 1 : isReview ? 3 : 2} />}
      </header>
      {mayCommand(session) ? <Creation userId={session.userId} /> : <ReadOnlyNote />}
    </>
  );
}

function Creation({ userId }: { userId: string }) {
  const [draft, setDraft] = useState(() => restore(tabStore, userId));
  const [faults, setFaults] = useState<Faults>();
  const templates = useTemplates();
  const { createProject } = useCommands();
  const isHere = useIsHere();
  const { expect } = usePending();
  const navigate = useNavigate();

  /** What is wrong with a field is told there. */
  function tell(problem: Problem, slug = WITHOUT_TEMPLATE): void {
    const chosen = chosenOf(named(templates.templates, slug));
    const found = faultsOf(problem, fieldNames(draft, chosen));
    setFaults(found);
    if (found.byField.size > 0 && isHere())
      void navigate(`/projects/new/${slug}`, { state: { keepsFocus: true } });
  }

  const command = useCommand(async (data: CreateProject, sending) => {
    try {
      return await createProject(data, sending);
    } catch (failure) {
      if (failure instanceof CommandRefused) tell(failure.problem, data.templateId ?? undefined);
      throw failure;
    }
  });

  function change(changed: NewProject): void {
    setDraft(changed);
    setFaults(undefined);
    command.forget();
    keep(tabStore, userId, changed);
  }

  async function create(slug: string): Promise<void> {
    const chosen = chosenOf(named(templates.templates, slug));
    const data = commandOf(draft, chosen);
    const accepted = await command.submit(data);
    if (!accepted) return;
    forget(tabStore, userId);
    expect('create-project', data.name, accepted);
    // Who has gone elsewhere meanwhile is left there.
    if (!isHere()) return;
    const place = chosen ? '/provisioning' : '';
    void navigate(`/projects/${accepted.aggregateId}${place}`, {
      replace: true,
      state: { takesFocus: true },
    });
  }

  const context: NewProjectContext = {
    draft,
    onChange: change,
    templates,
    command,
    faults,
    onCreate: (slug) => void create(slug),
  };
  return <Outlet context={context} />;
}
