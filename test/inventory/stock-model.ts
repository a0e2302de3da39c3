import fc from 'fast-check';
import type { Database } from '../../src/store/database.js';
import type { ActSpec } from '../../src/simulator/control/act-spec.js';
import { ControlError } from '../../src/simulator/control/control-error.js';
import type { StockWorld } from './stock-world.js';
import { allowedPieces, type OwnShown, type Said, type SoldPiece } from './stock-oracle.js';

/** `ONE` is in the warehouse Main, `TWO` in Main and West. */
export const PLACES = { ONE: ['Main'], TWO: ['Main', 'West'] } as const;
type Sku = keyof typeof PLACES;

/** What a feed says; left out: not named. `all`: a zero for TWO without a code. */
interface Rows {
  one?: number | undefined;
  main?: number | undefined;
  west?: number | undefined;
  all?: boolean | undefined;
}

type Canceller = 'buyer' | 'system' | 'seller';

/** One thing that somebody does, or that happens. What is not possible just now is passed over. */
export type Step =
  | { does: 'feed'; rows: Rows; cost?: number | undefined }
  | { does: 'order'; sku: Sku; pieces: number; isPaid: boolean }
  /** Ordered, past the hour of remorse, and read by the ERP. */
  | { does: 'sell'; sku: Sku; pieces: number }
  /** A feed that reaches TikTok. */
  | { does: 'say'; rows: Rows }
  | { does: 'pay' | 'ship' | 'return'; order: number }
  | { does: 'cancel'; order: number; by: Canceller; isPart: boolean }
  | {
      does:
        | 'fetch'
        | 'pull'
        | 'push'
        | 'round'
        | 'compare'
        | 'two runs'
        | 'delete'
        | 'zero out'
        | 'pause'
        | 'resume';
    }
  | { does: 'wait'; minutes: number }
  | { does: 'edit'; sku: Sku; west: boolean; pieces: number }
  | { does: 'edit price'; price: string }
  | { does: 'promotion'; sku: Sku; isOn: boolean }
  /** A round whose calls are lost, done or not. */
  | { does: 'lost'; isDone: boolean; times: number }
  /** A call that TikTok carries out after its client has given up; the next feed may overtake it. */
  | { does: 'late'; rows: Rows }
  | { does: 'killed'; transactions: number }
  /** A buyer cancels just before or after TikTok carries out a call. */
  | { does: 'crossing'; order: number; when: 'before' | 'after' };

export interface History {
  heals: 'lower' | 'both';
  steps: Step[];
}

const quantity = fc.constantFrom(0, 9, 9, 9, 12, 20);
const named = fc.option(quantity, { nil: undefined });
const rows: fc.Arbitrary<Rows> = fc
  .record({
    one: named,
    main: named,
    west: named,
    all: fc.option(fc.constant(true), { nil: undefined, freq: 8 }),
  })
  .filter(
    ({ one, main, west, all }) =>
      one !== undefined || main !== undefined || west !== undefined || all === true,
  );
const sku = fc.constantFrom('ONE' as const, 'TWO' as const);
const order = fc.nat({ max: 9 });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 16,
    arbitrary: fc.record({ does: fc.constant('sell' as const), sku, pieces: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 16, arbitrary: fc.record({ does: fc.constant('say' as const), rows }) },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('feed' as const),
      rows,
      cost: fc.option(fc.constantFrom(10, 15, 20), { nil: undefined, freq: 3 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('order' as const),
      sku,
      pieces: fc.integer({ min: 1, max: 3 }),
      isPaid: fc.constantFrom(true, true, true, false),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constantFrom('pay' as const, 'ship' as const, 'return' as const),
      order,
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      does: fc.constant('cancel' as const),
      order,
      by: fc.constantFrom('buyer' as const, 'buyer' as const, 'system' as const, 'seller' as const),
      isPart: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constantFrom(
        ...([
          'fetch',
          'fetch',
          'fetch',
          'pull',
          'pull',
          'push',
          'round',
          'round',
          'round',
          'compare',
          'two runs',
        ] as const),
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constantFrom(...(['delete', 'zero out', 'pause', 'resume', 'resume'] as const)),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('wait' as const),
      minutes: fc.constantFrom(5, 70, 70, 70, 1500),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('edit' as const),
      sku,
      west: fc.boolean(),
      pieces: fc.constantFrom(2, 40, 70),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('edit price' as const),
      price: fc.constantFrom('1.00', '30.00'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('promotion' as const), sku, isOn: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('lost' as const),
      isDone: fc.boolean(),
      times: fc.constantFrom(1, 9),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('late' as const), rows }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('killed' as const),
      transactions: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('crossing' as const),
      order,
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
);

export const history: fc.Arbitrary<History> = fc.record({
  heals: fc.constantFrom('both' as const, 'both' as const, 'lower' as const),
  steps: fc.array(step, { minLength: 6, maxLength: 18, size: 'max' }),
});

export const STOCK_CALL = '/product/202309/products/*/inventory/update';

interface Sold {
  id: string;
  sku: Sku;
  /** By piece. */
  exported: Map<string, number>;
  handed: number | null;
  shipped: number | null;
  /** When the ERP was told, by piece. */
  told: Map<string, number>;
}

interface Place {
  said: Said | undefined;
  own: OwnShown;
  /** What TikTok's actors have moved since `own` was set is worked out from the orders. */
  since: number;
}

/** Lives through a history and answers what TikTok shows otherwise than it must when all has come to rest. */
export async function liveThrough(
  db: Database,
  shop: StockWorld,
  { heals, steps }: History,
): Promise<string[]> {
  const play = new Play(db, shop, heals);
  await play.begin();
  for (const each of steps) {
    shop.wait(2);
    await passingOver(() => play.take(each));
    await play.look();
  }
  await play.rest();
  return play.differences();
}

/** What TikTok does not allow at this point is left out. */
async function passingOver(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
  }
}

class Play {
  private readonly sold: Sold[] = [];
  private readonly places = new Map<string, Place>();
  private saidPrice: string | null = null;
  private editedPrice: string | null = null;
  private hasItems = { ONE: false, TWO: false };

  constructor(
    private readonly db: Database,
    private readonly shop: StockWorld,
    private readonly heals: History['heals'],
  ) {}

  private get control() {
    return this.shop.simulator.control;
  }

  private now(): number {
    return this.shop.clock.now().getTime();
  }

  private place(sku: Sku, warehouse: string): Place {
    const key = `${sku}/${warehouse}`;
    let place = this.places.get(key);
    if (!place) {
      place = { said: undefined, own: { pieces: 12, isLowered: false }, since: this.now() };
      this.places.set(key, place);
    }
    return place;
  }

  async begin(): Promise<void> {
    this.shop.product('ONE', 12, '20.00');
    this.shop.product('TWO', { Main: 12, West: 12 }, '20.00');
    for (const sku of ['ONE', 'TWO'] as const) for (const name of PLACES[sku]) this.place(sku, name);
    await this.shop.run('pull-orders');
    await this.shop.run('pull-catalogue');
    this.shop.wait(2);
  }

  async take(step: Step): Promise<void> {
    const { shop, control } = this;
    switch (step.does) {
      case 'feed':
        return this.feed(step.rows, step.cost);
      case 'order': {
        const id = shop.order(step.sku, step.pieces, { paid: step.isPaid });
        this.sold.push({
          id,
          sku: step.sku,
          exported: new Map(),
          handed: null,
          shipped: null,
          told: new Map(),
        });
        return;
      }
      case 'sell': {
        await this.take({ does: 'order', sku: step.sku, pieces: step.pieces, isPaid: true });
        shop.wait(70);
        await shop.run('pull-orders');
        return this.take({ does: 'fetch' });
      }
      case 'say':
        await this.feed(step.rows);
        shop.wait(1);
        await shop.run('push-inventory');
        return;
      case 'pay':
        return shop.act(this.orderAt(step.order).id, { type: 'pay' });
      case 'ship': {
        const order = this.orderAt(step.order);
        shop.act(order.id, { type: 'seller_ship' });
        shop.act(order.id, { type: 'carrier_collect' });
        order.shipped = this.now();
        return;
      }
      case 'return': {
        const order = this.orderAt(step.order);
        if (order.shipped === null) return;
        shop.act(order.id, { type: 'carrier_deliver' });
        return shop.act(order.id, { type: 'buyer_opens_return' });
      }
      case 'cancel':
        return this.cancel(step);
      case 'fetch':
        await this.look();
        await shop.fetchOrders();
        for (const order of this.sold) if (order.exported.size > 0) order.handed ??= this.now();
        return;
      case 'pull':
        await shop.run('pull-orders');
        await this.look();
        return this.pullCancellations();
      case 'push':
        await shop.run('push-inventory');
        return;
      case 'round':
        return this.round();
      case 'two runs':
        await Promise.all([
          shop.run('push-inventory'),
          shop.run('push-inventory'),
          shop.run('compare-inventory'),
        ]);
        return;
      case 'compare':
        return shop.compare();
      case 'wait':
        return shop.wait(step.minutes);
      case 'edit':
        return this.edit(step);
      case 'edit price':
        shop.sellerCenter('ONE', { price: step.price });
        this.editedPrice = step.price;
        return;
      case 'promotion': {
        const [row] = control.stock(shop.shopId, step.sku);
        control.patchSku(row?.skuId ?? '', { promotion: step.isOn ? { endsInSeconds: 1e7 } : null });
        return;
      }
      case 'zero out':
      case 'delete':
        return this.replaceAll(step.does);
      case 'pause':
      case 'resume':
        return this.setStatus(step.does === 'pause' ? 'paused' : 'active');
      case 'lost':
        control.addFault({
          kind: step.isDone ? 'done_but_lost' : 'drop',
          match: { path: STOCK_CALL },
          times: step.times,
        });
        await this.round();
        return control.clearFaults();
      case 'late':
        return this.late(step.rows);
      case 'killed':
        await shop.killedPush(step.transactions);
        return;
      default: {
        const order = this.orderAt(step.order);
        // Until it is exported nobody could say whether the cancellation or the document came first.
        if (order.exported.size === 0) return;
        control.addFault({
          kind: 'act',
          when: step.when,
          orderId: order.id,
          act: { type: 'buyer_cancel', atOnce: true },
          match: { path: STOCK_CALL },
          times: 1,
        });
        await this.round();
        control.clearFaults();
      }
    }
  }

  private orderAt(nth: number): Sold {
    const order = this.sold[nth % Math.max(1, this.sold.length)];
    if (!order) throw new ControlError(409, 'nothing was ordered yet');
    return order;
  }

  private async feed({ one, main, west, all }: Rows, cost?: number): Promise<void> {
    const { shop } = this;
    const [standard] = this.control
      .warehouses(shop.shopId)
      .filter(({ isDefault, type }) => isDefault && type === 'SALES_WAREHOUSE');
    const at = this.now();
    const say = (sku: Sku, name: string, pieces: number): void => {
      const place = this.place(sku, name);
      place.said = { pieces, at };
      place.own.isLowered = false;
      this.hasItems[sku] = true;
    };
    const plain: string[] = [];
    const coded: string[] = [];
    if (one !== undefined) plain.push(`ONE,${one},${cost ?? ''}`);
    if (all) plain.push('TWO,0,');
    if (main !== undefined) coded.push(`TWO,${standard?.id},${main}`);
    if (west !== undefined) coded.push(`TWO,West,${west}`);
    if (plain.length > 0) await shop.feed('SupplierSKU,Quantity,Cost', ...plain);
    if (one !== undefined) say('ONE', 'Main', one);
    if (all) for (const name of PLACES.TWO) say('TWO', name, 0);
    if (coded.length > 0) await shop.feed('SupplierSKU,Warehouse,WarehouseQuantity', ...coded);
    if (main !== undefined) say('TWO', 'Main', main);
    if (west !== undefined) say('TWO', 'West', west);
    if (cost !== undefined && one !== undefined) {
      this.saidPrice = `${cost}.00`;
      this.editedPrice = null;
    }
  }

  private cancel({ order: nth, by, isPart }: Extract<Step, { does: 'cancel' }>): void {
    const order = this.orderAt(nth);
    if (order.shipped !== null) return;
    const [first = ''] = unitsOf(this.shop, order.id)
      .filter(({ cancelled }) => !cancelled)
      .map(({ id }) => id);
    const type = `${by}_cancel` as const;
    const act = {
      type,
      ...(by === 'buyer' ? { atOnce: true } : {}),
      ...(isPart ? { unitIds: [first] } : {}),
    } as ActSpec;
    this.shop.act(order.id, act);
  }

  private edit({ sku, west, pieces }: Extract<Step, { does: 'edit' }>): void {
    const name = west && sku === 'TWO' ? 'West' : 'Main';
    this.shop.sellerCenter(sku, { stock: { [name]: pieces } });
    const place = this.place(sku, name);
    place.own = { pieces, isLowered: true };
    place.since = this.now();
  }

  private async replaceAll(what: 'delete' | 'zero out'): Promise<void> {
    const { erp } = this.shop;
    const path = `/api/v3/Inventory/${erp.seller.partnerId}`;
    const answer = await (what === 'delete' ? erp.call('DELETE', path) : erp.call('PUT', `${path}/ZeroOut`));
    if (answer.statusCode >= 300) throw new Error(answer.body);
    for (const sku of ['ONE', 'TWO'] as const) {
      for (const name of PLACES[sku]) {
        const place = this.place(sku, name);
        if (what === 'delete') place.own = { pieces: null, isLowered: false };
        if (what === 'delete') place.said = undefined;
        else if (this.hasItems[sku]) place.said = { pieces: 0, at: this.now() };
      }
      if (what === 'delete') this.hasItems[sku] = false;
    }
    if (what === 'delete') this.saidPrice = null;
  }

  private async setStatus(status: 'paused' | 'active'): Promise<void> {
    await this.db.prisma.connection.update({ where: { id: this.shop.connection.id }, data: { status } });
  }

  private async round(): Promise<void> {
    await this.shop.run('pull-orders');
    await this.look();
    await this.pullCancellations();
    await this.shop.round();
  }

  private async pullCancellations(): Promise<void> {
    const { outcome } = await this.shop.run('pull-cancellations');
    if (outcome === 'paused' || outcome === 'not-due') return;
    for (const order of this.sold) {
      for (const { id, cancelled } of unitsOf(this.shop, order.id)) {
        // What the seller cancels in Seller Center the ERP is not told (setting pullSellerCancellations).
        if (!cancelled || cancelled.bySeller || order.told.has(id)) continue;
        if (order.exported.has(id)) order.told.set(id, this.now());
      }
    }
  }

  private async late(rows: Rows): Promise<void> {
    const { shop, control } = this;
    const from = control.requests({ limit: 1 })[0]?.seq ?? 0;
    control.addFault({ kind: 'drop', match: { path: STOCK_CALL }, times: 1 });
    await this.round();
    control.clearFaults();
    const lost = control
      .requests({ afterSeq: from })
      .find(({ path, faults }) => path.endsWith('/inventory/update') && faults.includes('drop'));
    await this.feed(rows);
    await shop.run('push-inventory');
    shop.wait(0.4);
    const { skus } = (lost?.body ?? { skus: [] }) as {
      skus: { id: string; inventory: { warehouse_id: string; quantity: number }[] }[];
    };
    for (const { id, inventory } of skus) {
      const stock = Object.fromEntries(
        inventory.map(({ warehouse_id: place, quantity: pieces }) => [place, pieces]),
      );
      control.patchSku(id, { stock });
    }
  }

  /** Which pieces have reached a document by now. */
  async look(): Promise<void> {
    for (const order of this.sold) {
      if (order.exported.size > 0 || !(await this.shop.document(order.id))) continue;
      for (const { id, cancelled } of unitsOf(this.shop, order.id))
        if (!cancelled) order.exported.set(id, this.now());
    }
  }

  async rest(): Promise<void> {
    const { shop, control } = this;
    control.clearFaults();
    await this.setStatus('active');
    for (const { skuId } of control.stock(shop.shopId)) control.patchSku(skuId, { promotion: null });
    for (const minutes of [4, 400]) {
      shop.wait(minutes);
      await shop.run('pull-catalogue');
      await shop.round();
      await shop.compare();
    }
  }

  differences(): string[] {
    const wrong: string[] = [];
    for (const sku of ['ONE', 'TWO'] as const) {
      const shown = this.shop.shown(sku);
      for (const name of PLACES[sku]) {
        const has = typeof shown === 'number' ? shown : shown[name];
        const { said, own, since } = this.place(sku, name);
        const pieces = this.piecesOf(sku, name);
        const moved = own.pieces === null ? null : own.pieces + movedSince(pieces, since);
        const allowed = allowedPieces(said, { ...own, pieces: moved }, pieces, this.heals);
        if (allowed && !allowed.includes(has ?? -1)) {
          wrong.push(`${sku} in ${name}: TikTok shows ${has}, not ${allowed.join(' or ')}`);
        }
      }
    }
    const price = this.shop.priceShown('ONE');
    const prices = [this.saidPrice, this.heals === 'lower' ? this.editedPrice : null].filter(
      (each) => each !== null,
    );
    if (this.saidPrice !== null && !prices.includes(price))
      wrong.push(`price ${price}, not ${prices.join(' or ')}`);
    return wrong;
  }

  private piecesOf(sku: Sku, warehouse: string): SoldPiece[] {
    return this.sold.flatMap((order) => {
      if (order.sku !== sku) return [];
      const { warehouse_id: place, create_time: created } = this.control.order(order.id) as Record<
        string,
        unknown
      >;
      const name =
        this.control.warehouses(this.shop.shopId).find(({ id }) => id === place)?.name === 'West'
          ? 'West'
          : 'Main';
      if (name !== warehouse) return [];
      return unitsOf(this.shop, order.id).map(({ id, cancelled }) => ({
        warehouse,
        born: Number(created) * 1000,
        exported: order.exported.get(id) ?? null,
        handed: order.exported.has(id) ? order.handed : null,
        shipped: cancelled ? null : order.shipped,
        cancelled,
        cancelTold: order.told.get(id) ?? null,
      }));
    });
  }
}

/** TikTok takes a piece off when it is ordered, and gives it back whoever cancels it. */
function movedSince(pieces: readonly SoldPiece[], since: number): number {
  const born = pieces.filter((piece) => piece.born > since).length;
  const back = pieces.filter(({ cancelled }) => cancelled && cancelled.at > since).length;
  return back - born;
}

interface UnitOfOrder {
  id: string;
  cancelled: SoldPiece['cancelled'];
}

function unitsOf(shop: StockWorld, id: string): UnitOfOrder[] {
  const { control } = shop.simulator;
  const cancels = control.cancellations({ order: id }) as unknown as {
    create_time: number;
    cancel_line_items: { order_line_item_id: string }[];
  }[];
  const { line_items: lines } = control.order(id) as unknown as {
    line_items: { id: string; display_status: string; cancel_user?: string }[];
  };
  return lines.map((line): UnitOfOrder => {
    if (line.display_status !== 'CANCELLED') return { id: line.id, cancelled: null };
    const made = cancels.find(({ cancel_line_items: items }) =>
      items.some((item) => item.order_line_item_id === line.id),
    );
    if (!made) throw new Error(`nothing tells when ${line.id} was cancelled`);
    return {
      id: line.id,
      cancelled: { at: made.create_time * 1000, bySeller: line.cancel_user === 'SELLER' },
    };
  });
}
