import { documentsXsd } from '../codecs/xml-schema.js';
import { apiOpenApi } from '../compose/api-routes.js';
import { simulatorOpenApi } from '../simulator/control/openapi.js';
import { productVersion } from '../kernel/version.js';

/** The documents that are committed, and the XML Schema of files, made from the very routes that are served. */
export async function openApiFiles(): Promise<Record<string, object | string>> {
  return {
    'openapi/openapi.json': await apiOpenApi({ version: productVersion() }),
    'openapi/simulator.json': await simulatorOpenApi(),
    'openapi/documents.xsd': documentsXsd(),
  };
}
