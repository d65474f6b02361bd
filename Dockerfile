# syntax=docker/dockerfile:1
# Promptory in a small image: one program, no shell, not root, data in /data.
#
#   docker build -t promptory .
#   docker run -p 127.0.0.1:8080:8080 -v promptory:/data promptory

# The web UI, which the program has in it.
FROM node:22-bookworm-slim AS ui
WORKDIR /src/ui
COPY ui/package.json ui/package-lock.json ./
RUN --mount=type=cache,target=/npm npm ci --cache /npm --ignore-scripts --no-audit --no-fund
COPY openapi.json /src/
COPY ui ./
RUN npm run -s build

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
COPY --from=ui /src/ui/dist ui/dist
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --release --package promptory --bin promptory \
    && install -D target/release/promptory /out/promptory \
    && install -d -m 700 /out/data

# libc, certificates and nothing else. Its user `nonroot` is 65532.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/promptory /usr/local/bin/promptory
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
WORKDIR /data
ENV PROMPTORY_DATA_DIR=/data \
    PROMPTORY_LISTEN=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
# The program asks itself: there is no curl here.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/usr/local/bin/promptory", "health", "--url", "http://127.0.0.1:8080"]
# SIGTERM reaches the program itself, which finishes requests under way (up to 20 s by default): give it longer than
# Docker's 10 s with `docker stop --timeout 30`.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/promptory"]
CMD ["serve"]
