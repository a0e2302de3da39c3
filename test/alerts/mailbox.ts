import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { Test } from 'tap';

export interface Mailbox {
  /** For SMTP_URL. */
  url: string;
  /** Mails as they arrived, whole. */
  mails: { to: string[]; text: string }[];
  /** Connections that were opened. */
  connections(): number;
  /** `away`: the server takes no mail for now; `refuses`: it knows no such address. */
  set(state: 'here' | 'away' | 'refuses'): void;
}

const USER = { user: 'connector', pass: 'pass word' };

/** A mail server on loopback that wants a log-in. */
export async function openMailbox(t: Test): Promise<Mailbox> {
  const mails: Mailbox['mails'] = [];
  let state: Parameters<Mailbox['set']>[0] = 'here';
  let connections = 0;
  const refusal = (code: number, text: string) => Object.assign(new Error(text), { responseCode: code });
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    logger: false,
    onConnect(_session, done) {
      connections += 1;
      done(state === 'away' ? refusal(421, 'come again later') : undefined);
    },
    onAuth({ username, password }, _session, done) {
      const isGood = username === USER.user && password === USER.pass;
      done(isGood ? null : refusal(535, 'wrong'), isGood ? { user: username } : undefined);
    },
    onRcptTo({ address }, _session, done) {
      done(state === 'refuses' ? refusal(550, `no ${address} here`) : undefined);
    },
    onData(stream, session, done) {
      let text = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      stream.on('end', () => {
        // Lines that quoted-printable has wrapped.
        const plain = text.replaceAll('=\r\n', '').replaceAll('=3D', '=');
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: plain });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  t.teardown(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://${USER.user}:${encodeURIComponent(USER.pass)}@127.0.0.1:${port}`,
    mails,
    connections: () => connections,
    set: (next) => void (state = next),
  };
}
