import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { defaultLimits } from './door-limits.js';
import { guardedLookup, refuseAddress, refusePeer, type AddressRules } from './guarded-connect.js';
import { noAnswer } from './no-answer.js';

/** Where a client of another protocol (SFTP, SMTP) connects. */
interface SocketTarget extends AddressRules {
  host: string;
  port: number;
  /** TLS from the first byte, with the certificate of `host`. */
  tls?: boolean;
  connectTimeoutMs?: number;
}

/**
 * A connected socket to a server of the public Internet, for a client that speaks its protocol on it; the client brings its
 * own time-outs for what follows.
 * @throws RefusedAddressError, for good; NoAnswerError (which never arrived), which another try may heal
 */
export async function openSocket({ host, port, tls = false, ...rest }: SocketTarget): Promise<Socket> {
  const { connectTimeoutMs = defaultLimits.connectTimeoutMs, ...rules } = rest;
  refuseAddress(host, rules);
  const where = { host: host.replace(/^\[|\]$/g, ''), port, lookup: guardedLookup(rules) };
  const socket = tls
    ? connectTls({ ...where, ...(isIP(where.host) ? {} : { servername: where.host }) })
    : connectPlain(where);
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once(tls ? 'secureConnect' : 'connect', resolve);
      socket.once('error', reject);
      timer = setTimeout(
        () => reject(Object.assign(new Error('Too late.'), { code: 'UND_ERR_CONNECT_TIMEOUT' })),
        connectTimeoutMs,
      );
    });
    refusePeer(socket, host, rules);
    return socket;
  } catch (error) {
    // What it still says is of no use to anybody.
    socket.on('error', () => undefined);
    socket.destroy();
    throw noAnswer(error);
  } finally {
    clearTimeout(timer);
  }
}
