import type { ErrorDetail } from '../../kernel/errors.js';
import { html, type Html, type HtmlValue } from '../html.js';

/** What somebody has typed, and what is wrong with it; names are those of the fields. */
export interface Filled {
  values: Readonly<Record<string, string>>;
  /** Message by field; those of no field are told above the form. */
  problems: readonly { field: string; message: string; next?: string | undefined }[];
}

export const nothingFilled: Filled = { values: {}, problems: [] };

/** What an error says of a form; `fieldOf` finds the field of the form that a detail is about. */
export function filledWith(
  values: Readonly<Record<string, string>>,
  error: { message: string; details: readonly ErrorDetail[] },
  fieldOf: (detail: ErrorDetail) => string = (detail) => detail.field ?? '',
): Filled {
  const details = error.details.length > 0 ? error.details : [{ message: error.message }];
  return {
    values,
    problems: details.map((detail) => ({
      field: fieldOf(detail),
      message:
        detail.message === error.message || detail.message.includes(error.message)
          ? detail.message
          : `${error.message} ${detail.message}`,
      next: detail.next,
    })),
  };
}

/**
 * The same of a body of the API, whose findings go on from the name of a member: `must be an https address`.
 * @param labels of the fields, by the member that each is
 */
export function filledFromBody(
  values: Readonly<Record<string, string>>,
  error: { message: string; details: readonly ErrorDetail[] },
  labels: Readonly<Record<string, string>>,
): Filled {
  const { details } = error;
  if (details.length === 0) return { values, problems: [{ field: '', message: error.message }] };
  return {
    values,
    problems: details.map(({ field: name = '', message, next }) => {
      const label = Object.hasOwn(labels, name) ? labels[name] : undefined;
      return label === undefined
        ? { field: '', message: `${error.message} ${message}`, next }
        : { field: name, message: `${label} ${message}${message.endsWith('.') ? '' : '.'}`, next };
    }),
  };
}

/** All problems of a form above it, each a link to its field. Empty when there is none. */
export function problemSummary({ problems }: Filled): Html | null {
  if (problems.length === 0) return null;
  return html`<div class="notice bad" role="alert" id="problems" tabindex="-1">
    <h2>There is a problem</h2>
    <ul>
      ${problems.map(
        ({ field: name, message, next }) =>
          html`<li>
            ${name ? html`<a href="#${name}">${message}</a>` : message}${next && html`<br />${next}`}
          </li>`,
      )}
    </ul>
  </div>`;
}

interface FieldOptions {
  name: string;
  label: string;
  hint?: HtmlValue;
  filled?: Filled;
  /** When nothing was typed yet. */
  value?: string;
  type?: 'text' | 'number' | 'url' | 'date' | 'datetime-local' | 'email' | 'time';
  choices?: readonly (readonly [value: string, label: string])[];
  isOptional?: boolean;
  min?: number;
  max?: number;
}

/** One field with its label, hint and, at the place, what is wrong with it. */
export function field(options: FieldOptions): Html {
  const { name, label, hint, filled = nothingFilled, value = '', choices } = options;
  const problem = filled.problems.find((each) => each.field === name);
  const shown = filled.values[name] ?? value;
  const about = [hint && `${name}-hint`, problem && `${name}-why`].filter(Boolean).join(' ');
  return html`<div class="field">
    <label for="${name}">${label}</label>
    ${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
    ${problem && html`<p class="why" id="${name}-why">${problem.message}</p>`}
    ${choices ? choiceOf(options, choices, shown, about, problem !== undefined) : inputOf(options, shown, about, problem !== undefined)}
  </div>`;
}

function inputOf(
  { name, type = 'text', isOptional, min, max }: FieldOptions,
  value: string,
  about: string,
  isWrong: boolean,
): Html {
  const range = html`${min !== undefined && html`min="${min}"`} ${max !== undefined && html`max="${max}"`}`;
  return html`<input
    type="${type}"
    id="${name}"
    name="${name}"
    value="${value}"
    maxlength="1000"
    ${range}
    ${stateOf(about, isWrong, isOptional)}
  />`;
}

function choiceOf(
  { name, isOptional }: FieldOptions,
  choices: readonly (readonly [string, string])[],
  value: string,
  about: string,
  isWrong: boolean,
): Html {
  return html`<select id="${name}" name="${name}" ${stateOf(about, isWrong, isOptional)}>
    ${choices.map(([choice, words]) =>
      choice === value
        ? html`<option value="${choice}" selected>${words}</option>`
        : html`<option value="${choice}">${words}</option>`,
    )}
  </select>`;
}

function stateOf(about: string, isWrong: boolean, isOptional: boolean | undefined): Html {
  return html`${about && html`aria-describedby="${about}"`} ${isWrong && html`aria-invalid="true"`}
  ${!isOptional && 'required'}`;
}
