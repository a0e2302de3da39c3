import {
  getNamedType,
  isCompositeType,
  Kind,
  OperationTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
} from 'graphql';
import { adminSchema } from './shopify-admin-schema.js';

/** Shopify: an object costs 1, a scalar nothing, a connection as much as its page; a mutation 10. */
export function costOf(document: DocumentNode): number {
  const info = new TypeInfo(adminSchema());
  const factors = [1];
  let cost = 0;
  visit(
    document,
    visitWithTypeInfo(info, {
      OperationDefinition: ({ operation }) => {
        if (operation === OperationTypeNode.MUTATION) cost += 10;
      },
      Field: {
        enter(field) {
          const factor = factors.at(-1)!;
          if (isCompositeType(getNamedType(info.getType()))) cost += factor;
          const first = field.arguments?.find(({ name }) => name.value === 'first')?.value;
          factors.push(
            first?.kind === Kind.INT ? factor * Math.ceil(Math.log2(1 + Number(first.value))) : factor,
          );
        },
        leave() {
          factors.pop();
        },
      },
    }),
  );
  return cost;
}

/** A bucket that a call takes its cost from; it fills by itself. */
export interface CostBucket {
  maximumAvailable: number;
  restoreRate: number;
  /** @returns whether there was enough, and the `throttleStatus` afterwards */
  take(cost: number): { isGranted: boolean; status: object };
  /** Leaves so much. */
  drainTo(available: number): void;
}

/** By default that of a standard plan: 2,000 points, 100 a second. */
export function costBucket({ maximumAvailable = 2_000, restoreRate = 100 } = {}): CostBucket {
  let available = maximumAvailable;
  let at = performance.now();
  const fill = (): void => {
    const now = performance.now();
    available = Math.min(maximumAvailable, available + ((now - at) / 1_000) * restoreRate);
    at = now;
  };
  return {
    maximumAvailable,
    restoreRate,
    take(cost) {
      fill();
      const isGranted = available >= cost;
      if (isGranted) available -= cost;
      const status = { maximumAvailable, currentlyAvailable: Math.floor(available), restoreRate };
      return { isGranted, status };
    },
    drainTo(left) {
      fill();
      available = left;
    },
  };
}
