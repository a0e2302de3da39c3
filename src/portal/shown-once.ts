import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../kernel/errors.js';
import { MINUTE_MS } from '../kernel/time.js';
import { sealingKey } from '../store/key-ring.js';
import type { PortalDeps } from './portal-deps.js';
import { cookieName, cookieOptions, requireSession } from './session-guard.js';

const COOKIE = 'shown-once';
/** From the redirect to the page that it leads to. */
const KEPT_MS = 2 * MINUTE_MS;

type KeepDeps = Pick<PortalDeps, 'db' | 'clock' | 'sealer' | 'publicUrl'>;

/**
 * Carries a text over the redirect after a form, for the next page to show it once: loading that page again does not send the
 * form again, and does not show the text again. It travels sealed in a cookie of its own, for this operator only, so that no
 * process and no table keeps it.
 * @param about names what it is about; only a page about the same shows it
 */
export async function keepForNextPage(
  deps: KeepDeps,
  reply: FastifyReply,
  { about, text }: { about: string; text: string },
): Promise<void> {
  const until = deps.clock.now().getTime() + KEPT_MS;
  const keyId = await sealingKey(deps.db.prisma, deps.sealer);
  const sealed = deps.sealer.seal(JSON.stringify([until, text]), placeOf(reply.request, about), keyId);
  reply.setCookie(cookieName(deps, COOKIE), sealed, { ...cookieOptions(deps), maxAge: KEPT_MS / 1_000 });
}

/** What was kept about this, and is gone with this answer. Null: nothing, or it is too old. */
export function takeKept(deps: KeepDeps, reply: FastifyReply, about: string): string | null {
  const name = cookieName(deps, COOKIE);
  const sealed = reply.request.cookies[name];
  if (!sealed) return null;
  try {
    const [until, text] = JSON.parse(deps.sealer.open(sealed, placeOf(reply.request, about))) as unknown[];
    reply.clearCookie(name, cookieOptions(deps));
    return typeof text === 'string' && Number(until) > deps.clock.now().getTime() ? text : null;
  } catch (error) {
    // Of another page or another log-in, or changed on its way: nobody is shown anything.
    if (error instanceof AppError || error instanceof SyntaxError) return null;
    throw error;
  }
}

function placeOf(request: FastifyRequest, about: string): { table: string; row: number; column: string } {
  return { table: 'next page', row: requireSession(request).operator.id, column: about };
}
