import { Alert, Button } from '@aws-amplify/ui-react';
import { Pencil } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Accepted, Sending } from '../../api/commands';
import { CommandRefused, type FieldError } from '../../api/problem';
import { useAnnouncement } from '../../ui/Announcer';
import { PageTitle } from '../../ui/PageTitle';
import { StateBadge } from '../../ui/StateBadge';
import { useToast } from '../../ui/Toasts';
import { useIsHere } from '../../ui/useIsHere';
import { useCommands } from '../commands/CommandsProvider';
import { FailureAlert } from '../commands/FailureAlert';
import { faultsOf } from '../commands/faults';
import { pendingOf } from '../commands/pending';
import { usePollingWhile } from '../commands/polling';
import { type CommandForm, useCommand } from '../commands/useCommand';
import { useSession } from '../session/SessionProvider';
import { Declarations } from './Declarations';
import type { Draft } from './draftRow';
import {
  draftingOf,
  type EditorDraft,
  type Fault,
  faultAt,
  faultOf,
  faultsIn,
  fileChanges,
  placesIn,
  revisionOf,
} from './editorDraft';
import type { SavedState } from './savedState';
import { Faults } from './Faults';
import { FilesEditor } from './FilesEditor';
import { NameFields } from './NameFields';
import { useDrafts } from './useDrafts';
import { type Editor, useEditor } from './useEditor';

interface TemplateEditorProps {
  /** What is saved now; undefined for a template that is new. */
  readonly row: Draft | undefined;
}

export function TemplateEditor({ row }: TemplateEditorProps) {
  const editor = useEditor(useSession().userId, row);
  const { draft, onChange } = editor;
  const [path, setPath] = useState(draft.files[0]?.path);
  const [isTried, setTried] = useState(false);
  const saving = useSaving(row, editor);
  const isChanged =
    revisionOf(editor.saved, draft) !== undefined || (!row && editor.draft !== editor.saved);
  useLeaveWarning(isChanged);
  const found = faultsIn(draft);
  const refused = refusalOf(saving.failure, draft);
  // Whoever begins anew is not told of all that is missing; what is wrong with a path is told at once.
  const told = isTried ? found : found.filter((fault) => fault.path !== undefined);
  const faults = [...told, ...(editor.isStale ? [] : refused.faults)];

  function save(): void {
    setTried(true);
    if (found.length === 0) void saving.save(draft);
  }

  return (
    <>
      <Header row={row} editor={editor} isChanged={isChanged}>
        {isChanged && (
          <Button
            variation="link"
            className="quiet"
            onClick={() => (saving.forget(), editor.throwAway())}
          >
            Throw changes away
          </Button>
        )}
        <Button
          onClick={save}
          isLoading={saving.sending}
          loadingText="Saving…"
          isDisabled={!isChanged}
          {...(row ? {} : { variation: 'primary' as const })}
        >
          Save draft
        </Button>
        {row && <Publish row={row} isChanged={isChanged} version={editor.version} />}
      </Header>
      {editor.isStale && <Stale onKeep={editor.keepMine} onTake={editor.throwAway} />}
      {!isOfRules(saving.failure) && (
        <FailureAlert failure={saving.failure} others={refused.others} />
      )}
      <Faults faults={faults} onOpen={setPath} />
      <NameFields draft={draft} isNew={!row} faults={faults} onChange={onChange} />
      <FilesEditor
        files={draft.files}
        faults={faults}
        path={path}
        onOpen={setPath}
        onChange={(files) => onChange({ ...draft, files })}
      />
      <Declarations draft={draft} faults={faults} onChange={onChange} />
    </>
  );
}

interface HeaderProps {
  readonly row: Draft | undefined;
  readonly editor: Editor;
  readonly isChanged: boolean;
  readonly children: React.ReactNode;
}

function Header({ row, editor: { draft, saved }, isChanged, children }: HeaderProps) {
  const changes = fileChanges(saved.files, draft.files);
  useAnnouncement(isChanged ? 'Not saved yet.' : '');
  return (
    <div className="page-header">
      <div>
        <PageTitle>
          {row ? row.name : 'New template'} <DraftState row={row} />
        </PageTitle>
        <p className="soft under-title">
          {isChanged && `Not saved yet${changes && `: ${changes}`}. `}
          {usage(row)}
        </p>
      </div>
      <div className="row">{children}</div>
    </div>
  );
}

function DraftState({ row }: Pick<HeaderProps, 'row'>) {
  if (!row) return null;
  return row.differs ? (
    <StateBadge tone="warn" icon={Pencil}>
      Draft of revision {row.revision + 1}
    </StateBadge>
  ) : (
    <StateBadge tone="ok">Revision {row.revision} is published</StateBadge>
  );
}

function usage(row: Draft | undefined): string {
  if (!row || row.revision === 0) return 'Only Admins see it until it is published.';
  return `Projects go on using revision ${row.revision} until you publish.`;
}

interface PublishProps {
  readonly row: Draft;
  readonly isChanged: boolean;
  /** What is published: the draft as this person has seen it. */
  readonly version: number;
}

/** The button is off for a reason, which stands beside it. */
function Publish({ row, isChanged, version }: PublishProps) {
  const { send } = useCommands();
  const show = useToast();
  const command = useCommand((id: string, sending) => send('publish-template', id, sending));
  const [published, setPublished] = useState(0);
  const isExpected = row.version < published;
  usePollingWhile(isExpected, useDrafts().readAgain);
  const why = isExpected
    ? 'Published; it will be here in a moment.'
    : reasonNotToPublish(row, isChanged, version);
  async function publish(): Promise<void> {
    const accepted = await command.submit(row.id);
    if (!accepted) return;
    setPublished(accepted.version);
    show({ text: `${row.name} was published.` });
  }
  return (
    <>
      <Button
        variation="primary"
        isDisabled={why !== undefined}
        isLoading={command.sending}
        loadingText="Publishing…"
        aria-describedby={why && 'publish-why'}
        onClick={() => void publish()}
      >
        Publish revision {row.differs ? row.revision + 1 : row.revision}
      </Button>
      {why && (
        <span id="publish-why" className="soft sm">
          {why}
        </span>
      )}
      <FailureAlert failure={command.failure} />
    </>
  );
}

function reasonNotToPublish(row: Draft, isChanged: boolean, version: number): string | undefined {
  if (isChanged) return 'Save the draft first.';
  if (row.version < version) return 'Saved; it will be here in a moment.';
  if (!row.differs) return 'It is published as it stands.';
  return row.files.length === 0 ? 'It has no files yet.' : undefined;
}

interface StaleProps {
  readonly onKeep: () => void;
  readonly onTake: () => void;
}

function Stale({ onKeep, onTake }: StaleProps) {
  return (
    <Alert
      variation="warning"
      role="alert"
      heading="Somebody saved this template after you began to change it"
    >
      Keep yours, and saving puts it in the place of theirs; or take theirs, and what you have
      changed is gone.
      <div className="row">
        <Button onClick={onKeep}>Keep mine</Button>
        <Button onClick={onTake}>Take theirs</Button>
      </div>
    </Alert>
  );
}

interface Saving extends Omit<CommandForm<EditorDraft>, 'submit'> {
  readonly save: (draft: EditorDraft) => Promise<void>;
}

/** Saves what stands in the editor: all of it the first time, then what differs. */
function useSaving(row: Draft | undefined, editor: Editor): Saving {
  const { draftTemplate, reviseTemplate } = useCommands();
  const navigate = useNavigate();
  const isHere = useIsHere();
  const show = useToast();
  const send = (draft: EditorDraft, sending: Sending): Promise<Accepted> => {
    const revision = row && revisionOf(editor.saved, draft);
    return revision
      ? reviseTemplate(row.id, revision, editor.version, sending)
      : draftTemplate(draftingOf(draft), sending);
  };
  const { submit, ...command } = useCommand(send);
  async function save(draft: EditorDraft): Promise<void> {
    const accepted = await submit(draft);
    if (!accepted) return;
    show({ text: `The draft of ${draft.name.trim()} was saved.` });
    if (row) editor.onSaved(accepted.version, draft);
    else {
      editor.onDrafted(accepted.aggregateId, accepted.version, draft);
      const saved = pendingOf('draft-template', draft.name.trim(), accepted, Date.now());
      const state: SavedState = { saved };
      // Who has gone elsewhere meanwhile is left there.
      if (isHere()) void navigate(`/templates/${draft.slug}/revise`, { replace: true, state });
    }
  }
  return { ...command, save };
}

interface Refusal {
  readonly faults: readonly Fault[];
  /** Those of nothing that is in the editor. */
  readonly others: readonly FieldError[];
}

/** A rule of templates that the draft breaks: it names its place. */
const isOfRules = (failure: unknown): failure is CommandRefused =>
  failure instanceof CommandRefused && failure.problem.status === 409;

function refusalOf(failure: unknown, draft: EditorDraft): Refusal {
  if (isOfRules(failure)) {
    const { type, detail, title } = failure.problem;
    return { faults: [faultOf(type, detail ?? title)], others: [] };
  }
  if (!(failure instanceof CommandRefused)) return { faults: [], others: [] };
  const { byField, others } = faultsOf(failure.problem, placesIn(draft));
  return { faults: [...byField].map(([place, message]) => faultAt(place, message, draft)), others };
}

/** The browser asks before a tab is closed with changes that are not saved. */
function useLeaveWarning(isChanged: boolean): void {
  useEffect(() => {
    if (!isChanged) return undefined;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isChanged]);
}
