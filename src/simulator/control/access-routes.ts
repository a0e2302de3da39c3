import { Type } from 'typebox';

import { doc, failures, type ControlServer } from './control-route.js';
import * as schema from './control-schema.js';
import type { SimulatorControl } from './control.js';

export function registerAccessRoutes(server: ControlServer, control: SimulatorControl): void {
  server.post(
    '/authorize',
    {
      schema: doc(
        'access',
        'authorize',
        'Install the app without the pages; answers the redirect with its code',
        {
          body: schema.AuthorizeBody,
          response: { 200: schema.Authorized, ...failures },
        },
      ),
    },
    (request) => control.authorize(request.body),
  );
  server.post(
    '/tokens',
    {
      schema: doc('access', 'grantTokens', 'Install the app and exchange the code in one step', {
        body: schema.WhoAuthorizes,
        response: { 200: schema.Tokens, ...failures },
      }),
    },
    (request) => control.grantTokens(request.body),
  );
  server.post(
    '/tokens/expire',
    {
      schema: doc('access', 'expireTokens', 'End the life of access or refresh tokens now', {
        body: schema.ExpireBody,
        response: { 200: Type.Object({ expired: Type.Integer() }), ...failures },
      }),
    },
    (request) => control.expireTokens(request.body.kind, request.body.openId),
  );
  server.post(
    '/deauthorize',
    {
      schema: doc('access', 'deauthorize', 'The seller removes the app', {
        body: schema.WhoAuthorizes,
        response: { 200: Type.Object({ existed: Type.Boolean() }), ...failures },
      }),
    },
    (request) => control.deauthorize(request.body),
  );
}
