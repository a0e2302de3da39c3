import type { RefusalTrail } from '../audit/refusal-trail.js';
import type { Actor } from '../companies/actor.js';
import type { Lane } from '../kernel/lane.js';
import type { SessionTimes } from '../companies/operator-session-store.js';
import type { Connection } from '../connections/connection.js';
import type { ConnectionsDeps } from '../connections/connections-deps.js';
import type { WaitingDecision } from '../sync/effects/waiting-effects.js';
import type { DocumentKind } from '../documents/document-kind.js';
import type { Waking } from '../documents/wake-effects.js';
import type { ImportDeps } from '../imports/import-deps.js';
import type { TakeTurn } from '../imports/import-turns.js';
import type { ExplainOrder, LookAgain } from '../orders/explain-order-routes.js';
import type { DryRunLine } from '../products/dry-run/dry-run.js';
import type { ProductRouteDeps } from '../products/product-route-deps.js';
import type { StoredProduct } from '../products/product-store.js';
import type { ShippedOrder } from '../shipments/choose-providers.js';
import type { ReadFileDeps } from '../deliveries/file-verdict.js';
import type { PublicDoor } from '../outbound/public-door.js';
import type { HelpContents } from './help-page.js';

/** A flow of a connection, as far as the pages show it (part of sync's FlowView). */
export interface FlowLine {
  /** Null: not of a connection. */
  connectionId: number | null;
  id: bigint;
  flow: { name: string; description: string; lane: Lane };
  running: boolean;
  nextAttemptAt: Date;
  lastFinishedAt: Date | null;
  lastOutcome: string | null;
  lastError: string | null;
}

export interface PortalDeps extends ConnectionsDeps, Waking {
  /** Origin under which browsers reach this service. A function, because with port 0 it is known after listening. */
  publicUrl(): string;
  sessionTimes?: SessionTimes;
  /** Where refused log-ins are written down. */
  refusals: RefusalTrail;
  /** Every kind of document, with all that can be done with it. */
  kinds: readonly DocumentKind[];
  explainOrder: ExplainOrder;
  lookAgain: LookAgain;
  /** The carriers that TikTok accepts for an order. Null: TikTok names none, or cannot be asked in time. */
  carriersOf(record: ShippedOrder): Promise<readonly { id: string; name: string }[] | null>;
  imports: ImportDeps;
  takeTurn: TakeTurn;
  /** Largest file that is taken. */
  uploadLimitBytes: number;
  /** Looks at the whole installation, as the doctor does. No secret stands in what it says. */
  examine(): Promise<
    readonly { check: string; state: 'ok' | 'warn' | 'fail'; detail: string; next?: string }[]
  >;
  /** All flows of a company's connections. */
  listFlows(companyId: number): Promise<FlowLine[]>;
  /** Run now: asks for a run and wakes a worker. @throws AppError not-found */
  runNow(which: { companyId: number; connectionId: number; flow: string; by: Actor }): Promise<void>;
  /** Wakes a worker for a flow that was asked for already. */
  wakeFlow(flow: { id: bigint; lane: Lane }): Promise<void>;
  /** Tells others, as far as they can be reached, that a connection is about to be closed. */
  beforeClose(connectionId: number): Promise<void>;
  /** Settles an effect that waits for a person, and wakes a worker. @throws AppError not-found, conflict */
  decideEffect(which: { companyId: number; id: bigint; decision: WaitingDecision; by: Actor }): Promise<void>;
  /** Checks products, sends them, and says what that would change. */
  listing: ProductRouteDeps & {
    dryRun(connection: Connection, products: readonly StoredProduct[]): Promise<DryRunLine[]>;
  };
  /** Takes files of documents. */
  files: ReadFileDeps;
  /** Leads to the addresses that are told of changes. */
  publicDoor: PublicDoor;
  /** Shown on the start page, such as the API's documentation and, in the demo, the simulator. */
  links: readonly { label: string; href: string; note?: string }[];
  /** Contents of the page on troubleshooting. */
  help(): HelpContents;
  /** The demo tells its log-in on the log-in page. */
  loginHint?: string;
}
