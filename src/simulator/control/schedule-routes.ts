import { Type } from 'typebox';

import { doc, failures, type ControlServer } from './control-route.js';
import { NumberParams, Nothing } from './control-schema.js';
import type { SimulatorControl } from './control.js';
import { Scheduled, ScheduleSpec } from './schedule-spec.js';

export function registerScheduleRoutes(server: ControlServer, control: SimulatorControl): void {
  server.get(
    '/schedule',
    {
      schema: doc('watch', 'listSchedule', 'What is to happen between calls, and what has happened of it', {
        response: { 200: Type.Array(Scheduled), ...failures },
      }),
    },
    () => [...control.scheduled()],
  );
  server.post(
    '/schedule',
    {
      schema: doc('watch', 'schedule', 'Let somebody else do something before or after the nth call', {
        body: ScheduleSpec,
        response: { 200: Scheduled, ...failures },
      }),
    },
    (request) => control.schedule(request.body),
  );
  server.delete(
    '/schedule/:id',
    {
      schema: doc('watch', 'unschedule', 'It does not happen', {
        params: NumberParams,
        response: { 200: Nothing, ...failures },
      }),
    },
    (request) => {
      control.unschedule(request.params.id);
      return {};
    },
  );
  server.delete(
    '/schedule',
    {
      schema: doc('watch', 'clearSchedule', 'Nothing of it happens', {
        response: { 200: Nothing, ...failures },
      }),
    },
    () => {
      control.clearSchedule();
      return {};
    },
  );
}
