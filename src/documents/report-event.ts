import type { KeyActor } from '../companies/actor.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import { parseUntrustedJson } from '../formats/safe-json.js';
import type { Database, Tx } from '../store/database.js';
import { insertReport } from './event-store.js';
import { eventTypes, type EventLevel } from './event-types.js';

/** What an ERP tells of a document, or of itself. */
interface EventReport {
  LogicbrokerKey?: number;
  ReceiverId?: number;
  Level?: string;
  Category?: string;
  Summary?: string;
  Details?: string;
  /** JSON in a string. */
  AdditionalData?: string;
}

const LEVELS: readonly EventLevel[] = ['Info', 'Warning', 'Alert'];
const LONGEST = { Category: 100, Summary: 1_000, Details: 20_000, AdditionalData: 20_000 } as const;

/**
 * Writes what the ERP reports, such as an order that it could not take in, into the history of the document, or of the
 * company where none is named. Logicbroker's clients send type numbers of Logicbroker's, which mean other things here: the
 * event gets a type of its own.
 * @returns id of the event
 * @throws AppError invalid-document with field paths; not-found for a document that is not the company's
 */
export async function reportEvent(
  db: Database,
  { by, report }: { by: KeyActor; report: EventReport },
): Promise<number> {
  const { companyId } = by;
  const problems: ErrorDetail[] = [];
  const level = levelOf(report.Level, problems);
  const summary = report.Summary?.trim() ?? '';
  if (summary === '') problems.push({ field: 'Summary', message: 'is required' });
  for (const [field, most] of Object.entries(LONGEST) as [keyof typeof LONGEST, number][]) {
    if ((report[field] ?? '').length > most)
      problems.push({ field, message: `must not have more than ${most} characters` });
  }
  const additional = problems.length > 0 ? null : additionalOf(report.AdditionalData, problems);
  if (problems.length > 0) {
    throw new AppError('invalid-document', 'The event is not valid.', { details: problems });
  }
  const { id: typeId, category } = eventTypes['reported-by-erp'];
  return insertReport(db, {
    companyId,
    by,
    ...(await subjectOf(db.prisma, companyId, report)),
    typeId,
    level,
    category: report.Category?.trim() || category,
    summary,
    details: report.Details ?? null,
    additional,
  });
}

/** The document's own columns; the ERP is the sender, whoever sent the document. */
async function subjectOf(tx: Tx, companyId: number, { LogicbrokerKey: key, ReceiverId }: EventReport) {
  const senderId = companyId;
  if (key === undefined) return { senderId, receiverId: ReceiverId ?? null };
  const document = await tx.document.findFirst({ where: { key, companyId } });
  if (!document) {
    throw new AppError('not-found', 'There is no document with this LogicbrokerKey.', {
      details: [{ field: 'LogicbrokerKey', message: `${key} is not known` }],
    });
  }
  const { connectionId, type: documentType, linkKey, senderCompanyId, receiverCompanyId } = document;
  const receiverId = senderCompanyId === companyId ? receiverCompanyId : senderCompanyId;
  return { connectionId, documentKey: key, documentType, linkKey, senderId, receiverId };
}

function levelOf(text: string | undefined, problems: ErrorDetail[]): EventLevel {
  const wanted = text?.trim().toLowerCase() ?? '';
  if (wanted === '') return 'Info';
  const level = LEVELS.find((each) => each.toLowerCase() === wanted);
  if (!level) problems.push({ field: 'Level', message: `must be one of ${LEVELS.join(', ')}` });
  return level ?? 'Info';
}

function additionalOf(text: string | undefined, problems: ErrorDetail[]): unknown {
  if (text === undefined || text.trim() === '') return null;
  try {
    return parseUntrustedJson(text).plain;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    problems.push({ field: 'AdditionalData', message: 'must be JSON in a string' });
    return null;
  }
}
