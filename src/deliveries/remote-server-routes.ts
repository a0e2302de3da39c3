import { Type } from 'typebox';
import type { Api } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { toIsoSeconds } from '../kernel/time.js';
import { Int32Message, StringMessage } from '../logicbroker/envelopes.js';
import { LBSftpServer, SftpServerMessage, SftpServersMessage } from '../logicbroker/remote-server-schema.js';
import { ref } from '../logicbroker/schema.js';
import {
  changeRemoteServer,
  createRemoteServer,
  getRemoteServer,
  removeRemoteServer,
  type RemoteServerDeps,
} from './manage-remote-servers.js';
import type { RemoteServer } from './remote-server.js';
import { listRemoteServers } from './remote-server-store.js';
import { clientKeyName, sshKey, type SshKeyPair } from './ssh-key-store.js';

interface RouteDeps extends RemoteServerDeps {
  /** Makes a key of ours for a company that has none yet. */
  makeSshKey: () => Promise<SshKeyPair>;
}

const TAG = 'Deliveries';
const SERVERS = '/Settings/SftpServers';
const SERVER = `${SERVERS}/:ServerId`;

const anyServer = Type.Object({
  ServerId: Type.Integer({ format: 'int32', minimum: 1, maximum: 2_147_483_647 }),
});

/** Servers of a seller or its VAN: additions, in v3 only. */
export function remoteServerRoutes(api: Api, deps: RouteDeps): void {
  api.get(
    SERVERS,
    {
      schema: operation('v3', 'getSftpServers', TAG, 'Servers that files are fetched from and put on', {
        ok: SftpServersMessage,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const servers = await listRemoteServers(deps.db.prisma, companyId);
      const key = servers.length > 0 ? await publicKeyOf(deps, companyId) : '';
      return sendMessage(
        reply,
        servers.map((one) => render(one, key)),
      );
    },
  );

  api.get(
    SERVER,
    {
      schema: operation('v3', 'getSftpServer', TAG, 'One such server', {
        params: anyServer,
        ok: SftpServerMessage,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const server = await getRemoteServer(deps.db.prisma, { companyId, id: request.params.ServerId });
      return sendMessage(reply, render(server, await publicKeyOf(deps, companyId)));
    },
  );

  api.post(
    SERVERS,
    {
      config: { bodyExamples },
      schema: operation('v3', 'createSftpServer', TAG, 'Exchange files with a server of yours', {
        description:
          'Every minute. The body of the answer is the id. The address must be one of the public Internet.',
        body: ref(LBSftpServer),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const by = request.caller;
      return sendMessage(
        reply,
        String(await createRemoteServer(deps, { companyId: by.companyId, by }, request.body)),
      );
    },
  );

  api.put(
    SERVER,
    {
      config: { bodyExamples },
      schema: operation('v3', 'updateSftpServer', TAG, 'Change such a server', {
        description: 'Enabled and Password stay when they are left out; everything else is as in the body.',
        params: anyServer,
        body: ref(LBSftpServer),
        ok: Int32Message,
      }),
    },
    async (request, reply) => {
      const by = request.caller;
      const id = request.params.ServerId;
      await changeRemoteServer(deps, { companyId: by.companyId, by, id }, request.body);
      return sendMessage(reply, id);
    },
  );

  api.delete(
    SERVER,
    {
      schema: operation('v3', 'deleteSftpServer', TAG, 'Exchange no more files with a server', {
        params: anyServer,
        ok: Int32Message,
      }),
    },
    async (request, reply) => {
      const by = request.caller;
      const id = request.params.ServerId;
      await removeRemoteServer(deps, { companyId: by.companyId, by, id });
      return sendMessage(reply, id);
    },
  );
}

async function publicKeyOf({ db, sealer, makeSshKey }: RouteDeps, companyId: number): Promise<string> {
  return (await sshKey({ tx: db.prisma, sealer }, clientKeyName(companyId), makeSshKey)).public;
}

function render(server: RemoteServer, publicKey: string): object {
  return {
    Id: server.id,
    Name: server.name,
    Host: server.host,
    Port: server.port,
    UserName: server.userName,
    HostKey: server.hostKey,
    PublicKey: publicKey,
    Enabled: server.state === 'on',
    Takes: server.takes.map(({ folder, pattern, holds, archive, errors }) => ({
      Folder: folder,
      Holds: holds,
      Pattern: pattern,
      ArchiveFolder: archive ?? undefined,
      ErrorFolder: errors ?? undefined,
    })),
    Puts: server.puts.map(({ profile, folder }) => ({ Profile: profile, Folder: folder })),
    LastDoneAt: server.lastDoneAt ? toIsoSeconds(server.lastDoneAt) : undefined,
    FailingSince: server.failingSince ? toIsoSeconds(server.failingSince) : undefined,
    ErrorMessage: server.lastError ?? undefined,
  };
}

const bodyExamples = {
  van: {
    summary: 'A VAN: X12 both ways',
    value: {
      Host: 'sftp.van.example.com',
      UserName: 'seller7',
      HostKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHKxSQpQ9Z4fTqYvE8mJ0bq3d1b0aUu6l2h6w0s1Yv9T',
      Takes: [{ Folder: '/outbox', Holds: 'EDI', Pattern: '*.edi', ArchiveFolder: '/outbox/done' }],
      Puts: [{ Profile: 'edi', Folder: '/inbox' }],
    },
  },
};
