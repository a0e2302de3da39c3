import { JsonNumber } from '../../formats/json.js';
import { explainedGate, timeText } from '../../logicbroker/explanation-schema.js';
import type { ItemExplanation, OrderedPieces, WantedExplanation } from './push-explain.js';
import type { OpenCall, PushFacts } from '../rules/push-facts.js';

/** An explanation as the API writes it. */
export function toExplanation(explanation: ItemExplanation): object {
  const { uploaded, wanted, sent, tiktok, drift, push } = explanation;
  const [first] = uploaded.cells;
  return {
    SupplierSKU: explanation.supplierSku,
    MerchantSKU: explanation.merchantSku ?? undefined,
    Summary: explanation.summary,
    Gates: explanation.gates.map(explainedGate),
    NextSteps: explanation.nextSteps,
    Quantity: first && uploaded.cells.reduce((sum, { quantity }) => sum + quantity, 0),
    Cost: uploaded.cost === null ? undefined : new JsonNumber(uploaded.cost),
    Warehouse: first?.code ?? undefined,
    CountedAt: timeText(newestOf(uploaded.cells)),
    Uploaded: uploaded.cells.map(({ code, quantity, n, at }) => ({
      Warehouse: code ?? undefined,
      Quantity: quantity,
      ImportId: n > 0 ? n : undefined,
      ReceivedAt: timeText(at),
    })),
    QuantityAction: explanation.stock,
    PriceAction: explanation.price,
    Wanted: (wanted ?? []).map(toWanted),
    WantedPrice: explanation.wantedPrice === null ? undefined : new JsonNumber(explanation.wantedPrice),
    TikTok: tiktok && {
      SkuId: tiktok.skuId,
      ProductId: tiktok.productId,
      ProductStatus: tiktok.productStatus,
      SkuStatus: tiktok.skuStatus,
      Price: tiktok.price ?? undefined,
      Currency: tiktok.currency ?? undefined,
      Warehouses: tiktok.warehouses.map(({ id, quantity, committed }) => ({
        WarehouseId: id,
        Quantity: quantity,
        Committed: committed ?? undefined,
      })),
      ReadAt: timeText(tiktok.readAt),
    },
    SentQuantities: Object.entries(sent.stock).map(([id, quantity]) => ({
      WarehouseId: id,
      Quantity: quantity,
      InDoubt: sent.stockDoubts.length > 0,
      SentAt: timeText(sent.stockSentAt),
    })),
    SentPrice:
      sent.price === null
        ? null
        : {
            Amount: sent.price,
            InDoubt: sent.priceDoubts.length > 0,
            SentAt: timeText(sent.priceSentAt),
          },
    OpenCalls: [...sent.stockDoubts, ...sent.priceDoubts].map(toOpenCall),
    Drift: drift && {
      Since: drift.since,
      Warehouses: drift.stock.map(({ warehouseId, has, wanted: pieces }) => ({
        WarehouseId: warehouseId,
        Shown: has,
        Wanted: pieces,
      })),
      Price: drift.price && { Shown: drift.price.has, Wanted: drift.price.wanted },
    },
    Push: push && {
      LastSuccess: timeText(push.lastSuccessAt),
      LastOutcome: push.lastOutcome ?? undefined,
      LastError: push.lastError ?? undefined,
      NextAttempt: timeText(push.nextAttemptAt),
    },
  };
}

function newestOf(cells: PushFacts['item']['cells']): Date | null {
  return cells.reduce<Date | null>((newest, { at }) => (newest && newest > at ? newest : at), null);
}

function toWanted(one: WantedExplanation): object {
  return {
    WarehouseId: one.warehouseId,
    Uploaded: one.said,
    ImportId: one.feed > 0 ? one.feed : undefined,
    CountedAt: timeText(one.countedAt),
    NotKnownToCount: one.notKnown.map(toPieces),
    OrderedSince: one.orderedSince.map(toPieces),
    GivenBack: one.givenBack.map(toPieces),
    NotListedYet: one.unseen,
    Wanted: one.wanted,
    Shown: one.shown ?? undefined,
    Carried: one.carried,
    Decision: one.decision,
  };
}

function toPieces({ orderId, count }: OrderedPieces): object {
  return { TikTokOrderId: orderId, Pieces: count };
}

function toOpenCall({ until, stock, price }: OpenCall): object {
  return {
    Until: timeText(until),
    Quantities:
      stock && Object.entries(stock).map(([id, quantity]) => ({ WarehouseId: id, Quantity: quantity })),
    Price: price ?? undefined,
  };
}
