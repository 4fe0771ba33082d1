import type { Author } from './words';

export function Avatar({ author }: { author: Author }) {
  return (
    <i className={`avatar ${author.isMachine ? 'm' : ''}`} title={author.name} aria-hidden="true">
      {author.letter}
    </i>
  );
}
