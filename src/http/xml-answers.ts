import { codecs } from '../codecs/codecs.js';
import { parseJson } from '../formats/json.js';
import { plainXml } from '../formats/xml-writer.js';
import type { Api } from './api.js';
import { wantedFormat } from './document-files.js';

/**
 * Answers that are no documents (what became of one, errors) in XML where a caller of documents wants XML only. Register behind what keeps
 * answers for an Idempotency-Key: these are kept as JSON.
 */
export function registerXmlAnswers(api: Api): void {
  api.addHook('onRoute', (route) => {
    if (!route.config?.alsoAnswers?.includes(codecs.xml.mediaType)) return;
    route.onSend = [
      ...[route.onSend ?? []].flat(),
      (request, reply, payload, done) => {
        const isJson = String(reply.getHeader('content-type') ?? '').startsWith('application/json');
        const isText = typeof payload === 'string' || Buffer.isBuffer(payload);
        if (!isJson || !isText || wantedFormat(request.headers.accept) !== 'xml') {
          done(null, payload);
          return;
        }
        const text = plainXml('LBMessage', parseJson(String(payload)));
        reply.type('application/xml; charset=utf-8').removeHeader('content-length');
        done(null, `<?xml version="1.0" encoding="UTF-8"?>\n${text}\n`);
      },
    ];
  });
}
