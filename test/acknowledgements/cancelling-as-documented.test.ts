/** The same promises once more, with TikTok refusing by the codes only that its documents list for each call. */
import t from 'tap';
import { asDocumented } from '../support/test-world.js';

t.setTimeout(300_000);
asDocumented.isSet = true;
await import('./cancelling.test.js');
await import('./acknowledgements.test.js');
