import type { Rule } from './rule.js';

const KINDS = [
  [
    'content',
    'Inside of a file',
    'These give a file another form without its noise, wherever the file came from. A file that is not what it looks like is compared byte by byte.',
  ],
  [
    'tree',
    'Whole paths',
    'These leave out what a RUN, or a tool that alone writes there, left behind. What a Dockerfile copies always counts, and so does what a RUN brings that does nothing but copy, fetch, unpack and write words of its own, and what can be run.',
  ],
] as const;

/** The page of all rules, made from what each says of itself. */
export function rulesMarkdown(rules: readonly Rule[], version: string): string {
  const sections = KINDS.map(([kind, title, text]) => {
    const rows = rules
      .filter((rule) => rule.kind === kind)
      .map(rowOf)
      .sort();
    return `## ${title}\n\n${text}\n\n| rule | why it is noise | example |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  const intro = `What is not counted as a change of an image, under the profile \`content\`; version ${version} of the rules. A rule is turned off by its name.`;
  return `# Rules for build noise\n\n${intro}\n\n${sections.join('\n')}`;
}

function rowOf({ name, reason, example, default: isOn }: Rule): string {
  const cells = [`\`${name}\`${isOn ? '' : ' (off)'}`, reason, example];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
