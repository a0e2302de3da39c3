import type { Transporter } from 'nodemailer';
import { SECOND_MS } from '../kernel/time.js';

/** A mail of this program: text only. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
  /** The same for each try, so that a mail which comes twice is known. */
  messageId: string;
  headers: Record<string, string>;
}

/** The door to the mail server of the installation, which an operator has chosen: it may be anywhere. */
export interface MailDoor {
  /** @throws MailError */
  send(mail: Mail): Promise<void>;
  /** Connects and logs in. @throws MailError */
  verify(): Promise<void>;
  close(): void;
}

/** The mail server did not take it. */
export class MailError extends Error {
  /** It refuses this address for good. */
  readonly isRefusal: boolean;

  constructor(reason: string, isRefusal: boolean, cause: unknown) {
    super(reason, { cause });
    this.name = 'MailError';
    this.isRefusal = isRefusal;
  }
}

interface MailSettings {
  url: string;
  from: string;
}

const CONNECT_MS = 10 * SECOND_MS;
/** Shorter than the lease of a run has room for. */
const ANSWER_MS = 15 * SECOND_MS;

/** Opens nothing before the first mail. */
export function createMailDoor({ url, from }: MailSettings): MailDoor {
  let opened: Promise<Transporter> | null = null;
  const transport = (): Promise<Transporter> => (opened ??= open(url));
  const ask = async (what: (transport: Transporter) => Promise<unknown>): Promise<void> => {
    try {
      await what(await transport());
    } catch (error) {
      throw mailError(error);
    }
  };
  return {
    send: ({ headers, ...mail }) => ask((to) => to.sendMail({ from, ...mail, headers })),
    verify: () => ask((to) => to.verify()),
    close: () => void opened?.then((one) => one.close()),
  };
}

async function open(url: string): Promise<Transporter> {
  // Loaded with the first mail: most installations send none.
  const { createTransport } = await import('nodemailer');
  const { protocol, hostname, port, username, password } = new URL(url);
  const isSecure = protocol === 'smtps:';
  return createTransport({
    host: hostname,
    port: port === '' ? (isSecure ? 465 : 587) : Number(port),
    secure: isSecure,
    ...(username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: ANSWER_MS,
    // A text never makes it read a file or ask a server.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

const FIRST_REFUSAL = 500;

/** In words without addresses and without what the server says, which may hold them. */
function mailError(error: unknown): MailError {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const status = typeof responseCode === 'number' ? ` (${responseCode})` : '';
  const isRefusal = code === 'EENVELOPE' && typeof responseCode === 'number' && responseCode >= FIRST_REFUSAL;
  if (code === 'EAUTH') return new MailError(`the mail server refuses the log-in${status}`, false, error);
  if (isRefusal) return new MailError(`the mail server refuses the address${status}`, true, error);
  return new MailError(
    `the mail server did not take it: ${typeof code === 'string' ? code : 'no answer'}${status}`,
    false,
    error,
  );
}
