import { codecs } from '../codecs/codecs.js';
import type { FileKind } from '../codecs/document-shape.js';
import { writeSet, writeX12File, type X12Kind } from '../codecs/x12/x12-documents.js';
import type { DeliveryProfile } from '../companies/delivery-profile.js';
import { parseJson } from '../formats/json.js';
import type { X12Body, X12Controls } from '../formats/x12-writer.js';
import { AppError } from '../kernel/errors.js';
import { object } from '../logicbroker/json-reading.js';
import { isX12, partnerOf } from './profiles.js';

/** A document to write, with what names its file. */
export interface WantedFile {
  key: number;
  version: number;
  kind: FileKind;
  partnerPo: string | null;
  reference: string;
  body: string;
}

/** GS01 by the set. */
const GROUPS: Readonly<Record<string, string>> = { '850': 'PO', '855': 'PR', '860': 'PC', '180': 'AN' };

const X12_KINDS: Readonly<Partial<Record<FileKind, X12Kind>>> = {
  order: 'order',
  return: 'return',
  acknowledgement: 'cancellation',
};

/** The transaction set of a document, before any number is taken for it. @throws AppError where it cannot be written for this partner */
export function setOf(
  profile: DeliveryProfile,
  { kind, body }: WantedFile,
): { set: X12Body; groupId: string } {
  const x12Kind = X12_KINDS[kind];
  if (!isX12(profile) || !x12Kind)
    throw new AppError('rule-violated', `${kind} documents do not go out as X12.`, {
      details: [{ message: 'only orders, cancellations and returns do', next: 'Ask for JSON, XML or CSV' }],
    });
  const { body: set } = writeSet(x12Kind, object(parseJson(body)), partnerOf(profile));
  return { set, groupId: GROUPS[set.id] ?? '' };
}

export function x12Bytes(
  profile: DeliveryProfile,
  sets: readonly X12Body[],
  controls: X12Controls,
  time: Date,
): Buffer {
  if (!isX12(profile)) throw new Error(`The profile ${profile.name} has no X12`);
  return writeX12File(sets, partnerOf(profile), controls, time);
}

/** A document in a format that stands by itself. */
export function fileBytes({ format }: DeliveryProfile, { kind, body }: WantedFile): Buffer {
  if (format === 'x12') throw new Error('X12 needs control numbers');
  return codecs[format].write(kind, [body]);
}

const EXTENSIONS: Readonly<Record<DeliveryProfile['format'], string>> = {
  json: 'json',
  csv: 'csv',
  xml: 'xml',
  xlsx: 'xlsx',
  x12: 'edi',
};

/** A name that stays a plain one whatever stands in the document. */
export function nameOfFile(
  { fileName, format }: Pick<DeliveryProfile, 'fileName' | 'format'>,
  { key, version, kind, partnerPo, reference }: WantedFile,
): string {
  const pattern = fileName ?? `{kind}_{po}_{key}_{version}.${EXTENSIONS[format]}`;
  const parts: Record<string, string> = {
    kind,
    key: String(key),
    version: String(version),
    po: partnerPo ?? reference,
    number: reference,
  };
  return pattern.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    (parts[name] ?? '').replaceAll(/[^\w.-]/g, '_').slice(0, 60),
  );
}
