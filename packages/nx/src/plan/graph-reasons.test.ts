import { expect, test } from 'vitest';
import { graphReasons, type InputFacts } from './graph-reasons.js';

const facts: InputFacts = {
  commit: '3f2a9c1',
  changedFiles: ['app/Dockerfile', 'libs/domain/src/claim.ts'],
  projects: [
    { name: 'app', root: 'app' },
    { name: 'domain', root: 'libs/domain' },
  ],
  basesBefore: { 'debian:12': 'sha256:aa' },
  bases: { 'debian:12': 'sha256:aa' },
};
const texts = (parts: Partial<InputFacts>) => graphReasons({ ...facts, ...parts }).map(({ text }) => text);

test('names the files that changed, under the project that they belong to', () => {
  expect(texts({})).toEqual([
    'Changed in app since 3f2a9c1: app/Dockerfile.',
    'Changed in domain since 3f2a9c1: libs/domain/src/claim.ts.',
  ]);
});

test('names a few of many', () => {
  const changedFiles = ['app/1', 'app/2', 'app/3', 'app/4', 'app/5'];
  expect(texts({ changedFiles })).toEqual(['Changed in app since 3f2a9c1: app/1, app/2, app/3 and 2 more.']);
});

test('names a few of tens of thousands, as a release of long ago has them', { timeout: 10_000 }, () => {
  const changedFiles = Array.from({ length: 60_000 }, (_, at) => `app/${at}`);
  expect(texts({ changedFiles })).toEqual(['Changed in app since 3f2a9c1: app/0, app/1, app/2 and 59997 more.']);
});

test('names a base that moved, with both digests', () => {
  expect(texts({ changedFiles: [], bases: { 'debian:12': 'sha256:bb' } })).toEqual([
    'The base image debian:12 moved: sha256:aa -> sha256:bb.',
  ]);
});

test('says nothing of what is not known', () => {
  expect(texts({ changedFiles: undefined, basesBefore: undefined })).toEqual([]);
  expect(texts({ changedFiles: [], bases: { 'debian:12': 'unknown' } })).toEqual([]);
});
