import type { Config } from '../config/config.js';
import { messageOf } from '../kernel/errors.js';
import { createMailDoor } from '../outbound/mail-door.js';
import type { Database } from '../store/database.js';
import { fail, ok, warn, type Finding } from './finding.js';

/** Whether mails about alerts leave: connects to the mail server and logs in. */
export async function checkMail(
  db: Pick<Database, 'prisma'>,
  { smtpUrl, mailFrom }: Pick<Config, 'smtpUrl' | 'mailFrom'>,
): Promise<Finding> {
  const recipients = await db.prisma.alertRecipient.count({ where: { state: 'on' } });
  if (smtpUrl === null || mailFrom === null) {
    if (recipients === 0 && smtpUrl === mailFrom) return ok('mail', 'nobody is to be told of alerts by mail');
    return warn(
      'mail',
      `${recipients} recipients are to be told of alerts, and no mail leaves.`,
      'Set SMTP_URL and MAIL_FROM.',
    );
  }
  const door = createMailDoor({ url: smtpUrl, from: mailFrom });
  try {
    await door.verify();
    return ok('mail', `the mail server answers; ${recipients} recipients`);
  } catch (error) {
    return fail('mail', `No mail leaves: ${messageOf(error)}.`, 'Mend SMTP_URL, or the mail server.');
  } finally {
    door.close();
  }
}
