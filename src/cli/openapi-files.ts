import { simulatorOpenApi } from '../simulator/control/openapi.js';

/** The documents that are committed, made from the very routes that are served. */
export async function openApiFiles(): Promise<Record<string, object>> {
  return { 'openapi/simulator.json': await simulatorOpenApi() };
}
