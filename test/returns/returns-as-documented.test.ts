/** The same promises once more, with TikTok refusing by the codes only that its documents list for each call. */
import { asDocumented } from '../support/test-world.js';

asDocumented.isSet = true;
await import('./returns.test.js');
