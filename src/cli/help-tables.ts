import { troubleshooting } from '../compose/troubleshooting.js';
import { markdownTable } from './marked-tables.js';

/** The generated parts of docs/troubleshooting.md. */
export function helpTables(): Record<string, string> {
  const { questions, gates, errors, codes } = troubleshooting();
  const rules = new Map(
    gates.flatMap(({ name, entries }) =>
      entries.map(({ question, rule }) => [`${question} ${name}`, rule] as const),
    ),
  );
  return {
    questions: questions
      .map(({ question, gates: names }) =>
        [
          `### ${question}`,
          markdownTable(
            ['Gate', 'Rule'],
            names.map((name) => [`[\`${name}\`](#${name})`, rules.get(`${question} ${name}`) ?? '']),
          ),
        ].join('\n\n'),
      )
      .join('\n\n'),
    gates: gates
      .map(({ name, entries }) =>
        [
          `### ${name}`,
          ...entries.map(
            ({ question, rule, cause, next }) =>
              `**${question}.** ${rule}\n\n- Cause: ${cause}\n- Next step: ${next}`,
          ),
        ].join('\n\n'),
      )
      .join('\n\n'),
    'error-help': markdownTable(
      ['`Reason`', 'HTTP status', 'Cause', 'Next step'],
      errors.map(({ name, status, cause, next }) => [`\`${name}\``, String(status), cause, next]),
    ),
    'tiktok-codes': markdownTable(
      ['Codes', 'Meaning', 'The service', 'Next step'],
      codes.map(({ codes: list, cause, reaction, next }) => [
        list.join(' ') || 'any other',
        cause,
        reaction,
        next,
      ]),
    ),
  };
}
