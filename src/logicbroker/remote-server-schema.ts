import { Type, type Static } from 'typebox';
import { messageOf } from './envelopes.js';
import { dateTime, flag, int32, listOf, named, ref, text } from './schema.js';

/** Servers of sellers and VANs that this service logs in to: an addition. */
const FOLDER = Type.String({ maxLength: 200, examples: ['/out/shipments'] });

const LBSftpTake = named(
  'LBSftpTake',
  'Files that are fetched from a server.',
  {
    Folder: FOLDER,
    Holds: text('Shipments, Acknowledgements, Returns, EDI, Inventory, Matching or Products.', 'Shipments'),
  },
  {
    Pattern: Type.String({
      maxLength: 100,
      description: 'Of their names, with `*` and `?`; all when left out.',
      examples: ['*.csv'],
    }),
    ArchiveFolder: Type.String({ maxLength: 200, description: 'Where they go; left out: they stay.' }),
    ErrorFolder: Type.String({
      maxLength: 200,
      description: 'Where those go that were not taken whole, each with a text that says why.',
    }),
  },
);

const LBSftpPut = named(
  'LBSftpPut',
  'Files that are put on a server.',
  { Profile: text('A delivery profile with the channel `sftp-client`.', 'van'), Folder: FOLDER },
  {},
);

export const LBSftpServer = named(
  'LBSftpServer',
  'A server of yours that this service fetches files from, and puts files on, every minute.',
  {
    Host: Type.String({
      maxLength: 253,
      description: 'A name or an address.',
      examples: ['sftp.example.com'],
    }),
    UserName: Type.String({ minLength: 1, maxLength: 100 }),
    HostKey: Type.String({
      maxLength: 4_000,
      description: 'Its public key as `ssh-keyscan` writes it, without the host. Any other one is refused.',
      examples: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHKx'],
    }),
  },
  {
    Id: int32(),
    Name: Type.String({ maxLength: 100 }),
    Port: Type.Integer({ minimum: 1, maximum: 65_535, description: '22 when left out.' }),
    Password: Type.String({
      maxLength: 500,
      description:
        'Never answered. Left out, the one that is known stays; empty, the service logs in with PublicKey.',
    }),
    PublicKey: text('Of this service, for the authorized keys of the server.'),
    Enabled: flag('True when left out.'),
    Takes: Type.Array(ref(LBSftpTake), { maxItems: 20 }),
    Puts: Type.Array(ref(LBSftpPut), { maxItems: 20 }),
    LastDoneAt: dateTime('When all of it was done last.'),
    FailingSince: dateTime('Left out while it works.'),
    ErrorMessage: text('Why it does not work.'),
  },
);
export type SftpServerBody = Static<typeof LBSftpServer>;

export const SftpServersMessage = messageOf('LBSftpServer.List', listOf(LBSftpServer));
export const SftpServerMessage = messageOf('LBSftpServer', ref(LBSftpServer));

export const remoteServerSchemas = [
  LBSftpTake,
  LBSftpPut,
  LBSftpServer,
  SftpServersMessage,
  SftpServerMessage,
];
