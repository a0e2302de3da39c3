export type EventLevel = 'Info' | 'Warning' | 'Alert';

interface EventType {
  /** Kept for ever: clients filter by it. */
  id: number;
  level: EventLevel;
  category: string;
  /** What a webhook would subscribe to. */
  topic: string;
}

/** What can be written into the history of a document or connection. Numbers are never reused. */
export const eventTypes = {
  'order-created': eventType(1, 'Info', 'Order', 'order.created'),
  'order-changed': eventType(3, 'Info', 'Order', 'order.changed'),
  'order-address-changed': eventType(4, 'Warning', 'Order', 'order.address-changed'),
  'order-refused': eventType(5, 'Warning', 'Order', 'order.refused'),
  'order-explained': eventType(6, 'Info', 'Order', 'order.explained'),
  'cancellation-requested': eventType(7, 'Warning', 'Order', 'order.cancellation-requested'),
  'order-cancelled': eventType(8, 'Warning', 'Order', 'order.cancelled'),
  'cancellation-request-closed': eventType(9, 'Info', 'Order', 'order.cancellation-request-closed'),
  'cancellation-unreadable': eventType(10, 'Warning', 'Order', 'order.cancellation-unreadable'),
  'order-shipped-elsewhere': eventType(11, 'Warning', 'Order', 'order.shipped-elsewhere'),
  'status-changed': eventType(20, 'Info', 'Status', 'document.status'),
  'document-failed': eventType(21, 'Alert', 'Status', 'document.failed'),
  'document-fetched': eventType(22, 'Info', 'Status', 'document.fetched'),
  'reported-by-erp': eventType(24, 'Info', 'ERP', 'erp.reported'),
  'decided-by-hand': eventType(25, 'Warning', 'Status', 'document.decided'),
  'document-changed': eventType(23, 'Info', 'Status', 'document.changed'),
  'document-remarked': eventType(26, 'Warning', 'Status', 'document.remarked'),
  'buyer-forgotten': eventType(13, 'Info', 'Order', 'order.buyer-forgotten'),
  'shipment-created': eventType(40, 'Info', 'Shipment', 'shipment.created'),
  'shipment-sent': eventType(41, 'Info', 'Shipment', 'shipment.sent'),
  'shipment-failed': eventType(42, 'Alert', 'Shipment', 'shipment.failed'),
  'shipment-in-doubt': eventType(43, 'Alert', 'Shipment', 'shipment.in-doubt'),
  'shipment-waits': eventType(45, 'Warning', 'Shipment', 'shipment.waits'),
  'tracking-corrected': eventType(46, 'Info', 'Shipment', 'shipment.tracking-corrected'),
  'tracking-not-corrected': eventType(47, 'Alert', 'Shipment', 'shipment.tracking-not-corrected'),
  'parcel-shared': eventType(12, 'Warning', 'Order', 'order.parcel-shared'),
  'shipment-rejects-request': eventType(44, 'Warning', 'Shipment', 'shipment.rejects-request'),
  'acknowledgement-created': eventType(50, 'Info', 'Acknowledgement', 'acknowledgement.created'),
  'acknowledgement-accepted': eventType(51, 'Info', 'Acknowledgement', 'acknowledgement.accepted'),
  'acknowledgement-sent': eventType(52, 'Info', 'Acknowledgement', 'acknowledgement.sent'),
  'acknowledgement-failed': eventType(53, 'Alert', 'Acknowledgement', 'acknowledgement.failed'),
  'acknowledgement-in-doubt': eventType(54, 'Alert', 'Acknowledgement', 'acknowledgement.in-doubt'),
  'acknowledgement-pulled': eventType(55, 'Warning', 'Acknowledgement', 'acknowledgement.pulled'),
  'return-created': eventType(120, 'Info', 'Return', 'return.created'),
  'return-changed': eventType(121, 'Info', 'Return', 'return.changed'),
  'return-answered': eventType(122, 'Info', 'Return', 'return.answered'),
  'return-approved': eventType(123, 'Info', 'Return', 'return.approved'),
  'return-answer-refused': eventType(124, 'Alert', 'Return', 'return.answer-refused'),
  'return-answer-in-doubt': eventType(125, 'Alert', 'Return', 'return.answer-in-doubt'),
  'return-answer-wanted': eventType(126, 'Warning', 'Return', 'return.answer-wanted'),
  'return-closed': eventType(127, 'Warning', 'Return', 'return.closed'),
  'return-not-imported': eventType(128, 'Warning', 'Return', 'return.not-imported'),
  'return-unreadable': eventType(129, 'Warning', 'Return', 'return.unreadable'),
  'refund-requested': eventType(131, 'Warning', 'Order', 'order.refund-requested'),
  'refund-request-closed': eventType(132, 'Info', 'Order', 'order.refund-request-closed'),
  'invoice-created': eventType(130, 'Info', 'Invoice', 'invoice.created'),
  'order-deadline': eventType(110, 'Warning', 'Deadline', 'order.deadline'),
  'order-deadline-missed': eventType(111, 'Alert', 'Deadline', 'order.deadline'),
  'cancellation-deadline': eventType(112, 'Warning', 'Deadline', 'cancellation.deadline'),
  'cancellation-deadline-missed': eventType(113, 'Alert', 'Deadline', 'cancellation.deadline'),
  'return-deadline': eventType(114, 'Warning', 'Deadline', 'return.deadline'),
  'return-deadline-missed': eventType(115, 'Alert', 'Deadline', 'return.deadline'),
  'sku-not-matched': eventType(60, 'Warning', 'Matching', 'sku.not-matched'),
  'inventory-not-sent': eventType(74, 'Warning', 'Inventory', 'inventory.not-sent'),
  'sku-matched': eventType(61, 'Info', 'Matching', 'sku.matched'),
  'sku-case-twins': eventType(62, 'Warning', 'Matching', 'sku.case-twins'),
  'products-imported': eventType(150, 'Info', 'Product', 'product.imported'),
  'products-import-error': eventType(151, 'Alert', 'Product', 'product.failed'),
  'products-nothing-taken': eventType(152, 'Alert', 'Product', 'product.failed'),
  'lookup-changed': eventType(140, 'Info', 'Settings', 'settings.lookup-changed'),
  'layout-changed': eventType(142, 'Info', 'Settings', 'settings.layout-changed'),
  'inventory-imported': eventType(70, 'Info', 'Inventory', 'inventory.imported'),
  'inventory-import-error': eventType(71, 'Warning', 'Inventory', 'inventory.failed'),
  'inventory-held': eventType(72, 'Alert', 'Inventory', 'inventory.held'),
  'inventory-nothing-taken': eventType(78, 'Alert', 'Inventory', 'inventory.failed'),
  'inventory-changed-by-hand': eventType(73, 'Warning', 'Inventory', 'inventory.changed'),
  'inventory-drift': eventType(76, 'Warning', 'Inventory', 'inventory.drift'),
  'inventory-update-sets-on-hand': eventType(79, 'Alert', 'Inventory', 'inventory.update-sets-on-hand'),
  'connection-activated': eventType(80, 'Info', 'Connection', 'connection.activated'),
  'connection-changed': eventType(81, 'Info', 'Connection', 'connection.changed'),
  'connection-closed': eventType(82, 'Warning', 'Connection', 'connection.closed'),
  'connection-needs-reauthorization': eventType(83, 'Alert', 'Connection', 'connection.failed'),
  'shop-inactive': eventType(84, 'Alert', 'Connection', 'connection.shop-inactive'),
  'shop-active': eventType(85, 'Info', 'Connection', 'connection.shop-active'),
  'shop-limited': eventType(86, 'Warning', 'Connection', 'connection.shop-limited'),
  'company-created': eventType(90, 'Info', 'Company', 'company.created'),
  'api-key-changed': eventType(91, 'Warning', 'Company', 'company.key'),
  'company-changed': eventType(92, 'Info', 'Company', 'company.changed'),
  'flow-failed': eventType(100, 'Alert', 'Flow', 'flow.failed'),
  'flow-recovered': eventType(101, 'Info', 'Flow', 'flow.recovered'),
  'flow-requested': eventType(102, 'Info', 'Flow', 'flow.requested'),
  'flow-changed': eventType(103, 'Info', 'Flow', 'flow.changed'),
} as const satisfies Record<string, EventType>;

export type EventTypeName = keyof typeof eventTypes;

function eventType(id: number, level: EventLevel, category: string, topic: string): EventType {
  return { id, level, category, topic };
}
