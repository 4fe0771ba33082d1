import { Button, TextField } from '@aws-amplify/ui-react';
import { FilePlus, TriangleAlert, Trash2, Upload } from 'lucide-react';
import { type ChangeEvent, type Ref, useId, useRef, useState } from 'react';
import { FileTree } from '../../ui/FileTree';
import { Panel } from '../../ui/Panel';
import { useToast } from '../../ui/Toasts';
import { bytesOf, type Fault, type File, kilobytes, MAX_BYTES } from './editorDraft';
import { CopyButton } from './CopyButton';
import { Counted } from './ParametersTable';
import { added, changedAt, movedTo, readFolder, removed } from './files';

interface FilesEditorProps {
  readonly files: readonly File[];
  readonly faults: readonly Fault[];
  /** The file that is open. */
  readonly path: string | undefined;
  readonly onOpen: (path: string | undefined) => void;
  readonly onChange: (files: readonly File[]) => void;
}

export function FilesEditor({ files, faults, path, onOpen, onChange }: FilesEditorProps) {
  const file = files.find((each) => each.path === path);
  const addButton = useRef<HTMLButtonElement>(null);
  // A file that gets another path is the same one: its fields stay, with the focus.
  const [opened, setOpened] = useState({ path, key: 0 });
  if (opened.path !== path) setOpened({ path, key: opened.key + 1 });
  const move = (from: string, to: string): void => {
    setOpened({ ...opened, path: to });
    onChange(movedTo(files, from, to));
    onOpen(to);
  };
  const add = (more: readonly File[]): void => {
    onChange(added(files, more));
    onOpen(more[0]?.path);
  };
  return (
    <Panel
      title={<Counted title="Files" count={files.length} />}
      aside={
        <>
          <AddFile
            ref={addButton}
            files={files}
            onAdd={(wanted) => add([{ path: wanted, content: '' }])}
          />
          <UploadFolder onAdd={add} />
        </>
      }
      footer={`${kilobytes(bytesOf(files))} of ${kilobytes(MAX_BYTES)}`}
    >
      <div className="files">
        <FileTree
          label="Files"
          paths={files.map((each) => each.path)}
          selected={path}
          onSelect={onOpen}
          aside={(each) => <FaultMark faults={faults} path={each} />}
        />
        {file ? (
          <OneFile
            key={opened.key}
            file={file}
            files={files}
            onChange={(content) => onChange(changedAt(files, file.path, content))}
            onMove={(to) => move(file.path, to)}
            onRemove={() => {
              onChange(removed(files, file.path));
              onOpen(undefined);
              addButton.current?.focus();
            }}
          />
        ) : (
          <p className="body soft">
            {files.length > 0 ? 'Choose a file.' : 'Add a file to begin.'}
          </p>
        )}
      </div>
    </Panel>
  );
}

function FaultMark({ faults, path }: { faults: readonly Fault[]; path: string }) {
  if (!faults.some((fault) => fault.path === path)) return null;
  return <TriangleAlert className="t-bad" role="img" aria-label="Something is wrong here" />;
}

interface OneFileProps {
  readonly file: File;
  readonly files: readonly File[];
  readonly onChange: (content: string) => void;
  readonly onMove: (path: string) => void;
  readonly onRemove: () => void;
}

function OneFile({ file, files, onChange, onMove, onRemove }: OneFileProps) {
  const id = useId();
  const [path, setPath] = useState(file.path);
  const [isTried, setTried] = useState(false);
  const mistake = isTried ? pathMistake(path, file, files) : undefined;
  const move = (): void => {
    setTried(true);
    if (path !== file.path && !pathMistake(path, file, files)) onMove(path);
  };
  return (
    <div className="file-pane">
      <header className="row">
        <TextField
          label="Path"
          labelHidden
          className="code-field file-path"
          value={path}
          onChange={(event) => (setPath(event.target.value), setTried(false))}
          hasError={mistake !== undefined}
          errorMessage={mistake}
          onBlur={move}
          onKeyDown={(event) => {
            if (event.key === 'Enter') move();
          }}
          spellCheck={false}
          autoComplete="off"
        />
        <span className="push row">
          <CopyButton text={file.content} what="the file" />
          <Button
            className="square quiet"
            variation="link"
            aria-label="Remove the file"
            title="Remove the file"
            onClick={onRemove}
          >
            <Trash2 />
          </Button>
        </span>
      </header>
      <label className="hidden" htmlFor={id}>
        {file.path}
      </label>
      <textarea
        id={id}
        className="file-text"
        spellCheck={false}
        value={file.content}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}

function pathMistake(path: string, file: File, files: readonly File[]): string | undefined {
  if (path === '') return `Give the file a path. Until then it is ${file.path}.`;
  const isTaken = path !== file.path && files.some((each) => each.path === path);
  return isTaken ? 'Another file has this path.' : undefined;
}

interface AddFileProps {
  readonly ref: Ref<HTMLButtonElement>;
  readonly files: readonly File[];
  readonly onAdd: (path: string) => void;
}

/** A new file gets a path that is free; it is changed where the file is open. */
function AddFile({ ref, files, onAdd }: AddFileProps) {
  const free = (number: number): string => {
    const path = number === 1 ? 'new-file.txt' : `new-file-${number}.txt`;
    return files.some((each) => each.path === path) ? free(number + 1) : path;
  };
  return (
    <Button ref={ref} size="small" onClick={() => onAdd(free(1))}>
      <FilePlus /> Add file
    </Button>
  );
}

const leftOut = (count: number): string =>
  count === 1
    ? '1 file was left out: it is not text, or belongs to Git.'
    : `${count} files were left out: they are not text, or belong to Git.`;

function UploadFolder({ onAdd }: { onAdd: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const show = useToast();
  async function upload(event: ChangeEvent<HTMLInputElement>): Promise<void> {
    const chosen = [...(event.target.files ?? [])];
    event.target.value = '';
    const { files, skipped } = await readFolder(chosen);
    if (files.length > 0) onAdd(files);
    if (skipped > 0) show({ text: leftOut(skipped), isRefusal: true });
  }
  return (
    <>
      <Button size="small" onClick={() => input.current?.click()}>
        <Upload /> Upload folder
      </Button>
      <input
        ref={input}
        type="file"
        className="hidden"
        tabIndex={-1}
        aria-label="Upload folder"
        multiple
        // React knows no better name of it: https://developer.mozilla.org/docs/Web/API/HTMLInputElement/webkitdirectory
        {...{ webkitdirectory: '' }}
        onChange={(event) => void upload(event)}
      />
    </>
  );
}
