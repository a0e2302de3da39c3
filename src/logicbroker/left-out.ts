/** An operation of Logicbroker's API that this service does not have, and what to say to those who call it. */
interface LeftOut {
  method: string;
  /** Below `/api/<version>`; a segment in braces stands for anything. */
  path: string;
  reason: string;
}

const INVOICES =
  'TikTok Shop takes no invoices from an ERP (those that Brazil demands are uploaded in Seller Center), so there is nothing to print or to pay for one.';
const NO_ORDERS_IN = 'Orders come from TikTok Shop; they cannot be created here.';
const PAPER = 'Labels and paper come from the TikTok Shop Seller Center or from your carrier.';
const TRADE = 'Your partners are your TikTok shops; they are connected on the connection page.';
const REQUESTS =
  'There is nothing to request: TikTok has no acceptances, and the service reads its cancellations on schedule.';

/**
 * Whole areas of Logicbroker's API that this service does not have, whatever the method: the path, and everything below it
 * (Logicbroker: Swagger of CommerceAPI v3, and of v1 for Product).
 */
export const leftOutAreas: Omit<LeftOut, 'method'>[] = [
  {
    path: '/Attachments',
    reason:
      'There are no attachments here: what a document has to say stands in it and in its history (ActivityEvents).',
  },
  {
    path: '/Document',
    reason:
      'There is no search over all kinds of documents here: search each kind, such as GET Orders?partnerPO=...',
  },
  {
    path: '/Product',
    reason:
      'What a retailer keeps of all suppliers is not here: send your own products with POST Product/{partnerId} (v1) or Product/{partnerId}/SupplierProducts (v3).',
  },
  { path: '/Messages', reason: 'There are no messages here: talk to buyers in TikTok Shop Seller Center.' },
  {
    path: '/Users',
    reason: 'People are added by an operator, on the page Operators or with the command line.',
  },
];

/** On purpose, and for good; what is still to come is simply not there yet. */
export const leftOut: LeftOut[] = [
  { method: 'POST', path: '/Orders', reason: NO_ORDERS_IN },
  { method: 'POST', path: '/Invoices/Remittance', reason: INVOICES },
  { method: 'GET', path: '/Invoices/BrandedInvoice', reason: INVOICES },
  { method: 'GET', path: '/Invoices/{LogicbrokerKey}/BrandedInvoice', reason: INVOICES },
  { method: 'POST', path: '/Acknowledgements/Request', reason: REQUESTS },
  ...filesIn('Orders', NO_ORDERS_IN),
  ...filesIn('Invoices', INVOICES),
  { method: 'GET', path: '/Invoices/{LogicbrokerKey}/EDI', reason: INVOICES },
  { method: 'POST', path: '/Invoices/Export', reason: INVOICES },
  {
    method: 'POST',
    path: '/Returns/Request',
    reason: 'Returns are asked for by buyers; to start one for a buyer use the TikTok Shop Seller Center.',
  },
  { method: 'GET', path: '/Orders/PickList', reason: PAPER },
  { method: 'GET', path: '/Orders/{LogicbrokerKey}/PickList', reason: PAPER },
  { method: 'GET', path: '/Orders/{LogicbrokerKey}/ShippingOptions', reason: PAPER },
  { method: 'POST', path: '/Orders/{LogicbrokerKey}/TrackingLabel', reason: PAPER },
  { method: 'GET', path: '/Shipments/ContainerCode', reason: PAPER },
  { method: 'GET', path: '/Shipments/PackingSlip', reason: PAPER },
  { method: 'POST', path: '/Shipments/PackingSlip', reason: PAPER },
  { method: 'GET', path: '/Shipments/{LogicbrokerKey}/PackingSlip', reason: PAPER },
  { method: 'GET', path: '/Shipments/ShippingLabel', reason: PAPER },
  { method: 'POST', path: '/Shipments/ShippingLabel', reason: PAPER },
  { method: 'GET', path: '/Shipments/{LogicbrokerKey}/ShippingLabel', reason: PAPER },
  { method: 'GET', path: '/Partners/SupplierGroups', reason: TRADE },
  { method: 'POST', path: '/Partners/SupplierGroups', reason: TRADE },
  { method: 'PUT', path: '/Partners/SupplierGroups/{name}', reason: TRADE },
  { method: 'DELETE', path: '/Partners/SupplierGroups/{name}', reason: TRADE },
  { method: 'GET', path: '/Partners/Scorecards', reason: TRADE },
  { method: 'GET', path: '/Partners/Invites', reason: TRADE },
  { method: 'POST', path: '/Partners/Invites', reason: TRADE },
  { method: 'PUT', path: '/Partners/Invites/{id}/AcceptOrReject', reason: TRADE },
  { method: 'PUT', path: '/Partners/Invites/{id}/ResendForm', reason: TRADE },
  { method: 'PUT', path: '/Partners/Invites/{id}/ResendUserInvite', reason: TRADE },
  { method: 'PUT', path: '/Partners/Invites/{id}/GoLive', reason: TRADE },
  { method: 'GET', path: '/Partners/Suspensions', reason: TRADE },
  { method: 'POST', path: '/Partners/Suspensions', reason: TRADE },
  { method: 'DELETE', path: '/Partners/Suspensions/{partnerId}', reason: TRADE },
  { method: 'GET', path: '/Partners/CompanyProfile', reason: TRADE },
  { method: 'PUT', path: '/Partners/CompanyProfile', reason: TRADE },
  { method: 'GET', path: '/Partners/CompanyProfile/{partnerId}', reason: TRADE },
];

function filesIn(path: string, reason: string): LeftOut[] {
  return ['CustomXML', 'CreateImport', 'Import'].map((call) => ({
    method: 'POST',
    path: `/${path}/${call}`,
    reason,
  }));
}
