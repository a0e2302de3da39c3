import { Type } from 'typebox';
import { connectionOf, PartnerParams } from '../../connections/shop-in-path.js';
import { writeJson } from '../../formats/json.js';
import type { Api, ApiVersion } from '../../http/api.js';
import { listText, sendJson, sendMessage } from '../../http/envelope.js';
import { operation } from '../../http/operation.js';
import { registerUploads } from '../../http/uploads.js';
import { AppError } from '../../kernel/errors.js';
import { toIsoSeconds } from '../../kernel/time.js';
import { StringMessage } from '../../logicbroker/envelopes.js';
import {
  ProductFileArrayResponse,
  ProductFileMessage,
  ProductFileUpload,
} from '../../logicbroker/product-media-schema.js';
import { ref } from '../../logicbroker/schema.js';
import { productTrail } from '../product-trail.js';
import type { ProductsDeps } from '../products-deps.js';
import { LARGEST_FILE } from './judge-media.js';
import { deleteMediaFile, keepMediaFile, listMediaFiles, type MediaFile } from './media-file-store.js';

const TAG = 'Product';
const PATH = '/Product/:partnerId/Files';
const PAGE_SIZE = 100;
const TYPES = [
  'image/jpeg',
  'image/jpg',
  'image/png',
  'image/webp',
  'image/bmp',
  'image/heic',
  'application/pdf',
];
const FileParams = Type.Object({
  ...PartnerParams.properties,
  name: Type.String({ maxLength: 100, description: 'As the answer to its POST says it.' }),
});

declare module 'fastify' {
  interface FastifyRequest {
    mediaFile: MediaFile | null;
  }
}

/** Images and documents that a seller hands over, in place of addresses. Logicbroker has no such calls: they stand in v3 only. */
export function mediaFileRoutes(parent: Api, version: ApiVersion, { db }: ProductsDeps): void {
  if (version !== 'v3') return;
  void parent.register(async (api) => {
    api.decorateRequest('mediaFile', null);
    await registerUploads(api, {
      limitBytes: LARGEST_FILE,
      types: TYPES,
      async take(request, content, fileName) {
        // The path is looked at afterwards, when the whole call is valid: whatever it names, the file is the caller's company's.
        const { file, sha256 } = await keepMediaFile(db, request.caller.companyId, content, fileName);
        request.mediaFile = file;
        return { sha256 };
      },
    });
    api.post(
      PATH,
      {
        config: { takesFiles: true },
        schema: {
          ...operation(version, 'postProductFile', TAG, 'Hand over an image or document', {
            description:
              'JPEG, PNG, WEBP, BMP, HEIC or PDF by its content, whatever it is called. The Name of the answer stands in an image, ' +
              'size chart or certificate column in place of an address. The same content has the same name.',
            params: PartnerParams,
            body: ref(ProductFileUpload),
            ok: ProductFileMessage,
            okStatus: 201,
            takesFiles: true,
          }),
          consumes: ['multipart/form-data'],
        },
      },
      async (request, reply) => {
        const connection = await connectionOf(db, request);
        const file = request.mediaFile;
        if (!file)
          throw new AppError('invalid-request', 'The body is no file.', {
            details: [{ field: 'file', message: 'a form field with the file is needed' }],
          });
        const subject = `product file ${file.name}`;
        await db.transaction((tx) =>
          productTrail(tx, request.caller, connection, { action: 'product-file.kept', subject }),
        );
        return sendMessage(reply, render(file), 201);
      },
    );
  });
  parent.get(
    PATH,
    {
      config: { filterPrefix: '' },
      schema: operation(version, 'getProductFiles', TAG, 'Images and documents that were handed over', {
        description: 'What was used last stands first.',
        params: PartnerParams,
        querystring: Type.Object({
          page: Type.Optional(Type.Integer({ format: 'int32', minimum: 0, maximum: 1_000_000 })),
          pagesize: Type.Optional(
            Type.Integer({ format: 'int32', minimum: 1, maximum: PAGE_SIZE, wireName: 'pageSize' }),
          ),
        }),
        ok: ProductFileArrayResponse,
      }),
    },
    async (request, reply) => {
      const { companyId } = await connectionOf(db, request);
      const { page = 0, pagesize: pageSize = PAGE_SIZE } = request.query;
      const { files, total } = await listMediaFiles(db.prisma, companyId, { page, pageSize });
      const texts = files.map((file) => writeJson(render(file)));
      return sendJson(reply, listText(version, 'Files', texts, { page, pageSize, totalRecords: total }));
    },
  );
  parent.delete(
    `${PATH}/:name`,
    {
      schema: operation(version, 'deleteProductFile', TAG, 'Let a file go', {
        description: 'What TikTok has of it stays there.',
        params: FileParams,
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const connection = await connectionOf(db, request);
      const { name } = request.params;
      const wasThere = await db.transaction(async (tx) => {
        const subject = `product file ${name.slice(0, 100)}`;
        const isGone = await deleteMediaFile(tx, connection.companyId, name);
        if (isGone)
          await productTrail(tx, request.caller, connection, { action: 'product-file.removed', subject });
        return isGone;
      });
      if (!wasThere)
        throw new AppError('not-found', 'There is no such file.', {
          details: [{ field: 'name', message: 'is not known' }],
        });
      return sendMessage(reply, `${name} was let go.`);
    },
  );
}

function render({ name, fileName, format, width, height, bytes, usedAt }: MediaFile): object {
  return {
    Name: name,
    FileName: fileName ?? undefined,
    Format: format,
    Width: width,
    Height: height,
    Bytes: bytes,
    LastUsed: toIsoSeconds(usedAt),
  };
}
