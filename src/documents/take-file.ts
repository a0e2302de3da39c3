import type { ReadDocument } from '../codecs/codec.js';
import { fileShapes, type FileKind } from '../codecs/document-shape.js';
import type { CheckDocument } from '../http/document-check.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import { text } from '../logicbroker/json-reading.js';
import type { DocumentKind, SentDocument, TakenDocument } from './document-kind.js';

/** What became of one document of a file. */
export interface FileOutcome {
  kind: FileKind;
  /** The sender's number of it; null where it has none. */
  number: string | null;
  result: TakenDocument | { error: AppError };
}

export interface TakeFileDeps {
  kinds: readonly DocumentKind[];
  checkDocument: CheckDocument;
}

/** Documents in one transaction: so many wait for each other, and no more. */
const AT_ONCE = 200;

/**
 * Takes the documents of a file, each as if it had been posted by itself: the same schema, gates, twins, Explain and events. One
 * that is refused keeps no other out; what is wrong with it is said in the places of the file.
 * @returns for each document in its order
 */
export async function takeFile(
  deps: TakeFileDeps,
  sender: Pick<SentDocument, 'companyId' | 'by'> & { orderKey?: number },
  documents: readonly ReadDocument[],
): Promise<FileOutcome[]> {
  const outcomes: FileOutcome[] = [];
  for (let at = 0; at < documents.length; at += AT_ONCE)
    outcomes.push(...(await takeSome(deps, sender, documents.slice(at, at + AT_ONCE))));
  return outcomes;
}

type Checked = { document: unknown; kept: unknown };

async function takeSome(
  deps: TakeFileDeps,
  sender: Pick<SentDocument, 'companyId' | 'by'> & { orderKey?: number },
  documents: readonly ReadDocument[],
): Promise<FileOutcome[]> {
  const results: FileOutcome['result'][] = [];
  const good = new Map<FileKind, { at: number; checked: Checked }[]>();
  for (const [at, read] of documents.entries()) {
    const checked = await check(deps, read);
    if ('error' in checked) results[at] = checked;
    else good.set(read.kind, [...(good.get(read.kind) ?? []), { at, checked }]);
  }
  for (const [kind, list] of good) {
    const { post } = kindOf(deps, kind);
    if (!post) continue;
    const taken = await takeOfKind(
      post,
      sender,
      list.map(({ checked }) => checked),
    );
    for (const [index, { at }] of list.entries()) {
      const result = taken[index]!;
      results[at] = 'error' in result ? { error: placed(result.error, documents[at]!) } : result;
    }
  }
  return documents.map((read, at) => ({
    kind: read.kind,
    number: text(read.document[fileShapes[read.kind].number]),
    result: results[at]!,
  }));
}

async function takeOfKind(
  post: NonNullable<DocumentKind['post']>,
  sender: Pick<SentDocument, 'companyId' | 'by'> & { orderKey?: number },
  list: readonly Checked[],
): Promise<FileOutcome['result'][]> {
  if (post.takeMany) return post.takeMany(sender, list);
  const results: FileOutcome['result'][] = [];
  for (const checked of list) {
    try {
      results.push(await post.take({ ...sender, ...checked }));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      results.push({ error });
    }
  }
  return results;
}

function kindOf({ kinds }: TakeFileDeps, kind: FileKind): DocumentKind {
  return kinds.find(({ type }) => type === kind)!;
}

async function check(deps: TakeFileDeps, read: ReadDocument): Promise<Checked | { error: AppError }> {
  const { post } = kindOf(deps, read.kind);
  if (!post) {
    const message = `${fileShapes[read.kind].plural} come from TikTok Shop; they cannot be created here.`;
    return { error: new AppError('rule-violated', message, { details: [read.placed({ message })] }) };
  }
  if (read.problems.length > 0) return { error: invalid(read.problems) };
  const checked = await deps.checkDocument(post.schema, read.document);
  if (!('problems' in checked)) return checked;
  return { error: invalid(checked.problems.map((detail) => read.placed(detail))) };
}

function invalid(details: ErrorDetail[]): AppError {
  return new AppError('invalid-document', 'The document is not valid.', { details });
}

/** A finding about the whole document stands where the document does. */
function placed(error: AppError, read: ReadDocument): AppError {
  const { code, message, details, retryAfterMs } = error;
  const found = details.length > 0 ? details : [{ message }];
  return new AppError(code, message, {
    details: found.map((detail) => read.placed(detail)),
    cause: error,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
