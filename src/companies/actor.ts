/** A person, an ERP with its key, something that carries files and messages, or this program by itself. */
type ActorKind = 'person' | 'key' | 'channel' | 'system';
/** Of this program: what a flow, an effect or a sweep does, and `service` for what all of them lead to, such as a new token. */
type ProgramVia = 'flow' | 'effect' | 'sweep' | 'service';
type ActorVia = 'api' | 'portal' | 'cli' | 'file' | ProgramVia;
/**
 * What an actor may do (`permissions.ts`): everything, what belongs to its company, look on, the ERP's calls of its company, or what
 * the program's own work needs.
 */
export type ActorRole = 'administrator' | 'seller' | 'reader' | 'erp' | 'program';
/** The role of a person's account. */
export const operatorRoles = ['operator', 'seller', 'reader'] as const;
export type OperatorRole = (typeof operatorRoles)[number];
const rolesOfPeople: Record<OperatorRole, ActorRole> = {
  operator: 'administrator',
  seller: 'seller',
  reader: 'reader',
};

/**
 * The actor of a change: it goes through every use case that changes anything, and stands in the history afterwards. Cheap to make:
 * each request makes its own.
 */
export interface Actor {
  kind: ActorKind;
  /** Names it for ever among its kind: the number of an operator, the id of a key, the name of a flow. */
  id: string;
  /** For people to read. */
  name: string;
  via: ActorVia;
  /** Address that it came from; personal, so it is kept in no history. Null for what comes from within. */
  from: string | null;
  companies: readonly number[] | 'all';
  role: ActorRole;
}

/** What the look-up of an API key brings. */
export interface KeyHolder {
  companyId: number;
  /** Names the API key without being it. */
  keyId: string;
  /** `primary` or `secondary`. */
  slot?: string;
}

/** An ERP that calls with its key: an actor with the one company that it speaks for. */
export interface KeyActor extends Actor, KeyHolder {
  kind: 'key';
}

export function keyActor({ companyId, keyId, slot }: KeyHolder, from: string): KeyActor {
  return {
    kind: 'key',
    id: keyId,
    name: slot === undefined ? 'API key' : `${slot} API key`,
    via: 'api',
    from,
    companies: [companyId],
    role: 'erp',
    companyId,
    keyId,
  };
}

/** A person who is logged in to the pages. */
export function operatorActor(
  operator: { id: number; login: string; role: OperatorRole; companyId: number | null },
  from: string,
): Actor {
  const { id, login, role, companyId } = operator;
  return {
    kind: 'person',
    id: String(id),
    name: login,
    via: 'portal',
    from,
    companies: companyId === null ? 'all' : [companyId],
    role: rolesOfPeople[role],
  };
}

/** A person at the command line of this machine. @param user of the system; null when it does not tell */
export function commandActor(user: string | null): Actor {
  const name = user ?? 'somebody';
  return { kind: 'person', id: name, name, via: 'cli', from: null, companies: 'all', role: 'administrator' };
}

/** This program by itself. @param name of the flow, effect, sweep or service */
export function systemActor(name: string, via: ProgramVia): Actor {
  return { kind: 'system', id: name, name, via, from: null, companies: 'all', role: 'program' };
}

/** Who it is, in words that outlive the account. */
export function actorWords({ kind, via, id, name }: Pick<Actor, 'kind' | 'via' | 'id' | 'name'>): string {
  if (kind === 'key') return `the API key ${id}`;
  if (kind !== 'person') return name;
  return via === 'cli' ? `the command line (user ${name})` : `operator ${name}`;
}
