import { describe, expect, test } from 'vitest';
import {
  draftingOf,
  type EditorDraft,
  emptyDraft,
  faultOf,
  faultsIn,
  fileChanges,
  filesUsing,
  partsOf,
  revisionOf,
} from '../../../src/features/templates/editorDraft';
import { pathMistakes } from '../../../src/features/templates/paths';
import cases from './paths.json';

const DRAFT: EditorDraft = { ...emptyDraft, slug: 'web-api', name: 'Web API' };
const README = { path: 'README.md', content: '# <%= name %>\n' };

// tests/domain/unit/test_page_checks.py asks the domain about the same cases.
test.each(cases)('paths are taken as the API takes them: %j', ({ paths, fit }) => {
  expect(pathMistakes(paths).size === 0).toBe(fit);
});

test('of two paths that exclude each other, the later one is told of', () => {
  expect([...pathMistakes(['a/b', 'A', 'c'])]).toEqual([
    ['A', "“a” is there too, and many systems do not tell their letters' case apart."],
  ]);
});

describe('a draft', () => {
  test('can be saved when a slug and a name are given', () => {
    expect(faultsIn(DRAFT)).toEqual([]);
    expect(faultsIn(emptyDraft).map(({ field }) => field)).toEqual(['slug', 'name']);
  });

  test.each(['Web-Api', 'web_api', '-web', 'x'.repeat(65)])('has no slug %j', (slug) => {
    expect(faultsIn({ ...DRAFT, slug }).map(({ field }) => field)).toEqual(['slug']);
  });

  test.each([
    ['{}', 'Write a JSON list'],
    ['[1]', 'Each parameter is a JSON object'],
    ['[{"name": "a", "label": "A", "type": "TEXTS"}]', 'Each parameter is a JSON object'],
    ['[{"name": "a", "label": "A", "type": "CHOICE", "choices": "b"}]', 'choices are a list'],
    ['[{"name": "a", "label": "A", "type": "LIST", "default": [1]}]', 'choices are a list'],
    ['[{"name": "a", "label": "A", "type": "TEXT", "default": {}}]', 'choices are a list'],
    [
      '[{"name": "a", "label": "A", "type": "NUMBER", "default": "1"}]',
      'The default of a does not',
    ],
  ])('has no parameters %s', (parameters, message) => {
    const [fault] = faultsIn({ ...DRAFT, parameters });
    expect(fault?.field).toBe('parameters');
    expect(fault?.message).toContain(message);
  });

  test('names the file whose path cannot be', () => {
    const files = [README, { path: '.git/config', content: '' }];
    expect(faultsIn({ ...DRAFT, files })).toEqual([
      { field: 'files', path: '.git/config', message: expect.stringContaining('“.git”') as string },
    ]);
  });

  test('holds at most 64 KB', () => {
    const files = [{ path: 'a', content: 'ü'.repeat(32 * 1024) }];
    expect(faultsIn({ ...DRAFT, files })[0]?.message).toContain('at most 64 KB');
  });

  test('is sent whole', () => {
    expect(draftingOf(DRAFT)).toEqual({
      slug: 'web-api',
      name: 'Web API',
      files: [README],
      parameters: [],
      services: [],
      settings: {},
    });
  });
});

describe('a revision', () => {
  test('holds only what differs', () => {
    const files = [README, { path: 'a', content: '' }];
    expect(revisionOf(DRAFT, { ...DRAFT, files })).toEqual({ files });
    expect(revisionOf({ ...DRAFT, description: 'Old' }, DRAFT)).toEqual({ description: null });
  });

  test('is none when nothing differs but the form of the JSON', () => {
    expect(revisionOf(DRAFT, { ...DRAFT, parameters: ' [ ] ' })).toBeUndefined();
  });

  test('counts the files that differ', () => {
    const after = [
      { ...README, content: '#' },
      { path: 'b', content: '' },
    ];
    expect(fileChanges([README, { path: 'a', content: '' }], after)).toBe(
      '1 file changed, 1 added, 1 removed',
    );
    expect(fileChanges([README], [README])).toBe('');
  });
});

describe('a refusal', () => {
  test('names the file and its line', () => {
    const detail = 'api/handler.py, line 10: quoted_html is no filter. There are quoted, lower.';
    expect(faultOf('https://skafu.dev/problems/unusable-file', detail)).toEqual({
      field: 'files',
      path: 'api/handler.py',
      line: 10,
      message: 'quoted_html is no filter. There are quoted, lower.',
    });
  });

  test('names the field that it is about', () => {
    const of = (type: string) => faultOf(`https://skafu.dev/problems/${type}`, 'No.').field;
    expect([of('slug-taken'), of('parameter-in-use'), of('unusable-path')]).toEqual([
      'slug',
      'parameters',
      'files',
    ]);
  });
});

describe('a file', () => {
  test('has its tags apart from its text', () => {
    expect(partsOf('a <%= name %><% if b %>')).toEqual([
      { text: 'a ', isTag: false },
      { text: '<%= name %>', isTag: true },
      { text: '<% if b %>', isTag: true },
    ]);
  });

  test('uses a parameter only within its tags', () => {
    const files = [README, { path: 'a', content: 'name <%# name %>' }];
    expect(filesUsing('name', files)).toBe(1);
    expect(filesUsing('nam', files)).toBe(0);
  });

  test('has no uses of a name that is being typed and is none yet', () => {
    expect(filesUsing('name(', [README])).toBe(0);
  });
});
