import { describe, expect, it } from 'vitest';
import { defaultRules, RULES_VERSION, selectRules } from './index.js';
import { rulesMarkdown } from './rules-markdown.js';

describe('the page of rules', () => {
  it('is what the rules say of themselves (`npx vitest run --project diff rules-markdown -u` writes it anew)', async () => {
    const page = rulesMarkdown(
      selectRules(() => true),
      RULES_VERSION,
    );
    await expect(page).toMatchFileSnapshot('../../../../docs/rules.md');
  });
});

describe('the built-in rules', () => {
  it('each have a name of their own, a reason and an example', () => {
    const names = defaultRules.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, reason, example } of defaultRules) {
      expect(name).toMatch(/^[a-z][a-z0-9-]+$/);
      expect(reason).toMatch(/\.$/);
      expect(example).toMatch(/(?:hidden|hides).* not\.$/);
    }
  });

  it('apply inside of archives only if they are on', () => {
    const names = (rules: ReturnType<typeof selectRules>) => rules.map(({ name }) => name);
    expect(names(selectRules(({ name }) => name === 'zip-entries'))).toEqual(['zip-entries']);
  });
});
