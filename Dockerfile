# syntax=docker/dockerfile:1
# Quittance with an external PostgreSQL: docker compose up, or see docs/operations.md.

# Deployments pin it by its digest: --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:…
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Packages need no install scripts. The build of this project follows when its sources are copied.
RUN npm ci --ignore-scripts
COPY schema.graphql tsconfig.json rolldown.config.js vite.config.ts ./
COPY scripts scripts
COPY packages packages
COPY prisma prisma
COPY src src
COPY docs/openapi.json docs/openapi.json
RUN npm run build:production

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=build --chown=root:root /app/dist/production ./
# node runs without a shell or npm, as a user who owns none of the files.
USER node
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=32", "dist/bundle/main.js"]
