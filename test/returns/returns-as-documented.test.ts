/** The same promises once more, with TikTok refusing by the codes only that its documents list for each call. */
import t from 'tap';
import { asDocumented } from '../support/test-world.js';

t.setTimeout(300_000);
asDocumented.isSet = true;
await import('./returns.test.js');
