import { reasonsOf } from '../acknowledgements/cancel-reasons.js';
import { priceLimits } from '../catalogue/price-limits.js';
import { apiOpenApi } from '../compose/api-routes.js';
import { settingsMarkdown } from '../config/config.js';
import { settingsCatalogue } from '../connections/settings.js';
import { eventTypes } from '../documents/event-types.js';
import { errorCatalogue } from '../kernel/errors.js';
import { leftOut, leftOutAreas } from '../logicbroker/left-out.js';
import { documentTypeNames, documentTypes } from '../logicbroker/document-types.js';
import { standingOf } from '../logicbroker/own-operations.js';
import { statuses } from '../logicbroker/statuses.js';
import { personalCopies } from '../retention/personal-copies.js';
import { knownMarkets, marketLimitsOf } from '../products/specification/market-limits.js';
import { carrierAliases } from '../shipments/carrier-aliases.js';
import { productFlows } from '../compose/product-flows.js';
import { createMetrics } from '../telemetry/metrics.js';
import { markdownTable } from './marked-tables.js';
import { helpTables } from './help-tables.js';
import { commands } from './run-cli.js';

/** Every table that pages of the repository take from the program, by the name in its marker. */
export async function generatedTables(): Promise<Record<string, string>> {
  return {
    additions: await additionsTable(),
    'carrier-codes': markdownTable(
      ['TikTok’s carrier', 'Codes and names that mean it'],
      carrierAliases.map(({ names, codes }) => [names.join(', '), codes.join(', ')]),
    ),
    commands: markdownTable(
      ['Command', 'What it does'],
      commands.map(({ name, usage, summary }) => [code(`${name} ${usage}`.trim()), summary]),
    ),
    'connection-settings': markdownTable(
      ['Setting', 'Default', 'Meaning'],
      Object.entries(settingsCatalogue).map(([key, setting]) => [
        code(key),
        code(JSON.stringify(setting.default)),
        setting.meaning,
      ]),
    ),
    'cancel-reasons': cancelReasons(),
    'error-codes': markdownTable(
      ['`Reason`', 'HTTP status', 'Repeat the same call?'],
      Object.entries(errorCatalogue).map(([name, { status, retry }]) => [
        code(name),
        String(status),
        retry === 'later' ? 'later' : 'no: something has to change first',
      ]),
    ),
    'market-limits': marketLimits(),
    'event-types': markdownTable(
      ['TypeId', 'Event', 'Level', 'Topic'],
      Object.entries(eventTypes)
        .toSorted(([, a], [, b]) => a.id - b.id)
        .map(([name, { id, level, topic }]) => [String(id), code(name), level, code(topic)]),
    ),
    'personal-copies': markdownTable(
      ['Where', 'What may stand there', 'Goes'],
      personalCopies.map(({ column, holds, goes }) => [
        code(column),
        holds,
        goes === 'order' ? 'with its order' : 'by its age',
      ]),
    ),
    flows: markdownTable(
      ['Flow', 'Schedule', 'What it does'],
      [...productFlows.values()].map(({ name, schedule, description }) => [
        code(name),
        code(schedule),
        description,
      ]),
    ),
    ...helpTables(),
    'left-out': leftOutTable(),
    metrics: await metricsTable(),
    'price-limits': markdownTable(
      ['Region', 'Currency', 'Local shop', 'Cross-border shop'],
      Object.entries(priceLimits).map(([region, { currency, local, crossBorder }]) => [
        region,
        currency,
        range(local),
        crossBorder ? range(crossBorder) : 'not known',
      ]),
    ),
    settings: settingsMarkdown(),
    statuses: markdownTable(
      ['Document', 'Statuses'],
      documentTypes.map((type) => [
        documentTypeNames[type],
        statuses[type].map(({ code: number, name }) => `${number} ${name}`).join(', '),
      ]),
    ),
  };
}

interface DescribedPaths {
  paths: Record<string, Record<string, { summary?: string }>>;
}

/** Calls of v3 that Logicbroker does not have, with their summaries. */
async function additionsTable(): Promise<string> {
  const { paths } = (await apiOpenApi({ version: '0' })) as DescribedPaths;
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { summary = '' }]) => {
      const [, call] = /^\/api\/v3\/(.*)$/.exec(path) ?? [];
      if (call === undefined || !standingOf('v3', method.toUpperCase(), `/${call}`)) return [];
      return [[code(`${method.toUpperCase()} ${call}`), summary]];
    }),
  );
  return markdownTable(['Call', 'What it answers'], rows);
}

/** Calls of Logicbroker's that are not here, by the reason that they answer with. */
function leftOutTable(): string {
  const byReason = new Map<string, string[]>();
  const add = (reason: string, call: string) => byReason.set(reason, [...(byReason.get(reason) ?? []), call]);
  for (const { path, reason } of leftOutAreas) add(reason, `${path.slice(1)}, and all below it`);
  for (const { method, path, reason } of leftOut) add(reason, `${method} ${path.slice(1)}`);
  return markdownTable(
    ['Call', 'Why it is not here'],
    [...byReason].map(([reason, calls]) => [calls.map((call) => code(call)).join(', '), reason]),
  );
}

function code(text: string): string {
  return `\`${text}\``;
}

function range([smallest, largest]: readonly { toFixed(): string }[]): string {
  return `${smallest?.toFixed()} to ${largest?.toFixed()}`;
}

/** Of paid orders, by the key that TikTok gets; a key names the regions that have it. */
function cancelReasons(): string {
  const found = new Map<string, { changeReasons: readonly string[]; regions: string[] }>();
  for (const region of Object.keys(priceLimits)) {
    for (const { stage, tiktokReason, changeReasons } of reasonsOf(region)) {
      if (stage !== 'paid') continue;
      const row = found.get(tiktokReason) ?? { changeReasons, regions: [] };
      row.regions.push(region);
      found.set(tiktokReason, row);
    }
  }
  return markdownTable(
    ['`ChangeReason`', 'TikTok’s key', 'Regions'],
    [...found].map(([key, { changeReasons, regions }]) => [
      changeReasons.join(', '),
      code(key),
      regions.join(' '),
    ]),
  );
}

const nothing = async () => [];
const zero = async () => 0;

/** As a scrape names them, with every source there. */
async function metricsTable(): Promise<string> {
  const metrics = createMetrics(
    {
      sync: async () => ({
        flows: { due: 0, running: 0, failing: 0 },
        oldestDueFlowSeconds: 0,
        outbox: [],
        oldestUnsettledSeconds: 0,
      }),
      staleness: nothing,
      needsPerson: zero,
      inventoryBehind: zero,
      inventoryDrift: zero,
      refusedBudgets: nothing,
    },
    silent,
  );
  const found = [...(await metrics.text()).matchAll(/^# HELP (connector_\w+) (.*)\n# TYPE \w+ (\w+)/gm)];
  return markdownTable(
    ['Metric', 'Kind', 'What it says'],
    found.map(([, name = '', help = '', kind = '']) => [code(name), kind, help]),
  );
}

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

function marketLimits(): string {
  return markdownTable(
    ['Market', 'Tree', 'Title', 'SKUs', 'Price', 'Weight', 'Lengths', 'Products a day'],
    knownMarkets.map((region) => {
      const { categoryVersion, title, mostSkus, price, currency, ...market } = marketLimitsOf(region);
      return [
        region,
        categoryVersion,
        title.join('–'),
        String(mostSkus),
        `${price?.join('–') ?? ''} ${currency ?? ''}`,
        market.weightUnits.map(({ unit }) => unit).join(', '),
        market.lengthUnits.join(', '),
        Object.entries(market.dailyLimits)
          .map(([tier, count]) => `${tier} ${count ?? 'any'}`)
          .join(', '),
      ];
    }),
  );
}
