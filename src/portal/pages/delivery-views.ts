import type { DeliveryProfile } from '../../companies/delivery-profile.js';
import type { Delivery } from '../../deliveries/delivery.js';
import { documentTypes } from '../../logicbroker/document-types.js';
import { html, type Html } from '../html.js';
import { documentHref } from '../kind-paths.js';
import { card, facts } from '../parts/card.js';
import { chip, type Look } from '../parts/chip.js';
import { dataTable } from '../parts/data-table.js';
import { moment, showTime } from '../parts/times.js';
import type { Reach } from '../reach.js';
import { shopName } from '../reports/needs-report.js';

export const deliveryStates: Readonly<Record<string, readonly [Look, string]>> = {
  waiting: ['info', 'to be picked up'],
  acknowledged: ['good', 'picked up'],
  sent: ['hold', 'waits for its 997'],
  rejected: ['bad', 'rejected'],
  failed: ['bad', 'cannot be written'],
  superseded: ['idle', 'replaced'],
};

export function deliveryChip(state: string): Html {
  return chip(...(deliveryStates[state] ?? (['idle', state] as const)));
}

export const channelWords: Record<string, string> = {
  http: 'fetched by the API',
  sftp: 'picked up by SFTP',
  'sftp-client': 'put on your SFTP server',
};

export function deliveryTable(rows: readonly Delivery[], reach: Reach, now: Date): Html {
  return card({
    id: 'list',
    title: 'Files for the ERP',
    isFull: true,
    body: dataTable({
      caption: 'Files for the ERP',
      rows,
      empty: 'No file was made. A delivery profile says which documents go as files.',
      columns: [
        {
          title: 'File',
          cell: ({ id, fileName }) =>
            html`<a href="/deliveries/${String(id)}">${fileName}</a
              ><span class="sub">delivery ${String(id)}</span>`,
        },
        {
          title: 'Profile',
          cell: ({ profile, channel }) =>
            html`${profile}<span class="sub">${channelWords[channel] ?? channel}</span>`,
        },
        { title: 'What', cell: ({ kind, format }) => `${kind}, ${format}` },
        {
          title: 'Shop',
          cell: ({ connectionId }) =>
            connectionId !== null && shopName(reach.connections.find(({ id }) => id === connectionId)),
        },
        {
          title: 'State',
          cell: ({ state, lastError }) =>
            html`${deliveryChip(state)}${lastError && html`<span class="sub">${lastError}</span>`}`,
        },
        {
          title: 'Attempts',
          isNumber: true,
          cell: ({ attempts, nextAt, state }) =>
            html`${attempts}${state === 'failed' && nextAt && html`<span class="sub">next ${moment(nextAt, now)}</span>`}`,
        },
        { title: 'Made', cell: ({ createdAt }) => moment(createdAt, now) },
        { title: 'Picked up', cell: ({ sentAt }) => sentAt && moment(sentAt, now) },
      ],
    }),
  });
}

export function deliveryFacts(delivery: Delivery, reach: Reach, now: Date): Html {
  const { kind, documentKey, documentVersion, connectionId, state, nextAt, sha256 } = delivery;
  const type = documentTypes.find((each) => each === kind);
  const shop = reach.connections.find(({ id }) => id === connectionId);
  return card({
    id: 'facts',
    title: 'Facts',
    body: facts([
      ['Profile', delivery.profile],
      ['Channel', channelWords[delivery.channel] ?? delivery.channel],
      ['Format', delivery.format],
      [
        'Document',
        type && documentKey !== null
          ? html`<a href="${documentHref(type, documentKey)}">${kind} ${documentKey}</a>, version
              ${documentVersion}`
          : kind,
      ],
      ['Shop', shop && html`<a href="/connections/${shop.id}">${shopName(shop)}</a>`],
      ['Bytes', delivery.bytes],
      ['SHA-256', sha256 && html`<code>${sha256}</code>`],
      ['Interchange', delivery.interchangeControl],
      ['Group', delivery.groupControl],
      ['Partner', delivery.partner],
      ['Made', showTime(delivery.createdAt)],
      ['Attempts', delivery.attempts],
      ['Fails since', delivery.failingSince && showTime(delivery.failingSince)],
      [state === 'sent' ? '997 expected until' : 'Next attempt', nextAt && moment(nextAt, now)],
      ['Picked up', delivery.sentAt && showTime(delivery.sentAt)],
      ['Answered', delivery.answeredAt && showTime(delivery.answeredAt)],
    ]),
  });
}

export interface ProfileRow {
  profile: DeliveryProfile;
  companyId: number;
  /** Null: it holds for all shops of the company. */
  connectionId: number | null;
}

export function profileTable(
  rows: readonly ProfileRow[],
  reach: Reach,
  removeForm: (row: ProfileRow) => Html | false,
): Html {
  return card({
    id: 'profiles',
    title: 'Delivery profiles',
    isFull: true,
    body: dataTable({
      caption: 'Delivery profiles',
      rows,
      empty: 'No document goes as a file: the ERP asks the API.',
      columns: [
        {
          title: 'Profile',
          cell: ({ profile: { name } }) => html`<a href="/deliveries?profile=${name}">${name}</a>`,
        },
        {
          title: 'Of',
          cell: ({ companyId, connectionId }) =>
            connectionId === null
              ? `${reach.companies.find(({ id }) => id === companyId)?.name ?? ''}, all shops`
              : shopName(reach.connections.find(({ id }) => id === connectionId)),
        },
        { title: 'Channel', cell: ({ profile: { channel } }) => channelWords[channel] },
        {
          title: 'Format',
          cell: ({ profile: { format, x12 } }) =>
            html`${format}${x12 && html`<span class="sub">${x12.ours.qualifier}:${x12.ours.id} with ${x12.theirs.qualifier}:${x12.theirs.id}</span>`}`,
        },
        { title: 'Documents', cell: ({ profile: { documents } }) => documents.join(', ') },
        {
          title: 'File name',
          cell: ({ profile: { fileName } }) => fileName && html`<code>${fileName}</code>`,
        },
        { title: 'Action', isQuiet: true, cell: (row) => removeForm(row) },
      ],
    }),
  });
}
