import { html, type Html } from '../html.js';
import { field, type Filled } from './field.js';

/** The end of a form that takes a file: to try it first or to apply it, and the file. @param hints what a dry run says, and what files are read */
export function uploadFields(filled: Filled, hints: { dryRun: string; file: string }): Html {
  return html`${field({
      name: 'how',
      label: 'What to do',
      hint: hints.dryRun,
      filled,
      value: 'try',
      choices: [
        ['try', 'Try it first (dry run)'],
        ['apply', 'Apply it'],
      ],
    })}
    <div class="field">
      <label for="file">File</label>
      <p class="hint" id="file-hint">${hints.file}</p>
      <input type="file" id="file" name="file" aria-describedby="file-hint" required />
    </div>
    <button>Upload</button>`;
}
