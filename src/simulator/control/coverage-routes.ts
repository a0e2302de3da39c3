import { Type } from 'typebox';

import { coverage } from '../coverage.js';
import { doc, failures, type ControlServer } from './control-route.js';

const Simulated = Type.Object({
  method: Type.String(),
  path: Type.String(),
  versions: Type.Array(Type.String()),
  scopes: Type.Array(Type.String()),
  documentedCodes: Type.Integer({ description: 'How many codes TikTok lists for it; 0: it has no list' }),
});
const NotSimulated = Type.Object({
  method: Type.String(),
  path: Type.String(),
  name: Type.String({ description: "In TikTok's SDK" }),
});

export function registerCoverageRoutes(server: ControlServer): void {
  server.get(
    '/coverage',
    {
      schema: doc('watch', 'getCoverage', 'Which of TikTok’s calls are simulated, and which are not', {
        response: {
          200: Type.Object({ simulated: Type.Array(Simulated), notSimulated: Type.Array(NotSimulated) }),
          ...failures,
        },
      }),
    },
    () => coverage(),
  );
}
