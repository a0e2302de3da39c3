import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { X12Interchange } from '../../../src/formats/x12.js';
import type { X12Envelope } from '../../../src/formats/x12-writer.js';
import { usualCodes, type X12Codes, type X12Partner } from '../../../src/codecs/x12/partner.js';
import { readGroup, readX12File, type ReadGroup } from '../../../src/codecs/x12/x12-documents.js';
import { repository } from '../../structure/source-files.js';

export const TIME = new Date('2026-11-23T10:05:00Z');
export const CONTROLS = { interchange: 41, group: 7 };

export function partnerWith(envelope: Partial<X12Envelope> = {}, codes: Partial<X12Codes> = {}): X12Partner {
  return {
    envelope: {
      sender: { qualifier: 'ZZ', id: 'TIKTOKSHOP' },
      receiver: { qualifier: '01', id: '000123456' },
      separators: { element: '*', component: '>', repetition: null, terminator: '~' },
      characterSet: 'extended',
      version: '004010',
      isTest: true,
      wantsTa1: false,
      ...envelope,
    },
    codes: { ...usualCodes, ...codes },
  };
}

export function sampleFile(name: string): Buffer {
  return readFileSync(join(repository, 'test/fixtures/x12', `${name}.edi`));
}

/** A set of a partner's as a file: `body` without ST and SE, a segment a line. */
export function fileOf(group: string, set: string, body: string, version = '004010'): string {
  return fileWith(group, [{ set, body }], version);
}

export function fileWith(group: string, sets: { set: string; body: string }[], version = '004010'): string {
  const isa = `ISA*00*          *00*          *01*000123456      *ZZ*TIKTOKSHOP     *261123*1005*U*${version.slice(0, 5)}*000000091*0*T*>`;
  const written = sets.flatMap(({ set, body }, index) => {
    const lines = body.trim().split(/\s*\n\s*/);
    const control = String(index + 1).padStart(4, '0');
    return [`ST*${set}*${control}`, ...lines, `SE*${lines.length + 2}*${control}`];
  });
  const all = [
    isa,
    `GS*${group}*000123456*TIKTOKSHOP*20261123*1005*83*X*${version}`,
    ...written,
    `GE*${sets.length}*83`,
    'IEA*1*000000091',
  ];
  return all.map((segment) => `${segment}~`).join('\n');
}

export function readOnly(file: string | Buffer, codes: Partial<X12Codes> = {}): ReadGroup {
  const [interchange, ...more] = readX12File(Buffer.from(file)) as [X12Interchange, ...X12Interchange[]];
  const [group] = interchange.groups;
  if (more.length > 0 || !group || interchange.groups.length > 1) throw new Error('one group was expected');
  return readGroup(group, interchange.head.control, { ...usualCodes, ...codes });
}

/** A 997 without what every one has, a segment a line. */
export function replyText(read: ReadGroup): string[] {
  return (read.reply?.lines ?? []).map((line) =>
    line
      .map((cell) => cell ?? '')
      .join('*')
      .replace(/\*+$/, ''),
  );
}
