import type { RuleSet } from '../compare/policy.js';
import type { Rule, TreeRule } from '../noise/rule.js';

/** A tree rule by its judgement alone. */
export const treeRule = (name: string, judge: TreeRule['judge']): TreeRule => ({
  kind: 'tree',
  name,
  reason: `Reason of ${name}.`,
  example: '',
  default: true,
  judge,
});

/** Drops everything at or below a path that a RUN left. */
export const droppedBelow = (name: string, folder: string): TreeRule =>
  treeRule(name, ({ path, layer }) =>
    layer.origin === 'run' && (path === folder || path.startsWith(`${folder}/`)) ? 'drop' : 'keep',
  );

export const ruleSetOf = (rules: readonly Rule[], version = '1'): RuleSet => ({
  version,
  select: (isOn) => rules.filter(isOn),
});
