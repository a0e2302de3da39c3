import { settingsCatalogue, type ConnectionSettings } from '../connections/settings.js';

/** Settings that are one number, a yes or no, or one of a few words need no form of their own. */
type PlainSetting = {
  [Key in keyof ConnectionSettings]: ConnectionSettings[Key] extends boolean | number | string ? Key : never;
}[keyof ConnectionSettings];

const OWN_FIELD = 'remorseMinutes';

const plainSettings = Object.entries(settingsCatalogue)
  .filter(
    ([key, { default: value, choices }]) =>
      (choices !== undefined || ['boolean', 'number'].includes(typeof value)) && key !== OWN_FIELD,
  )
  .map(([key]) => key as PlainSetting);

/** From a posted form, where a box that is not ticked does not appear. The catalogue judges the values. */
export function readPlainSettings(form: (name: string) => string): Record<string, unknown> {
  const entries = plainSettings.flatMap((key): [string, unknown][] => {
    if (typeof settingsCatalogue[key].default === 'boolean') return [[key, form(key) === 'yes']];
    const text = form(key);
    if (text === '') return [];
    if (settingsCatalogue[key].choices) return [[key, text]];
    return [[key, /^-?\d+$/.test(text) ? Number(text) : text]];
  });
  return Object.fromEntries(entries);
}
