# syntax=docker/dockerfile:1
# Temporal's development server from its release archive, checked against the same checksums as `tilescribe local up`. Not for production.

FROM debian:12.11-slim
ARG TARGETARCH=amd64
ARG VERSION=1.5.1
ARG SHA256_AMD64=ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d
ARG SHA256_ARM64=bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/*
RUN case "$TARGETARCH" in amd64) sum="$SHA256_AMD64" ;; arm64) sum="$SHA256_ARM64" ;; *) echo "no checksum for $TARGETARCH" >&2; exit 1 ;; esac \
  && curl -fsSLo /tmp/temporal.tar.gz "https://github.com/temporalio/cli/releases/download/v$VERSION/temporal_cli_${VERSION}_linux_$TARGETARCH.tar.gz" \
  && echo "$sum  /tmp/temporal.tar.gz" | sha256sum -c - \
  && tar -xzf /tmp/temporal.tar.gz -C /usr/local/bin temporal \
  && rm /tmp/temporal.tar.gz
RUN useradd --create-home temporal && install -d -o temporal /var/lib/temporal
USER temporal
EXPOSE 7233 7243 8233
HEALTHCHECK --interval=2s --timeout=2s --retries=30 CMD ["curl", "-fsS", "http://127.0.0.1:7243/api/v1/namespaces/default"]
ENTRYPOINT ["temporal", "server", "start-dev", "--ip", "0.0.0.0", "--http-port", "7243", "--log-level", "error", \
  "--db-filename", "/var/lib/temporal/temporal.db", "--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL", \
  "--search-attribute", "TilescribeDataset=Keyword", "--search-attribute", "TilescribeState=Keyword", "--search-attribute", "TilescribeTrigger=Keyword"]
