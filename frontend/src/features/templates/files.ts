import type { File } from './editorDraft';

/** The files with these in the place of those of the same paths. */
export function added(files: readonly File[], more: readonly File[]): readonly File[] {
  const paths = new Set(more.map(({ path }) => path));
  return [...files.filter(({ path }) => !paths.has(path)), ...more];
}

export const changedAt = (files: readonly File[], path: string, content: string): File[] =>
  files.map((file) => (file.path === path ? { path, content } : file));

export const movedTo = (files: readonly File[], from: string, to: string): File[] =>
  files.map((file) => (file.path === from ? { ...file, path: to } : file));

export const removed = (files: readonly File[], path: string): File[] =>
  files.filter((file) => file.path !== path);

/** A file that somebody has chosen on their disk. */
export interface Chosen {
  readonly name: string;
  /** Within the folder, its own name first; empty for a single file. */
  readonly webkitRelativePath: string;
  readonly arrayBuffer: () => Promise<ArrayBuffer>;
}

export interface Folder {
  readonly files: readonly File[];
  /** Those that are no text, or that belong to Git. */
  readonly skipped: number;
}

export async function readFolder(chosen: readonly Chosen[]): Promise<Folder> {
  const read = await Promise.all(chosen.map(readText));
  const files = read.filter((file) => file !== undefined);
  return { files, skipped: chosen.length - files.length };
}

async function readText(file: Chosen): Promise<File | undefined> {
  const path = file.webkitRelativePath.split('/').slice(1).join('/') || file.name;
  if (path.split('/').includes('.git')) return undefined;
  try {
    const content = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    return content.includes('\0') ? undefined : { path, content };
  } catch {
    return undefined;
  }
}
