# syntax=docker/dockerfile:1
# Quittance with an external PostgreSQL: docker compose up, or see docs/operations.md.

FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY scripts scripts
# Scripts of packages run below, where the sources are there: the build is one of them.
RUN npm ci --ignore-scripts
COPY tsconfig.json rolldown.config.js vite.config.ts prisma.config.ts ./
COPY prisma prisma
COPY src src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
WORKDIR /app
COPY --from=build --chown=root:root /app/node_modules node_modules
COPY --from=build --chown=root:root /app/dist dist
COPY --from=build --chown=root:root /app/prisma prisma
COPY --from=build --chown=root:root /app/package.json ./
COPY --chown=root:root docs/openapi.json docs/openapi.json
# No shell script, no npm, no writing: node, as somebody who owns nothing here.
USER node
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=32", "dist/bundle/main.js"]
