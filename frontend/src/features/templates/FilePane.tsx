import { plain, plainLines } from '../../ui/plain';
import { CopyButton } from './CopyButton';
import { type File, partsOf } from './editorDraft';

/** A file as it is, with numbered lines and the tags of the template marked. */
export function FilePane({ file }: { file: File }) {
  const lines = plainLines(file.content).replace(/\n$/, '').split('\n');
  return (
    <div className="file-pane">
      <header className="row">
        <code>{plain(file.path)}</code>
        <span className="push">
          <CopyButton text={file.content} what="the file" />
        </span>
      </header>
      <pre className="code" tabIndex={0} aria-label={file.path}>
        {lines.map((line, index) => (
          <span key={index}>
            <span className="n" aria-hidden="true">
              {index + 1}
            </span>
            {partsOf(line).map(({ text, isTag }, part) =>
              isTag ? (
                <span key={part} className="p">
                  {text}
                </span>
              ) : (
                text
              ),
            )}
            {'\n'}
          </span>
        ))}
      </pre>
    </div>
  );
}
