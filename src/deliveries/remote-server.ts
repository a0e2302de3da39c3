import { isPublicKey } from '../companies/public-key.js';
import type { FileKind } from '../codecs/document-shape.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import type { SftpServerBody } from '../logicbroker/remote-server-schema.js';

/** What files of a folder hold: documents of a kind, X12, or rows of a feed kind by its code. */
type RemoteContents = { documents: FileKind | 'x12' } | { feedKind: string };

/** Files that are fetched. */
export interface RemoteTake {
  folder: string;
  pattern: string;
  /** As the API says it. */
  holds: string;
  /** Null: they stay where they are, or, of those with errors, go where the good ones go. */
  archive: string | null;
  errors: string | null;
}

/** Files that are put. */
export interface RemotePut {
  profile: string;
  folder: string;
}

export interface RemoteServer {
  id: number;
  companyId: number;
  name: string;
  host: string;
  port: number;
  userName: string;
  hostKey: string;
  hasPassword: boolean;
  takes: RemoteTake[];
  puts: RemotePut[];
  state: 'on' | 'off' | 'deleted';
  failingSince: Date | null;
  lastError: string | null;
  toldAt: Date | null;
  lastDoneAt: Date | null;
}

/** What a caller says of one. */
export type WantedServer = Pick<
  RemoteServer,
  'name' | 'host' | 'port' | 'userName' | 'hostKey' | 'takes' | 'puts'
> & { isEnabled?: boolean; password?: string };

const CONTENTS: Readonly<Record<string, RemoteContents>> = {
  Shipments: { documents: 'shipment' },
  Acknowledgements: { documents: 'acknowledgement' },
  Returns: { documents: 'return' },
  EDI: { documents: 'x12' },
  Inventory: { feedKind: 'feed' },
  Matching: { feedKind: 'matching' },
  Products: { feedKind: 'product' },
};

export function contentsOf({ holds }: RemoteTake): RemoteContents {
  const found = CONTENTS[holds];
  if (!found) throw new Error(`No file holds ${holds}`);
  return found;
}

/** Whether a name is one of the pattern, whose case counts. */
export function matches(pattern: string, name: string): boolean {
  // Walked by hand: a pattern of many stars must cost no more than its length times the name's.
  let [at, from, star, mark] = [0, 0, -1, 0];
  while (from < name.length) {
    const sign = pattern[at];
    if (sign === '*') {
      star = at++;
      mark = from;
    } else if (sign !== undefined && (sign === '?' || sign === name[from])) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++mark;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

const HOST = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9.:-]*[A-Za-z0-9])?$/;

/** @param profiles names of those that go by this channel. @throws AppError invalid-document */
export function readServer(body: SftpServerBody, profiles: readonly string[]): WantedServer {
  const { Host, UserName, HostKey, Name, Port = 22, Password, Enabled, Takes = [], Puts = [] } = body;
  const hostKey = HostKey.trim().split(/\s+/).slice(0, 2).join(' ');
  const problems: (ErrorDetail | false)[] = [
    !HOST.test(Host) && { field: 'Host', message: 'must be a name or an address, without a scheme or port' },
    !isPublicKey(hostKey) && {
      field: 'HostKey',
      message: 'must be a public key such as "ssh-ed25519 AAAA..."',
      next: 'Ask who runs the server for it, or take what ssh-keyscan writes behind the host, and compare it with them',
    },
    ...Takes.flatMap(({ Folder, Holds, Pattern = '*', ArchiveFolder, ErrorFolder }, at) => [
      folderProblem(`Takes[${at}].Folder`, Folder),
      folderProblem(`Takes[${at}].ArchiveFolder`, ArchiveFolder),
      folderProblem(`Takes[${at}].ErrorFolder`, ErrorFolder),
      !Object.hasOwn(CONTENTS, Holds) && {
        field: `Takes[${at}].Holds`,
        message: `must be one of ${Object.keys(CONTENTS).join(', ')}`,
      },
      (Pattern === '' || Pattern.includes('/')) && {
        field: `Takes[${at}].Pattern`,
        message: 'must be a pattern of names such as *.csv',
      },
      [ArchiveFolder, ErrorFolder].includes(Folder) && {
        field: `Takes[${at}].ArchiveFolder`,
        message: 'must be another folder than the one that is read',
      },
    ]),
    ...Puts.flatMap(({ Profile, Folder }, at) => [
      folderProblem(`Puts[${at}].Folder`, Folder),
      !profiles.includes(Profile) && {
        field: `Puts[${at}].Profile`,
        message: 'is no delivery profile with the channel sftp-client',
        next: 'Add it to the setting deliveryProfiles first',
      },
    ]),
  ];
  const details = problems.filter((problem) => problem !== false);
  if (details.length > 0) throw new AppError('invalid-document', 'The server is not valid.', { details });
  return {
    name: Name ?? Host,
    host: Host,
    port: Port,
    userName: UserName,
    hostKey,
    takes: Takes.map(({ Folder, Holds, Pattern = '*', ArchiveFolder = null, ErrorFolder = null }) => ({
      folder: Folder,
      pattern: Pattern,
      holds: Holds,
      archive: ArchiveFolder,
      errors: ErrorFolder,
    })),
    puts: Puts.map(({ Profile, Folder }) => ({ profile: Profile, folder: Folder })),
    ...(Enabled === undefined ? {} : { isEnabled: Enabled }),
    ...(Password === undefined ? {} : { password: Password }),
  };
}

function folderProblem(field: string, folder: string | undefined): ErrorDetail | false {
  if (folder === undefined) return false;
  // oxlint-disable-next-line no-control-regex -- they have no place in a path
  const isOdd = folder === '' || /[\u0000-\u001f\u007f\\]/.test(folder) || folder.split('/').includes('..');
  return isOdd && { field, message: 'must be a path such as /out/shipments' };
}
