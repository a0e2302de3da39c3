import { connectionFlows, flowList, type FlowCatalogue } from '../sync/flows/flow-catalogue.js';

/**
 * Everything that runs at its times. Adding a flow for another kind of subject than a connection: its definition here, its
 * handler in compose.ts.
 */
export const productFlows: FlowCatalogue = flowList([...connectionFlows.values()]);
