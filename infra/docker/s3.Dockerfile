# syntax=docker/dockerfile:1
# A local S3 with the conditional writes tilescribe needs. Not for production.

FROM python:3.11-slim-bookworm
RUN pip install --no-cache-dir ministack==1.5.33
RUN useradd --create-home s3 && install -d -o s3 /var/lib/s3/objects /var/lib/s3/state
ENV BIND_HOST=0.0.0.0 \
    GATEWAY_PORT=4566 \
    LOG_LEVEL=WARNING \
    S3_PERSIST=1 \
    S3_DATA_DIR=/var/lib/s3/objects \
    PERSIST_STATE=1 \
    STATE_DIR=/var/lib/s3/state
USER s3
EXPOSE 4566
HEALTHCHECK --interval=2s --timeout=2s --retries=30 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:4566/_ministack/health', timeout=1)"]
ENTRYPOINT ["ministack"]
