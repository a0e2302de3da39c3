import { AppError, messageOf } from '../kernel/errors.js';
import { redactText } from '../kernel/redact.js';
import { UsageError, type Command, type CommandContext } from './command.js';
import { auditCommand } from './audit-command.js';
import { closeConnectionCommand } from './close-connection-command.js';
import {
  activateCompanyCommand,
  deactivateCompanyCommand,
  listCompaniesCommand,
  renameCompanyCommand,
} from './companies-command.js';
import { configCommand } from './config-command.js';
import { createCompanyCommand } from './create-company-command.js';
import { forgetBuyerCommand, retentionCommand } from './retention-commands.js';
import { pickupStatusCommand } from './pickup-status-command.js';
import { createKeyCommand } from './create-key-command.js';
import { doctorCommand } from './doctor-command.js';
import { forgetKeyCommand } from './forget-key-command.js';
import { generateCommand } from './generate-command.js';
import { importOrderCommand } from './import-order-command.js';
import { labelKeyCommand, listKeysCommand, revokeKeyCommand } from './keys-command.js';
import { listConnectionsCommand } from './list-connections-command.js';
import { migrateCommand } from './migrate-command.js';
import { openApiCommand } from './openapi-command.js';
import {
  createOperatorCommand,
  endSessionsCommand,
  listOperatorsCommand,
  removeOperatorCommand,
  resetSecondFactorCommand,
  setPasswordCommand,
  setRoleCommand,
} from './operators-command.js';
import { outboxCommand } from './outbox-command.js';
import { runFlowCommand } from './run-flow-command.js';
import { scheduleCommand } from './schedule-command.js';
import { settingsCommand } from './settings-command.js';
import { simulatorCommand } from './simulator-command.js';

const PROGRAM = 'tiktok-shop-connector';

export const commands: readonly Command[] = [
  migrateCommand,
  createCompanyCommand,
  listCompaniesCommand,
  renameCompanyCommand,
  deactivateCompanyCommand,
  activateCompanyCommand,
  pickupStatusCommand,
  settingsCommand,
  retentionCommand,
  forgetBuyerCommand,
  createKeyCommand,
  listKeysCommand,
  labelKeyCommand,
  revokeKeyCommand,
  createOperatorCommand,
  listOperatorsCommand,
  setRoleCommand,
  setPasswordCommand,
  resetSecondFactorCommand,
  endSessionsCommand,
  removeOperatorCommand,
  listConnectionsCommand,
  closeConnectionCommand,
  runFlowCommand,
  importOrderCommand,
  scheduleCommand,
  outboxCommand,
  auditCommand,
  forgetKeyCommand,
  simulatorCommand,
  doctorCommand,
  configCommand,
  openApiCommand,
  generateCommand,
];

interface CliWorld {
  context: CommandContext;
  version: string;
  printError: (text: string) => void;
}

/** @returns the exit code: 0 done, 1 failed, 2 called in a way that cannot be understood */
export async function runCli(
  argv: readonly string[],
  { context, version, printError }: CliWorld,
): Promise<number> {
  const [name = 'help', ...args] = argv;
  if (['version', '--version', '-v'].includes(name)) {
    context.print(version);
    return 0;
  }
  if (['help', '--help', '-h'].includes(name)) {
    context.print(help());
    return 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) {
    printError(`There is no command ${JSON.stringify(name)}.\n\n${help()}`);
    return 2;
  }
  try {
    return await command.run(args, context);
  } catch (error) {
    if (isUsageError(error)) {
      printError(`${messageOf(error)}\n\nUsage: ${PROGRAM} ${command.name} ${command.usage}`.trimEnd());
      return 2;
    }
    printError(redactText(textOf(error)));
    return 1;
  }
}

/** Ours, or that of node:util's parseArgs. */
function isUsageError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS');
}

/** What is meant to be seen stays short; a bug shows where it is. */
function textOf(error: unknown): string {
  if (error instanceof AppError) {
    const details = error.details.flatMap(({ message, next }) => [
      ...(error.message.includes(message) ? [] : [`- ${message}`]),
      ...(next ? [`-> ${next}`] : []),
    ]);
    return [error.message, ...details].join('\n');
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function help(): string {
  const lines = commands.map(
    (command) => `  ${`${command.name} ${command.usage}`.trim()}\n      ${command.summary}`,
  );
  return [
    `Usage: ${PROGRAM} <command> [arguments]`,
    '',
    ...lines,
    '',
    'Settings come from environment variables: see the command config, or docs/settings.md.',
  ].join('\n');
}
