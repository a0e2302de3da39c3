# Debian, not Alpine: the engines of the dependencies are built for glibc.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No install script is needed for building, so none may run.
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY prisma ./prisma
COPY src ./src
RUN npm run build:src
# Stand-ins for the programs of others are for tests and the demo.
RUN rm -rf dist/src/doubles

FROM node:22-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Without the optional ones: Prisma's command line and TypeScript, which npm keeps for the client's sake, and the binaries of
# the embedded PostgreSQL, which is for the demo on a developer's machine; here DATABASE_URL is always set.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:22-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 WORKER_PORT=3002 DATA_DIR=/data
# glibc keeps freed memory for each thread by itself: with two pools instead of eight a core a large feed peaks 25 MB lower.
ENV MALLOC_ARENA_MAX=2
WORKDIR /app
RUN mkdir /data && chown node:node /data
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY prisma/migrations ./prisma/migrations
COPY --from=build /app/dist/src ./dist/src
USER node
EXPOSE 3000 3002
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.ROLE === 'worker' ? process.env.WORKER_PORT : process.env.PORT) + '/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Keeps a server below 200 MB: by itself Node lets short-lived objects take 48 MB before it looks for garbage among them.
CMD ["node", "--max-semi-space-size=4", "dist/src/main.js"]
