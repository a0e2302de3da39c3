import { audit } from '../audit/audit.js';
import { actorWords, type Actor } from '../companies/actor.js';
import {
  companySettingProblem,
  companySettings,
  lockCompany,
  saveCompanySettings,
  type CompanySettings,
} from '../companies/company-settings.js';
import { allow } from '../companies/permissions.js';
import { checkVersion, clashesOf, type SettingsStanding } from '../companies/settings-standing.js';
import { allSettings } from '../config/config.js';
import { settingsCatalogue } from '../connections/settings.js';
import { recordEvents } from '../documents/document-store.js';
import { AppError } from '../kernel/errors.js';
import type { Clock } from '../kernel/time.js';
import type { Database } from '../store/database.js';

/** One entry of the catalogue of everything that can be set. */
interface CatalogueEntry {
  /** Who it holds for. `installation`: set by an environment variable, for a start. */
  scope: 'installation' | 'company' | 'connection';
  name: string;
  default: unknown;
  meaning: string;
}

/** The one catalogue of settings, widest scope first. Defaults of secrets are left out. */
export function catalogueOfSettings(): CatalogueEntry[] {
  return [
    ...allSettings().map(({ env, default: value, defaultText, meaning }): CatalogueEntry => {
      const plain = ['string', 'number', 'boolean'].includes(typeof value) ? value : null;
      return { scope: 'installation', name: env, default: defaultText ?? plain, meaning };
    }),
    ...Object.entries(companySettings).map(([name, { default: value, meaning }]): CatalogueEntry => ({
      scope: 'company',
      name,
      default: value,
      meaning,
    })),
    ...Object.entries(settingsCatalogue).map(([name, { default: value, meaning }]): CatalogueEntry => ({
      scope: 'connection',
      name,
      default: value,
      meaning,
    })),
  ];
}

/**
 * Changes settings of a company. What is left out stays.
 * @param wanted.version that the caller has read; left out: it writes over whatever there is
 * @throws AppError not-found; invalid-request naming every bad value; conflict with both values
 */
export async function changeCompanySettings(
  { db, clock }: { db: Database; clock: Clock },
  wanted: { companyId: number; settings: Record<string, unknown>; version?: number | undefined; by: Actor },
): Promise<{ settings: CompanySettings; standing: SettingsStanding }> {
  const { companyId, settings, version, by } = wanted;
  allow(by, 'settings', companyId);
  const details = Object.entries(settings).flatMap(([field, value]) => {
    const problem = companySettingProblem(field, value);
    return problem === null ? [] : [{ field, message: `${field} ${problem}` }];
  });
  if (details.length > 0) throw new AppError('invalid-request', 'Some settings are not valid.', { details });
  return db.transaction(async (tx) => {
    const present = await lockCompany(tx, companyId);
    const clashes = clashesOf(settings, { ...present.settings });
    checkVersion(version, present.standing, clashes);
    if (clashes.length === 0) return present;
    const saved = await saveCompanySettings(tx, companyId, {
      settings: { ...present.settings, ...settings },
      now: clock.now(),
      by: actorWords(by),
    });
    const names = clashes.map(({ key }) => key).join(', ');
    const summary = `Settings of the company were changed: ${names}.`;
    await recordEvents(tx, by, [{ companyId, event: 'company-changed', summary }]);
    await audit(tx, by, [
      {
        action: 'settings.changed',
        subject: `settings of company ${companyId}`,
        companyId,
        before: Object.fromEntries(clashes.map(({ key, present: value }) => [key, value])),
        after: Object.fromEntries(clashes.map(({ key, wanted: value }) => [key, value])),
      },
    ]);
    return saved;
  });
}
