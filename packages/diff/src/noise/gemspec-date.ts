import { latin1 } from '../formats/text.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'gemspec-date';
const RUBY_DATE = /^ {2}s\.date = "\d{4}-\d{2}-\d{2}"(?:\.freeze)?\n/m;
const YAML_DATE = /^date: (?:\d{4}-\d{2}-\d{2}) 00:00:00\.0+ Z\n/m;

/** The day in the specification of an installed or packed gem. */
export const gemspecDate: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'A gem built during the image build has the day of the build in its specification, where it is shown to people and decides nothing.',
  example: '`s.date = "2026-11-21"` on another day; hidden. Another version, dependency or file list is not.',
  default: true,
  matches: ({ path }) => /(?:^|\/)specifications\/(?:.+\/)?[^/]+\.gemspec$/.test(path) || path === 'metadata',
  normalize: (content, { path }) => {
    const text = latin1(content);
    if (path !== 'metadata') return normalForm(NAME, new FieldHash().add(NAME, text.replace(RUBY_DATE, '')));
    if (!text.startsWith('--- !ruby/object:Gem::Specification\n')) return undefined;
    return normalForm(NAME, new FieldHash().add(NAME, text.replace(YAML_DATE, '')));
  },
};
