import { findRemoteServer, noteRemoteRun, openRemotePassword } from '../../deliveries/remote-server-store.js';
import type { RemoteServer } from '../../deliveries/remote-server.js';
import { clientKeyName, sshKey } from '../../deliveries/ssh-key-store.js';
import { recordEvents } from '../../documents/document-store.js';
import { AppError, messageOf } from '../../kernel/errors.js';
import { HOUR_MS } from '../../kernel/time.js';
import { NotSentError } from '../../outbound/call-fence.js';
import { RefusedAddressError } from '../../outbound/public-address.js';
import { openSocket } from '../../outbound/socket-door.js';
import type { Sealer } from '../../store/secrets.js';
import type { FlowResult, SubjectRun } from '../../sync/flows/flows.js';
import { makeSshKey } from '../make-ssh-key.js';
import { putRemoteFolder, tellFailingPuts } from './put-remote.js';
import { openRemoteFolders, OtherHostKey, type RemoteFolders } from './remote-folder.js';
import { takeRemoteFolder, type TakeRemoteDeps } from './take-remote.js';

interface ExchangeDeps extends TakeRemoteDeps {
  sealer: Sealer;
  /** Host names that may be anywhere, for the demo and for tests. */
  anywhere: readonly string[];
}

/** A server that is away for a night raises one event. */
const TOLD_AFTER_MS = HOUR_MS;

/**
 * The flow `exchange-files` of one server of a seller or a VAN: puts what waits for it, then takes what lies there. The lease sees to it that
 * one process does so at a time. A folder that fails stops no other one; the first failure is told as the outcome.
 */
export async function exchangeFiles(deps: ExchangeDeps, run: SubjectRun): Promise<FlowResult> {
  const { db, clock } = deps;
  const server = await findRemoteServer(db.prisma, { id: run.subject.id });
  if (server?.state !== 'on') return { counts: {} };
  const counts = { put: 0, taken: 0 };
  let failure: unknown = null;
  const trying = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof AppError) || error instanceof NotSentError) throw error;
      failure ??= error;
    }
  };
  await trying(async () => {
    const folders = await logIn(deps, server);
    try {
      for (const put of server.puts)
        await trying(async () => {
          counts.put += await putRemoteFolder({ deps, run, folders, server, put });
        });
      for (const take of server.takes)
        await trying(async () => {
          counts.taken += await takeRemoteFolder({ deps, run, folders, server, take });
        });
    } finally {
      folders.close();
    }
  });
  await tellFailingPuts(deps, run, server);
  if (failure === null) {
    await noteRemoteRun(db.prisma, server.id, { doneAt: clock.now() });
    return { counts };
  }
  await noteFailure(deps, run, server, failure);
  throw failure;
}

async function logIn(deps: ExchangeDeps, server: RemoteServer): Promise<RemoteFolders> {
  const { db, sealer, anywhere } = deps;
  const { companyId, host, port, userName, hostKey } = server;
  const password = await openRemotePassword({ tx: db.prisma, sealer }, server.id);
  const key =
    password === null ? await sshKey({ tx: db.prisma, sealer }, clientKeyName(companyId), makeSshKey) : null;
  try {
    const socket = await openSocket({ host, port, anywhere });
    return await openRemoteFolders(socket, {
      host,
      userName,
      hostKey,
      password,
      privateKey: key?.private ?? null,
    });
  } catch (error) {
    if (error instanceof RefusedAddressError)
      throw new AppError('rule-violated', messageOf(error), { cause: error });
    if (error instanceof AppError) throw error;
    throw new AppError('service-unavailable', `${host} cannot be reached: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function noteFailure(
  { db, clock }: ExchangeDeps,
  { by }: SubjectRun,
  { id, companyId, name, failingSince, toldAt }: RemoteServer,
  failure: unknown,
): Promise<void> {
  const now = clock.now();
  const since = failingSince ?? now;
  // Another key is told at once: waiting does not heal it.
  const isLong = now.getTime() - since.getTime() >= TOLD_AFTER_MS || failure instanceof OtherHostKey;
  const tells = isLong && toldAt === null;
  const lastError = messageOf(failure);
  await db.transaction(async (tx) => {
    await noteRemoteRun(tx, id, { failingSince: since, lastError, toldAt: tells ? now : toldAt });
    if (tells)
      await recordEvents(tx, by, [
        {
          companyId,
          event: 'delivery-failing',
          summary: `Files cannot be exchanged with the SFTP server ${name}.`,
          details: lastError,
        },
      ]);
  });
}
