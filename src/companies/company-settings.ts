import { AppError } from '../kernel/errors.js';
import type { Tx } from '../store/database.js';
import { deliveryProfilesProblem, readProfiles, type DeliveryProfile } from './delivery-profile.js';
import { isPublicKey } from './public-key.js';
import { pickupStatuses, retentionDaysRange } from './company-store.js';
import type { SettingsStanding } from './settings-standing.js';

/** What can be set for a whole company. */
export interface CompanySettings {
  pickupStatus: number;
  retentionDays: number;
  feedAlertHours: number;
  deliveryProfiles: DeliveryProfile[];
  sftpPublicKeys: string[];
}

const MOST_FEED_HOURS = 24 * 31;

/** Their part of the catalogue. */
export const companySettings = {
  pickupStatus: {
    default: 100,
    meaning:
      'Status at which new orders wait for the ERP: 100 (Submitted) or 150 (Ready to Acknowledge). Orders that there are stay where they are.',
    problem: (value: unknown): string | null =>
      typeof value === 'number' && pickupStatuses.includes(value)
        ? null
        : 'must be 100 (Submitted) or 150 (Ready to Acknowledge)',
  },
  retentionDays: {
    default: 30,
    meaning:
      'For so many days after the end of an order its buyer stays known; then it is forgotten everywhere.',
    problem: (value: unknown): string | null => {
      const { least, most } = retentionDaysRange;
      return Number.isInteger(value) && Number(value) >= least && Number(value) <= most
        ? null
        : `must be a whole number of days from ${least} to ${most}`;
    },
  },
  feedAlertHours: {
    default: 24,
    meaning: 'After so many hours without an inventory feed for a shop an alert is raised; 0: never.',
    problem: (value: unknown): string | null =>
      Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_FEED_HOURS
        ? null
        : `must be a whole number of hours from 0 to ${MOST_FEED_HOURS}`,
  },
  deliveryProfiles: {
    default: [],
    meaning:
      'Which documents go as files, by which channel and in which format; of X12 with whom: see docs/files.md. A connection may have profiles of its own.',
    problem: deliveryProfilesProblem,
  },
  sftpPublicKeys: {
    default: [],
    meaning: 'Public keys (as OpenSSH writes them) that log in to the SFTP server, beside the API keys.',
    problem: (value: unknown): string | null =>
      Array.isArray(value) && value.length <= 20 && value.every(isPublicKey)
        ? null
        : 'must be a list of at most 20 public keys such as "ssh-ed25519 AAAA..."; RSA from 2048 bits on, no DSA',
  },
};

/** What is wrong with a value, going on from the setting's name; null: nothing. */
export function companySettingProblem(key: string, value: unknown): string | null {
  if (!Object.hasOwn(companySettings, key))
    return `is not a setting of a company; known are ${Object.keys(companySettings).join(', ')}`;
  return companySettings[key as keyof CompanySettings].problem(value);
}

interface VersionedSettings {
  settings: CompanySettings;
  standing: SettingsStanding;
}

/** @throws AppError not-found */
export async function getCompanySettings(tx: Tx, companyId: number): Promise<VersionedSettings> {
  const row = await tx.company.findUnique({ where: { id: companyId } });
  if (row) return versionedOf(row);
  throw new AppError('not-found', `There is no company ${companyId}.`);
}

/** The same, locked until the transaction ends. */
export async function lockCompany(tx: Tx, companyId: number): Promise<VersionedSettings> {
  await tx.$queryRaw`SELECT id FROM companies WHERE id = ${companyId} FOR UPDATE`;
  return getCompanySettings(tx, companyId);
}

/** Writes settings of a company that the caller has locked. @param change.by in words */
export async function saveCompanySettings(
  tx: Tx,
  companyId: number,
  { settings, now, by }: { settings: CompanySettings; now: Date; by: string },
): Promise<VersionedSettings> {
  const row = await tx.company.update({
    where: { id: companyId },
    data: {
      ...settings,
      deliveryProfiles: [...settings.deliveryProfiles] as object[],
      settingsVersion: { increment: 1 },
      settingsChangedAt: now,
      settingsChangedBy: by,
    },
  });
  return versionedOf(row);
}

function versionedOf(row: {
  pickupStatus: number;
  retentionDays: number;
  feedAlertHours: number;
  deliveryProfiles: unknown;
  sftpPublicKeys: unknown;
  settingsVersion: number;
  settingsChangedAt: Date | null;
  settingsChangedBy: string | null;
}): VersionedSettings {
  return {
    settings: {
      pickupStatus: row.pickupStatus,
      retentionDays: row.retentionDays,
      feedAlertHours: row.feedAlertHours,
      deliveryProfiles: readProfiles(row.deliveryProfiles),
      sftpPublicKeys: Array.isArray(row.sftpPublicKeys) ? (row.sftpPublicKeys as string[]) : [],
    },
    standing: {
      version: row.settingsVersion,
      changedAt: row.settingsChangedAt,
      changedBy: row.settingsChangedBy,
    },
  };
}
